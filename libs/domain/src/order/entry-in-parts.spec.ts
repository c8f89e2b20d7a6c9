import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given, marketOf, tickAt } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { defaultSettings } from '../account/settings.ts';
import { plainInstrument } from '../market/instrument.ts';
import type { ArmedFrom } from '../market/tick.ts';
import { amendExits } from '../position/amend-exits.ts';
import { executeExit } from '../position/execute-exit.ts';
import type { Exits } from '../position/exits.ts';
import type { ExitsSpec } from '../position/exits-spec.ts';
import type { Result } from '../result.ts';
import type { BrokerFill } from './broker.ts';
import { asked, type PlainPart, type PlainPartStep, plainParts } from './entry-in-parts.oracle.ts';
import { openPosition } from './place-order.ts';
import { recordAtBroker } from './record-at-broker.ts';

const spec: ExitsSpec = {
  stopLoss: { percent: String(asked.stop) },
  targets: asked.rungs.map((percent) => ({ percent: String(percent), size: { quantity: '1' } })),
  trailing: { percent: String(asked.trail), activation: { percent: String(asked.activation) } },
  breakEven: { after: { percent: String(asked.shift) } },
};
const ordered = 1_000;

type Asked = PlainPartStep extends infer Step ? (Step extends unknown ? Omit<Step, 'at'> : never) : never;
const any: fc.Arbitrary<Asked> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      quantity: fc.integer({ min: 1, max: 7 }),
      price: fc.constantFrom(100, 100, 90, 103),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('amend' as const), stop: fc.constantFrom('50', '97.5', '120') }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'shift' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'activate' as const }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...asked.rungs).map((percent) => ({ do: 'rung' as const, percent })),
  },
);

/** An account at a real broker, one order of which fills in parts. */
class Trader {
  account: Account;
  #seq = 0;
  readonly #fills: BrokerFill[] = [];

  constructor() {
    const configured = given({
      type: 'AccountConfigured',
      settings: { ...defaultSettings, broker: 'alpaca' },
      ...by,
    });
    this.account = configured;
    const entry = { positionId: 'p1', symbol: 'BAC', side: 'long', quantity: String(ordered) } as const;
    const how = { how: { kind: 'market' }, timeInForce: 'gtc', priceSource: 'trade', exits: spec } as const;
    const market = marketOf({ BAC: '100' });
    const context = { now: 0, armedFrom: { at: 0 }, market, instrument: plainInstrument('BAC') };
    this.#take(openPosition(configured, 'o', { ...entry, ...how }, context));
  }

  get exits(): Exits | undefined {
    return this.account.positions.get('p1')?.exits;
  }

  do(step: PlainPartStep): boolean {
    const { at } = step;
    switch (step.do) {
      case 'fill': {
        this.#fills.push(this.#fill(String(step.quantity), String(step.price), at));
        return this.#record('u.main.o', 'buy', String(ordered), this.#fills);
      }
      case 'amend': {
        const exits = { ...this.#standingSpec(), stopLoss: { price: step.stop } };
        return this.#take(amendExits(this.account, { positionId: 'p1', exits, by }, { armedFrom: { at } }));
      }
      case 'shift': {
        const after = this.exits?.breakEven?.after;
        return after !== undefined && 'price' in after && this.#reach('break-even', after.price, at);
      }
      case 'activate': {
        const activation = this.exits?.trailing?.activation;
        return activation !== undefined && this.#reach('activation', activation, at);
      }
      case 'rung': {
        const price = this.#rung(step.percent)?.price;
        const isLast = Number(this.account.positions.get('p1')?.quantity ?? 0) <= 1;
        if (price === undefined || isLast) return false;
        if (!this.#reach(`target-${this.#rung(step.percent)?.id ?? ''}`, price, at)) return false;
        const [exit] = this.account.positions.get('p1')?.exiting ?? [];
        const id = exit?.order.clientOrderId ?? '';
        return this.#record(id, 'sell', '1', [this.#fill('1', price, at)]);
      }
    }
  }

  /** What stands, asked for as it is. */
  #standingSpec(): ExitsSpec {
    const { targets = [], trailing, breakEven } = this.exits ?? {};
    return {
      targets: targets.map(({ price, size }) => ({ price, ...(size === undefined ? {} : { size }) })),
      ...(trailing === undefined
        ? {}
        : {
            trailing: {
              percent: String(asked.trail),
              ...(trailing.activation === undefined ? {} : { activation: { price: trailing.activation } }),
            },
          }),
      ...(breakEven === undefined ? {} : { breakEven: { after: breakEven.after } }),
    };
  }

  #rung(percent: number): Exits['targets'][number] | undefined {
    const id = String(asked.rungs.findIndex((each) => each === percent) + 1);
    return this.exits?.targets.find((target) => target.id === id);
  }

  #fill(quantity: string, price: string, at: number): BrokerFill {
    this.#seq += 1;
    return { id: `f${this.#seq}`, quantity, price, fee: '0', feeCurrency: 'USD', liquidity: 'taker', at };
  }

  #record(id: string, side: 'buy' | 'sell', quantity: string, fills: readonly BrokerFill[]): boolean {
    const seen = {
      clientOrderId: `x-${id}`,
      brokerOrderId: `b-${id}`,
      symbol: 'BAC',
      side,
      quantity,
      how: { kind: 'market' as const },
      status: 'working' as const,
      fills,
    };
    return this.#take(recordAtBroker(this.account, id, seen, { now: 0 }));
  }

  #reach(lineId: string, level: string, at: number): boolean {
    const tick = tickAt(level, { exchangeAt: at, epoch: 'e', ordinal: at });
    return this.#take(
      executeExit(this.account, { positionId: 'p1', lineId, level, tick, late: false, lagMs: 0 }),
    );
  }

  #take(decided: Result<readonly AccountEvent[], { readonly reason: string }>): boolean {
    if (!decided.ok) throw new Error(decided.refusal.reason);
    this.account = decided.value.reduce(evolve, this.account);
    return true;
  }
}

/** Of a place that comes after a tick, its step. */
function fromOf(armedFrom: ArmedFrom): number {
  return 'at' in armedFrom ? armedFrom.at : armedFrom.ordinal - 1;
}

function partsOf(exits: Exits | undefined): Record<string, PlainPart> {
  const { stopLoss, targets = [], trailing, breakEven } = exits ?? {};
  const parts: Record<string, PlainPart> = {};
  const put = (name: string, level: string, armedFrom: ArmedFrom): void => {
    parts[name] = { level, from: fromOf(armedFrom) };
  };
  if (stopLoss !== undefined) put('stop', stopLoss.price, stopLoss.armedFrom);
  for (const { id, price, armedFrom } of targets)
    put(`rung ${asked.rungs[Number(id) - 1]}`, price, armedFrom);
  if (trailing?.activation !== undefined) put('activation', trailing.activation, trailing.armedFrom);
  if (trailing !== undefined && trailing.activation === undefined)
    put('trail', trailing.start, trailing.armedFrom);
  if (breakEven !== undefined && 'price' in breakEven.after)
    put('shift', breakEven.after.price, breakEven.armedFrom);
  return parts;
}

describe('the exits of an order that fills in parts', () => {
  it('go along with the average entry, but for what was amended, shifted, begun or executed since', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(any, { minLength: 3, maxLength: 25, size: 'max' }), (random) => {
        const steps = [{ do: 'fill', quantity: 2, price: 100 } as const, ...random].map(
          (each, i): PlainPartStep => ({ ...each, at: 1_000 + i }),
        );
        const trader = new Trader();
        for (const [i, each] of steps.entries()) {
          const isDone = trader.do(each);
          const expected = plainParts(steps.slice(0, i + 1));
          expect([each.do, isDone]).toEqual([each.do, expected.done[i]]);
          expect(partsOf(trader.exits)).toEqual(Object.fromEntries(expected.stands));
          const { entryPrice, quantity } = trader.account.positions.get('p1') ?? {};
          expect({ entryPrice, quantity }).toEqual({ entryPrice: expected.average, quantity: expected.open });
          outcomes.add(`${each.do} ${isDone}`);
        }
      }),
      { numRuns: 200 },
    );
    expect([...outcomes].toSorted()).toEqual([
      'activate false',
      'activate true',
      'amend true',
      'fill true',
      'rung false',
      'rung true',
      'shift false',
      'shift true',
    ]);
  });
});
