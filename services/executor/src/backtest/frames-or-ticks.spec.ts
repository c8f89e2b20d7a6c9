import type { CommandInput } from '@bellwether/contracts';
import type { AccountEvent, ExitsSpec, TriggerSpec } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ann } from '../ticks/armed.builder.ts';
import { bitcoin, frameOf } from '../ticks/frame.builder.ts';
import { Backtest } from './backtest.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const { symbol } = bitcoin;
const by = { actor: 'test', reason: '' };
type Action = TriggerSpec['action'];

/** What happened to each position, in order, where these triggers meet these prices: all in one frame, or each in its own. */
async function run(
  actions: readonly Watched[],
  prices: readonly number[],
  isTogether: boolean,
  before: readonly CommandInput[] = [],
) {
  const backtest = new Backtest({ shards: 1, logger });
  const send = async (command: CommandInput) => backtest.handle(command);
  await send({ name: 'OpenAccount', key: 'open', ...ann });
  await send({ name: 'ResumeTrading', key: 'resume', ...ann, ...by });
  await backtest.judge(frameOf({ ticks: [{ exchangeAt: 999, first: 100_00 }] }));
  for (const command of before) expect(await send(command)).toMatchObject({ status: 'committed' });
  for (const [i, { action, direction, price }] of actions.entries()) {
    const when = { kind: 'price', direction, price: String(price) } as const;
    const trigger = { id: `t${i}`, symbol, priceSource: 'trade', when, action } as const;
    expect(await send({ name: 'ArmTrigger', key: `t${i}`, ...ann, trigger })).toMatchObject({
      status: 'committed',
    });
  }
  const ticks = prices.map((price, i) => ({ exchangeAt: 1_000 + i, first: price * 100 }));
  if (isTogether) await backtest.judge(frameOf({ number: 2, firstOrdinal: 1, ticks }));
  else
    for (const [i, tick] of ticks.entries())
      await backtest.judge(frameOf({ number: i + 2, firstOrdinal: i + 1, ticks: [tick] }));
  const events = backtest.commits.flatMap((commit) => commit.events);
  const happened: Record<string, string[]> = {};
  for (const [id, line] of events.flatMap(told)) happened[id] = [...(happened[id] ?? []), line];
  return happened;
}

function told(event: AccountEvent): [string, string][] {
  const { type } = event;
  if (type === 'PositionOpened') return [[event.position.id, `opened at ${event.position.entryPrice}`]];
  if (type === 'PositionIncreased') return [[event.positionId, `more at ${event.price}`]];
  if (type === 'PositionReduced' || type === 'PositionClosed')
    return [[event.positionId, `${event.reason} of ${event.quantity} at ${event.exitPrice}`]];
  const isMoved =
    type === 'ExitsAmended' || type === 'StopMovedToBreakEven' || type === 'TrailingStopActivated';
  return isMoved ? [[event.positionId, type]] : [];
}

interface Watched {
  readonly action: Action;
  readonly direction: 'above' | 'below';
  readonly price: number;
}

const positionId = fc.constantFrom('p', 'p', 'q');
const exits: fc.Arbitrary<ExitsSpec> = fc.record(
  {
    stopLoss: fc.constantFrom({ percent: '1' }, { percent: '3' }),
    targets: fc.constantFrom(
      [{ percent: '2' }],
      [{ percent: '1', size: { quantity: '1' } }, { percent: '4' }],
    ),
    trailing: fc.constantFrom({ distance: '2' }, { distance: '1', activation: { percent: '2' } }),
    breakEven: fc.constant({ after: { percent: '1' } }),
  },
  { requiredKeys: [] },
);
const level = fc.integer({ min: 94, max: 106 });
type How = Extract<Action, { kind: 'open' }>['entry']['how'];
const opening = (how: fc.Arbitrary<How>) =>
  fc.record({ positionId, exits, how }).map((of) => ({
    kind: 'open' as const,
    entry: {
      ...of,
      symbol,
      side: 'long' as const,
      quantity: '2',
      timeInForce: 'gtc' as const,
      priceSource: 'trade' as const,
    },
  }));
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: opening(fc.constant({ kind: 'market' as const })) },
  { weight: 1, arbitrary: positionId.map((id) => ({ kind: 'close' as const, positionId: id })) },
  {
    weight: 1,
    arbitrary: positionId.map((id) => ({ kind: 'close' as const, positionId: id, share: '0.5' })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ positionId, exits }).map((of) => ({ kind: 'amend' as const, ...of })),
  },
);
/** Of two that one tick reaches, which is first depends on how they are armed. */
const resting: fc.Arbitrary<Action> = opening(
  fc.oneof(
    level.map((price) => ({ kind: 'limit' as const, limitPrice: String(price) })),
    level.map((price) => ({ kind: 'stop' as const, stopPrice: String(price) })),
  ),
);
const watching = (does: fc.Arbitrary<Action>): fc.Arbitrary<Watched> =>
  fc.record({ action: does, direction: fc.constantFrom('above', 'below'), price: level });
const watched = fc
  .tuple(
    fc.array(watching(action), { minLength: 2, maxLength: 6 }),
    fc.array(watching(resting), { maxLength: 1 }),
  )
  .map((parts) => parts.flat());

it('the same happens to each position whether its ticks come in one frame or in many', async () => {
  let closed = 0;
  await fc.assert(
    fc.asyncProperty(watched, fc.array(level, { minLength: 3, maxLength: 12 }), async (actions, prices) => {
      const together = await run(actions, prices, true);
      expect(together).toEqual(await run(actions, prices, false));
      closed += Object.values(together).filter((lines) => lines.some((line) => line.includes(' of '))).length;
    }),
    { numRuns: 300 },
  );
  expect(closed).toBeGreaterThan(100);
});

it('a stop of what a tick has opened goes before what a later tick of the frame would do to it', async () => {
  const entry = { positionId: 'p', symbol, side: 'long', quantity: '2', how: { kind: 'market' } } as const;
  const rest = { timeInForce: 'gtc', priceSource: 'trade', exits: { stopLoss: { price: '85' } } } as const;
  const into: Action = { kind: 'open', entry: { ...entry, ...rest } };
  const out: Action = { kind: 'close', positionId: 'p' };
  const triggers: Watched[] = [
    { action: into, direction: 'below', price: 90 },
    { action: out, direction: 'above', price: 95 },
  ];
  const happened = { p: ['opened at 89', 'stopLoss of 2 at 84'] };
  expect(await run(triggers, [94, 89, 84, 96], true)).toEqual(happened);
  expect(await run(triggers, [94, 89, 84, 96], false)).toEqual(happened);
});

/** A position of 4 of which each trade closes 1, beside an order for a part of it. */
function closedByParts(held: ExitsSpec, limitPrice: string | undefined): readonly CommandInput[] {
  const free = { spreadPercent: '0', slippagePercent: '0', makerFeePercent: '0', takerFeePercent: '0' };
  const fills = { kind: 'modelled', ...free, maxShareOfTrade: '1' } as const;
  const settings = { currency: 'USDT', limits: {}, fills };
  const of = { id: 'p', symbol, side: 'long', priceSource: 'trade' } as const;
  const position = { ...of, quantity: '4', entryPrice: '100', exits: held };
  const configured = { name: 'ConfigureAccount', key: 'settings', ...ann, ...by, settings } as const;
  const adopted = { name: 'AdoptPosition', key: 'p', ...ann, position } as const;
  if (limitPrice === undefined) return [configured, adopted];
  const exit = { positionId: 'p', symbol, how: { kind: 'limit', limitPrice }, quantity: '3' } as const;
  return [configured, adopted, { name: 'ReducePosition', key: 'out', ...ann, order: 'out', exit }];
}

it('what fills in parts fills at the same prices whether its ticks come in one frame or in many', async () => {
  const closing = action.filter(({ kind }) => kind === 'close');
  const limit = fc.constantFrom(undefined, '103', '103');
  const moves = fc.array(fc.constantFrom(94, 98, 101, 103, 103, 105), { minLength: 4, maxLength: 10 });
  let inParts = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(watching(closing), { maxLength: 3 }),
      moves,
      exits,
      limit,
      async (actions, prices, held, limitPrice) => {
        // Of two that one tick fills, either may be first.
        const filled = async (isTogether: boolean) => {
          const { p = [] } = await run(actions, prices, isTogether, closedByParts(held, limitPrice));
          return p.filter((line) => line.includes(' of ')).toSorted();
        };
        const together = await filled(true);
        expect(together).toEqual(await filled(false));
        inParts += Number(together.length > 1);
      },
    ),
    { numRuns: 150 },
  );
  expect(inParts).toBeGreaterThan(30);
});

it('the rest of an order fills before what a later tick of the frame has reached', async () => {
  const before = closedByParts({ stopLoss: { price: '95' } }, '103');
  const sold = ['order of 1 at 103', 'order of 1 at 103', 'stopLoss of 1 at 94', 'stopLoss of 1 at 94'];
  for (const isTogether of [true, false])
    expect(await run([], [103, 103, 94, 94, 94], isTogether, before)).toEqual({ p: sold });
});
