import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given } from '../account/account.builder.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import type { AccountEvent } from '../account/events.ts';
import { haltTrading, resumeTrading } from '../account/switch-trading.ts';
import { plainInstrument } from '../market/instrument.ts';
import type { Result } from '../result.ts';
import type { EntrySpec } from '../trigger/trigger.ts';
import { actOnSignal } from './act-on-signal.ts';
import { createSignal } from './create-signal.ts';
import { closeSignal } from './end-signal.ts';
import { type PlainSignal, type PlainStep, type PlainView, plainSignals } from './signal.oracle.ts';

const startsAt = 1_000;
const id = fc.constantFrom('s1', 's2', 's3', 's4', 's5', 's6');
const view = fc.record({
  symbol: fc.constantFrom('A', 'A', 'A', 'A', 'A', 'A', 'B'),
  side: fc.constantFrom(...Array<'long'>(6).fill('long'), 'short' as const),
});
const signal: fc.Arbitrary<PlainSignal> = fc
  .record(
    {
      id,
      seen: view,
      confidence: fc.constantFrom(0, 0.5, 0.75, 0.8, 0.9, 1, 1, 1.000001, -0.5),
      expiresAt: fc.integer({ min: startsAt, max: startsAt + 30 }),
      entry: view,
      waits: fc.boolean(),
    },
    { requiredKeys: ['id', 'seen', 'confidence', 'expiresAt', 'waits'] },
  )
  .map(({ seen, ...rest }) => ({ ...rest, ...seen }));
type Asked = Exclude<PlainStep, { do: 'tick' }> | { do: 'tick'; symbol: string; passed: number };
const step: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 3, arbitrary: signal.map((created) => ({ do: 'create' as const, signal: created })) },
  {
    weight: 3,
    arbitrary: fc.record(
      { do: fc.constant('act' as const), id, entry: view },
      { requiredKeys: ['do', 'id'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), id }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('switch' as const),
      to: fc.constantFrom('active' as const, 'active' as const, 'reducing' as const, 'halted' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('tick' as const),
      symbol: fc.constantFrom('A', 'B'),
      passed: fc.integer({ min: 0, max: 3 }),
    }),
  },
);

/** A price that is never reached, and a position for each time that anything is opened. */
const when = { kind: 'price', direction: 'above', price: '1000' } as const;
function entryOf({ symbol, side }: PlainView, positionId: string): EntrySpec {
  const order = { how: { kind: 'market' }, timeInForce: 'gtc', priceSource: 'trade' } as const;
  return { positionId, symbol, side, quantity: '1', ...order };
}

function run(asked: readonly Asked[]): { said: string[]; steps: PlainStep[] } {
  const simulation = new AccountSimulation(given());
  const said: string[] = [];
  const steps = asked.map((each, at): PlainStep => {
    if (each.do === 'tick') {
      const before = simulation.commits.length;
      simulation.trade(each.symbol, '100', '1', each.passed);
      for (const event of simulation.commits.slice(before).flat()) said.push(...inWords(event));
      return { do: 'tick', symbol: each.symbol, at: simulation.context.now };
    }
    const decided = decide(simulation, each, `n${at}`);
    if (decided.ok) {
      simulation.take(decided);
      said.push(...decided.value.flatMap(inWords));
    } else said.push(refusedAs(decided.refusal));
    return each;
  });
  return { said, steps };
}

type Refusal = { readonly reason: string; readonly field?: string; readonly status?: string };

function decide(
  { account, context, armedFrom }: AccountSimulation,
  asked: Exclude<Asked, { do: 'tick' }>,
  name: string,
): Result<readonly AccountEvent[], Refusal> {
  const { now } = context;
  switch (asked.do) {
    case 'create': {
      const { waits, entry, confidence, ...rest } = asked.signal;
      const own = entry === undefined ? {} : { entry: entryOf(entry, name) };
      const told = {
        source: 'model',
        confidence: String(confidence),
        priceSource: 'trade',
        createdAt: now,
      } as const;
      return createSignal(account, { ...rest, ...told, armedFrom, ...own, ...(waits ? { when } : {}) });
    }
    case 'act': {
      const entry = asked.entry === undefined ? {} : { entry: entryOf(asked.entry, name) };
      const instrument = plainInstrument('A');
      return actOnSignal(account, { signalId: asked.id, name, by, ...entry }, { ...context, instrument });
    }
    case 'close':
      return closeSignal(account, { signalId: asked.id, by });
    case 'switch':
      return asked.to === 'active'
        ? resumeTrading(account, by)
        : haltTrading(account, { ...by, state: asked.to }, { now });
  }
}

function inWords(event: AccountEvent): string[] {
  if (event.type === 'SignalCreated') return [`created ${event.signal.id}`];
  if (event.type === 'SignalActedOn') return [`${event.outcome.kind} by ${event.signalId}`];
  if (event.type === 'SignalClosed') return [`closed ${event.signalId}`];
  return event.type === 'SignalExpired' ? [`expired ${event.signalId}`] : [];
}

function refusedAs({ reason, field, status }: Refusal): string {
  if (reason === 'OTHER_ENTRY') return `${reason} ${field}`;
  return reason === 'NOT_ACTIVE' ? `${reason} ${status}` : reason;
}

describe('signals, one step after the other', () => {
  it('are created, acted on, closed and over when the rules say', () => {
    const words = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (asked) => {
        const { said, steps } = run(asked);
        expect(said).toEqual(plainSignals(steps, startsAt));
        for (const line of said) words.add(line.replace(/ s\d$/, ''));
      }),
      { numRuns: 600 },
    );
    expect([...words].toSorted()).toEqual([
      'ENDS_BEFORE_NOW',
      'NOT_ACTIVE actedOn',
      'NOT_ACTIVE closed',
      'NOT_ACTIVE expired',
      'NOT_ACTIVE unknown',
      'NOT_A_CONFIDENCE',
      'NOT_OPEN',
      'NO_ENTRY',
      'NO_PRICE',
      'OTHER_ENTRY entry.side',
      'OTHER_ENTRY entry.symbol',
      'SIGNAL_EXISTS',
      'TRADING_HALTED',
      'TRADING_REDUCING',
      'armed by',
      'closed',
      'created',
      'expired',
      'opened by',
    ]);
  });
});
