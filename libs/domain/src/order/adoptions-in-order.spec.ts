import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { defaultSettings } from '../account/settings.ts';
import { plainInstrument } from '../market/instrument.ts';
import { unknownMarket } from '../market/symbol-prices.ts';
import { adoptPosition } from '../position/adopt-position.ts';
import type { Result } from '../result.ts';
import { adoptOrder } from './adopt-order.ts';
import { type PlainBrokerStep, type PlainShown, plainAdoptions } from './adoptions.oracle.ts';
import { brokerOrders } from './broker-orders.ts';
import type { BrokerFill, OrderAtBroker } from './broker.ts';
import { compareWithBroker, recordDifferences } from './compare-with-broker.ts';
import { recordAtBroker } from './record-at-broker.ts';

const now = 10_000;
const symbol = fc.constantFrom('A', 'A', 'A', 'B');
const order = fc.constantFrom('b1', 'b2', 'b3', 'b4', 'b5', 'b6');
const orderName = fc.constantFrom('o1', 'o2', 'o3', 'o4');
const position = fc.constantFrom('p', 'q', 'r');
const quantity = fc.integer({ min: 1, max: 4 });
const any: fc.Arbitrary<PlainBrokerStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('place' as const), order, symbol, buys: fc.boolean(), quantity }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('trade' as const),
      symbol,
      quantity: fc.integer({ min: -3, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fill' as const), order, quantity }) },
  { weight: 4, arbitrary: fc.constant({ do: 'look' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('adoptOrder' as const),
      order,
      symbol,
      name: orderName,
      position,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('adoptPosition' as const),
      position,
      symbol,
      side: fc.constantFrom('long' as const, 'short' as const),
      quantity,
    }),
  },
);

/** An order of somebody else that is seen, perhaps with fills, and taken over. */
const takenOver = fc
  .record({
    order,
    symbol,
    buys: fc.boolean(),
    quantity,
    filled: fc.nat({ max: 2 }),
    name: orderName,
    position,
  })
  .map(({ filled, buys, quantity: ordered, name: as, position: into, ...which }): PlainBrokerStep[] => [
    { do: 'place', ...which, buys, quantity: ordered },
    { do: 'fill', order: which.order, quantity: filled },
    { do: 'look' },
    { do: 'adoptOrder', ...which, name: as, position: into },
  ]);
const life = fc
  .array(fc.oneof({ weight: 5, arbitrary: any.map((one) => [one]) }, { weight: 1, arbitrary: takenOver }), {
    minLength: 6,
    maxLength: 30,
    size: 'max',
  })
  .map((parts): PlainBrokerStep[] => [...parts.flat(), { do: 'look' }]);

/** A broker as its account sees it, with all that anybody does there. */
class Broker {
  readonly orders = new Map<string, OrderAtBroker>();
  readonly #net = new Map<string, number>();
  #fills = 0;

  get openOrders(): OrderAtBroker[] {
    return [...this.orders.values()].filter(({ status }) => status === 'working');
  }

  get positions() {
    return [...this.#net].flatMap(([of, net]) => (net === 0 ? [] : [{ symbol: of, quantity: String(net) }]));
  }

  place(id: string, terms: Pick<OrderAtBroker, 'symbol' | 'side' | 'quantity'>): void {
    const names = { clientOrderId: `by-hand-${id}`, brokerOrderId: id };
    const how = { kind: 'limit', limitPrice: '10' } as const;
    if (!this.orders.has(id)) this.orders.set(id, { ...names, ...terms, how, status: 'working', fills: [] });
  }

  trade(of: string, amount: number): void {
    this.#net.set(of, (this.#net.get(of) ?? 0) + amount);
  }

  fill(id: string, wanted: number): void {
    const found = this.orders.get(id);
    if (found === undefined) return;
    const left = Number(found.quantity) - found.fills.reduce((sum, each) => sum + Number(each.quantity), 0);
    const amount = Math.min(wanted, left);
    if (amount === 0) return;
    this.#fills += 1;
    const costs = { fee: '0', feeCurrency: 'USD', liquidity: 'maker' } as const;
    const fill: BrokerFill = {
      id: `f${this.#fills}`,
      quantity: String(amount),
      price: '10',
      ...costs,
      at: now,
    };
    const status = amount === left ? 'filled' : 'working';
    this.orders.set(id, { ...found, status, fills: [...found.fills, fill] });
    this.trade(found.symbol, found.side === 'buy' ? amount : -amount);
  }
}

class Trader {
  account: Account = given({
    type: 'AccountConfigured',
    settings: { ...defaultSettings, broker: 'alpaca' },
    ...by,
  });
  readonly #broker = new Broker();

  do(asked: PlainBrokerStep): string {
    switch (asked.do) {
      case 'place': {
        const { order: id, symbol: of, buys, quantity: amount } = asked;
        this.#broker.place(id, { symbol: of, side: buys ? 'buy' : 'sell', quantity: String(amount) });
        return 'there';
      }
      case 'trade':
        this.#broker.trade(asked.symbol, asked.quantity);
        return 'there';
      case 'fill':
        this.#broker.fill(asked.order, asked.quantity);
        return 'there';
      case 'look':
        this.#look();
        return 'looked';
      case 'adoptOrder': {
        const { order: brokerOrderId, name, symbol: of, position: positionId } = asked;
        const adoption = { brokerOrderId, symbol: of, positionId, priceSource: 'trade' } as const;
        return this.#take(
          adoptOrder(this.account, name, adoption, { ...placing, instrument: plainInstrument(of) }),
        );
      }
      case 'adoptPosition': {
        const { position: id, symbol: of, side, quantity: amount } = asked;
        const { contract } = plainInstrument(of);
        const terms = { id, symbol: of, side, quantity: String(amount), entryPrice: '10', contract };
        const rest = { priceSource: 'trade', exits: {}, openedAt: now, broker: 'alpaca' } as const;
        return this.#take(adoptPosition(this.account, { ...terms, ...rest, armedFrom: { at: now } }));
      }
    }
  }

  get shown(): PlainShown {
    const all = this.account.brokerDifferences;
    const orders = all.flatMap((each): [string, number][] =>
      each.kind === 'externalOrder' ? [[each.brokerOrderId, Number(each.filled)]] : [],
    );
    const symbols = all.flatMap((each): [string, PlainShown['symbols'][string]][] => {
      if (each.kind !== 'position') return [];
      const { ours, theirs, offer } = each;
      const words = offer === undefined ? '' : `${offer.side} ${offer.quantity}`;
      return [[each.symbol, { ours: Number(ours), theirs: Number(theirs), offer: words }]];
    });
    return { orders: Object.fromEntries(orders), symbols: Object.fromEntries(symbols) };
  }

  /** What the desk is told of our orders, and then what the reconciler finds. */
  #look(): void {
    for (const { order: ours, brokerOrderId = '' } of brokerOrders(this.account)) {
      const seen = this.#broker.orders.get(brokerOrderId);
      if (seen !== undefined) this.#take(recordAtBroker(this.account, ours.clientOrderId, seen, { now }));
    }
    const { openOrders, positions } = this.#broker;
    const view = { openOrders, positions, unknownOrderIds: new Set<string>() };
    const found = compareWithBroker(this.account, view, (id) => `x-${id}`);
    this.account = recordDifferences(this.account, found).reduce(evolve, this.account);
  }

  #take(decided: Result<readonly AccountEvent[], Refusal>): string {
    if (!decided.ok) return inWords(decided.refusal);
    this.account = decided.value.reduce(evolve, this.account);
    return 'adopted';
  }
}

const placing = { now, armedFrom: { at: now }, market: unknownMarket };

interface Refusal {
  readonly reason: string;
  readonly [detail: string]: unknown;
}

function inWords({ reason, ...detail }: Refusal): string {
  if (reason === 'OTHER_POSITION') return `${reason} ${String(detail['field'])}`;
  if (reason === 'FILLS_NOT_MISSING')
    return `${reason} ${String(detail['filled'])} of ${String(detail['missing'])}`;
  if (reason === 'NOT_OFFERED')
    return `${reason} ${String(detail['quantity'])} of ${String(detail['offered'])}`;
  return reason;
}

describe('what an account takes over of its broker, one thing after the other', () => {
  it('is booked once, and what is shown is the rest', () => {
    const words = new Set<string>();
    fc.assert(
      fc.property(life, (steps) => {
        const trader = new Trader();
        const outcomes: string[] = [];
        for (const [i, each] of steps.entries()) {
          outcomes.push(trader.do(each));
          expect(trader.shown).toEqual(plainAdoptions(steps.slice(0, i + 1)).shown);
        }
        const expected = plainAdoptions(steps);
        expect(outcomes).toEqual(expected.outcomes);
        const held = [...trader.account.positions.values()].map(
          ({ id, symbol: of, side, quantity: open }) => [id, { symbol: of, side, quantity: Number(open) }],
        );
        expect(Object.fromEntries(held)).toEqual(Object.fromEntries(expected.held));
        for (const line of outcomes) words.add(line.replaceAll(/\d+/g, 'n'));
      }),
      { numRuns: 300 },
    );
    expect([...words].toSorted()).toEqual([
      'FILLS_NOT_MISSING n of n',
      'NOT_AN_EXTERNAL_ORDER',
      'NOT_OFFERED n of n',
      'ORDER_EXISTS',
      'OTHER_POSITION side',
      'OTHER_POSITION symbol',
      'POSITION_EXISTS',
      'adopted',
      'looked',
      'there',
    ]);
  });
});
