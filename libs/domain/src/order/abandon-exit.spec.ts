import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, marketOf, positionWith, tickAt } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { defaultSettings } from '../account/settings.ts';
import { executeExit } from '../position/execute-exit.ts';
import { requestClose } from '../position/request-close.ts';
import type { Result } from '../result.ts';
import { abandonExit } from './abandon-exit.ts';
import { type PlainExitStep, plainExits } from './abandon-exit.oracle.ts';
import { brokerOrder } from './broker-orders.ts';
import type { BrokerFill } from './broker.ts';
import { compareWithBroker, recordDifferences } from './compare-with-broker.ts';
import { recordAtBroker } from './record-at-broker.ts';

const from = 1_000;
const start = { quantity: 10, target: 4, from };
const exits = { stopLoss: { price: '90' }, targets: [{ price: '110', size: { quantity: '4' } }] };
const terms = { entryPrice: '100', quantity: '10', broker: 'alpaca', openedAt: from };
const begun = given(
  { type: 'AccountConfigured', settings: { ...defaultSettings, broker: 'alpaca' }, ...by },
  adopted(positionWith(exits, terms)),
);

const order = fc.integer({ min: 0, max: 6 });
const any: fc.Arbitrary<PlainExitStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('reach' as const),
      line: fc.constantFrom('stop' as const, 'target' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('ask' as const), quantity: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), order }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      order,
      quantity: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('lose' as const), order }) },
  { weight: 4, arbitrary: fc.constant({ do: 'look' as const }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('abandon' as const), order }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 249, 250, 500, 2_000) }),
  },
);

const lost = fc
  .tuple(fc.constantFrom('stop' as const, 'target' as const), fc.constantFrom(249, 250, 500, 1_000, 60_000))
  .map(([line, ms]): PlainExitStep[] => [
    { do: 'reach', line },
    { do: 'take', order: 0 },
    { do: 'lose', order: 0 },
    { do: 'look' },
    { do: 'abandon', order: 0 },
    { do: 'wait', ms },
  ]);
const closed: PlainExitStep[] = [
  { do: 'reach', line: 'stop' },
  { do: 'fill', order: 0, quantity: 10 },
];
/** Anything, and orders that come to nothing one after the other, and at last to something. */
const life = fc
  .array(fc.oneof({ weight: 8, arbitrary: any.map((one) => [one]) }, { weight: 1, arbitrary: lost }), {
    minLength: 10,
    maxLength: 50,
    size: 'max',
  })
  .map((parts) => parts.flat());
const finished = fc
  .tuple(life, fc.boolean())
  .map(([steps, isLast]) => (isLast ? [...steps, ...closed, ...closed] : steps));

const idOf = (nth: number): string => `u.main.p1.exit${nth === 1 ? '' : `-${nth}`}`;

class Trader {
  account: Account = begun;
  #now = from;
  #ordinal = 0;
  readonly #lost = new Set<string>();
  readonly #fills = new Map<string, BrokerFill[]>();

  do(step: PlainExitStep): string {
    const { account } = this;
    const now = this.#now;
    const latest = account.positions.get('p1')?.exitOrders ?? 0;
    const asked = 'order' in step && step.order === 0 ? { ...step, order: latest } : step;
    switch (asked.do) {
      case 'reach': {
        this.#ordinal += 1;
        const [lineId, level] = asked.line === 'stop' ? ['stop', '90'] : ['target-1', '110'];
        const tick = tickAt(level, { exchangeAt: now, ordinal: this.#ordinal });
        return this.#ordered(
          executeExit(account, { positionId: 'p1', lineId, level, tick, late: false, lagMs: 0 }),
        );
      }
      case 'ask': {
        const size = { quantity: String(asked.quantity) };
        const request = { positionId: 'p1', size, reason: 'manual', by } as const;
        return this.#ordered(requestClose(account, request, { market: marketOf({ BAC: '100' }), now }));
      }
      case 'take':
        return this.#tell(asked.order, 'taken');
      case 'fill': {
        const id = idOf(asked.order);
        const ours = brokerOrder(account, id);
        if (ours === undefined) return this.#tell(asked.order, '');
        const left = Number(ours.order.quantity) - Number(ours.filled);
        const quantity = Math.min(asked.quantity, left);
        const before = this.#fills.get(id) ?? [];
        const costs = { fee: '0', feeCurrency: 'USD', liquidity: 'taker' } as const;
        const fill = {
          id: `${id}/${before.length}`,
          quantity: String(quantity),
          price: '90',
          ...costs,
          at: now,
        };
        this.#fills.set(id, [...before, fill]);
        return this.#tell(asked.order, `filled ${quantity}`);
      }
      case 'lose':
        if (brokerOrder(account, idOf(asked.order)) !== undefined) this.#lost.add(idOf(asked.order));
        return 'lost';
      case 'look':
        this.#look();
        return 'looked';
      case 'abandon':
        return this.#take(abandonExit(account, { orderId: idOf(asked.order), by }, { now })) ?? 'abandoned';
      case 'wait':
        this.#now += asked.ms;
        return 'waited';
    }
  }

  /** What the broker says of an order of ours. */
  #tell(nth: number, then: string): string {
    const ours = brokerOrder(this.account, idOf(nth));
    const { symbol, side, quantity, how } = ours?.order ?? {
      symbol: 'BAC',
      side: 'sell' as const,
      quantity: '1',
      how: { kind: 'market' as const },
    };
    const fills = this.#fills.get(idOf(nth)) ?? [];
    const names = { clientOrderId: `x-${idOf(nth)}`, brokerOrderId: `b${nth}` };
    const seen = { ...names, symbol, side, quantity, how, status: 'working' as const, fills };
    return this.#take(recordAtBroker(this.account, idOf(nth), seen, { now: this.#now })) ?? then;
  }

  #look(): void {
    const taken = [...this.#lost].filter((id) => brokerOrder(this.account, id)?.status === 'open');
    const view = { openOrders: [], positions: [], unknownOrderIds: new Set(taken) };
    const found = compareWithBroker(this.account, view, (id) => `x-${id}`);
    this.account = recordDifferences(this.account, found).reduce(evolve, this.account);
  }

  #ordered(decided: Result<readonly AccountEvent[], { readonly reason: string }>): string {
    const refused = this.#take(decided);
    if (refused !== undefined) return refused;
    const { exiting = [], exitOrders = 0 } = this.account.positions.get('p1') ?? {};
    return `order ${exitOrders} for ${exiting.at(-1)?.ordered ?? ''}`;
  }

  /** The reason of a refusal. */
  #take(decided: Result<readonly AccountEvent[], { readonly reason: string }>): string | undefined {
    if (!decided.ok) return decided.refusal.reason;
    this.account = decided.value.reduce(evolve, this.account);
    return undefined;
  }
}

describe('closing orders that a broker takes, fills, loses, and that are given up', () => {
  it('leave a position that is protected from when the rules say, by the lines that are left', () => {
    const words = new Set<string>();
    fc.assert(
      fc.property(finished, (steps) => {
        const trader = new Trader();
        const said = steps.map((each) => trader.do(each));
        const expected = plainExits(steps, start);
        expect(said).toEqual(expected.said);
        const held = trader.account.positions.get('p1');
        expect(held?.status).toBe(expected.status);
        for (const line of said) words.add(line.replaceAll(/\d+/g, 'n'));
        if (held === undefined || held.status === 'closed') return;
        expect(held.quantity).toBe(String(expected.open));
        expect(held.exiting.map((each) => [each.order.clientOrderId, Number(each.order.quantity)])).toEqual(
          expected.orders.map(({ nth, left }) => [idOf(nth), left]),
        );
        expect(held.exits.stopLoss?.armedFrom).toEqual({ at: expected.countsFrom.stop });
        expect(held.exits.targets.map(({ armedFrom }) => armedFrom)).toEqual(
          expected.countsFrom.target === undefined ? [] : [{ at: expected.countsFrom.target }],
        );
        const orphans = trader.account.brokerDifferences.flatMap((each) =>
          each.kind === 'orphan' ? [each.orderId] : [],
        );
        expect(orphans.toSorted()).toEqual([...expected.shown].map(idOf).toSorted());
      }),
      { numRuns: 400 },
    );
    expect([...words].toSorted()).toEqual([
      'BEFORE_ARMED',
      'CLOSING',
      'MORE_THAN_AVAILABLE',
      'NOT_AN_ORPHANED_EXIT',
      'NOT_ARMED',
      'NOT_OURS',
      'NO_OPEN_POSITION',
      'abandoned',
      'filled n',
      'looked',
      'lost',
      'order n for n',
      'taken',
      'waited',
    ]);
  });
});
