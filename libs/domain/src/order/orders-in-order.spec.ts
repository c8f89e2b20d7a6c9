import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given } from '../account/account.builder.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import type { AccountEvent } from '../account/events.ts';
import { haltTrading, resumeTrading } from '../account/switch-trading.ts';
import { plainInstrument } from '../market/instrument.ts';
import type { Result } from '../result.ts';
import { cancelOrder } from './cancel-order.ts';
import type { OrderKind } from './order.ts';
import { type PlainOrderStep, plainOrders } from './orders.oracle.ts';
import { openPosition, reducePosition } from './place-order.ts';

const startsAt = 1_000;
const name = fc.integer({ min: 1, max: 25 }).map((n) => `o${n}`);
const position = fc.constantFrom('p', 'p', 'q', 'r');
const symbol = fc.constantFrom('A', 'A', 'A', 'B');
const price = fc.integer({ min: 98, max: 102 });
const until = fc.oneof(fc.constant('now' as const), fc.integer({ min: startsAt, max: startsAt + 60 }));
const quantity = fc.integer({ min: 1, max: 6 });
type Asked =
  | Exclude<PlainOrderStep, { do: 'tick' }>
  | { readonly do: 'tick'; readonly symbol: string; readonly passed: number; readonly price: number };
const step: fc.Arbitrary<Asked> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        do: fc.constant('open' as const),
        name,
        position,
        symbol,
        side: fc.constantFrom('long' as const, 'long' as const, 'long' as const, 'short' as const),
        quantity,
        limit: price,
        until,
      },
      { requiredKeys: ['do', 'name', 'position', 'symbol', 'side', 'quantity'] },
    ),
  },
  {
    weight: 4,
    arbitrary: fc.record(
      { do: fc.constant('reduce' as const), name, position, quantity, limit: price, until },
      { requiredKeys: ['do', 'name', 'position', 'quantity'] },
    ),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), name }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('switch' as const),
      to: fc.constantFrom('active' as const, 'active' as const, 'reducing' as const, 'halted' as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('tick' as const),
      symbol: fc.constantFrom('A', 'B'),
      passed: fc.integer({ min: 0, max: 3 }),
      price,
    }),
  },
);

function run(asked: readonly Asked[]) {
  const simulation = new AccountSimulation(given());
  const said: string[] = [];
  const steps = asked.map((each): PlainOrderStep => {
    if (each.do !== 'tick') {
      const decided = decide(simulation, each);
      simulation.take(decided);
      said.push(...(decided.ok ? decided.value.flatMap(inWords) : [refusedAs(decided.refusal)]));
      return each;
    }
    const before = simulation.commits.length;
    simulation.trade(each.symbol, String(each.price), '1', each.passed);
    said.push(...simulation.commits.slice(before).flat().flatMap(inWords));
    return { do: 'tick', symbol: each.symbol, at: simulation.context.now, price: each.price };
  });
  return { said, steps, account: simulation.account };
}

type Refusal = { readonly reason: string; readonly field?: string };

function decide(
  { account, context }: AccountSimulation,
  asked: Exclude<Asked, { do: 'tick' }>,
): Result<readonly AccountEvent[], Refusal> {
  switch (asked.do) {
    case 'open':
    case 'reduce': {
      const { name: order, position: positionId, limit, until: end } = asked;
      const how: OrderKind =
        limit === undefined ? { kind: 'market' } : { kind: 'limit', limitPrice: String(limit) };
      const terms = {
        positionId,
        quantity: String(asked.quantity),
        how,
        timeInForce: end === undefined ? 'gtc' : end === 'now' ? 'ioc' : { until: end },
      } as const;
      const surroundings = { ...context, instrument: plainInstrument('A') };
      if (asked.do === 'reduce') return reducePosition(account, order, terms, surroundings);
      const { symbol: of, side } = asked;
      return openPosition(account, order, { ...terms, symbol: of, side, priceSource: 'trade' }, surroundings);
    }
    case 'cancel':
      return cancelOrder(account, { orderId: `u.main.${asked.name}`, by });
    case 'switch':
      return asked.to === 'active'
        ? resumeTrading(account, by)
        : haltTrading(account, { ...by, state: asked.to }, { now: context.now });
  }
}

function inWords(event: AccountEvent): string[] {
  if (event.type === 'OrderPlaced') return [`${nameOf(event.order.id)} placed`];
  if (event.type === 'OrderCancelled') return [`${nameOf(event.orderId)} cancelled`];
  if (event.type === 'OrderExpired') return [`${nameOf(event.orderId)} expired`];
  if (event.type === 'PositionClosed') return [`${event.positionId} closed`];
  if (event.type !== 'OrderFilled') return [];
  return [`${nameOf(event.clientOrderId)} fills ${event.quantity} at ${event.price}`];
}

function nameOf(id: string): string {
  return id.replace('u.main.', '');
}

function refusedAs({ reason, field }: Refusal): string {
  return reason === 'OTHER_POSITION' ? `${reason} ${field}` : reason;
}

describe('orders, one step after the other', () => {
  it('are placed, filled, cancelled and over, and make of positions what the rules say', () => {
    const words = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 50, size: 'max' }), (asked) => {
        const { said, steps, account } = run(asked);
        const expected = plainOrders(steps, startsAt);
        expect(said).toEqual(expected.said);
        expect([...account.workingOrderIds]).toEqual(expected.working.map((order) => `u.main.${order}`));
        for (const [id, { quantity: open }] of expected.positions) {
          const held = account.positions.get(id);
          expect(held?.status === 'closed' ? '0' : held?.quantity).toBe(String(open));
        }
        for (const line of said) words.add(line.replaceAll(/\b[opqr]\d*\b|\d+/g, '_'));
      }),
      { numRuns: 500 },
    );
    expect([...words].toSorted()).toEqual([
      'ENDS_BEFORE_NOW',
      'MORE_THAN_AVAILABLE',
      'NOT_WORKING',
      'NO_OPEN_POSITION',
      'NO_PRICE',
      'ORDER_EXISTS',
      'OTHER_POSITION side',
      'OTHER_POSITION symbol',
      'POSITION_CLOSED',
      'TRADING_HALTED',
      'TRADING_REDUCING',
      '_ cancelled',
      '_ closed',
      '_ expired',
      '_ fills _ at _',
      '_ placed',
    ]);
  });
});
