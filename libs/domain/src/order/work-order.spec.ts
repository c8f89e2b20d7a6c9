import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, halfOfTrades } from '../account/account.builder.ts';
import { AccountSimulation } from '../account/account.simulation.ts';
import { plainInstrument } from '../market/instrument.ts';
import { type OrderKind, isWorking } from './order.ts';
import { openPosition } from './place-order.ts';
import { type PlainFill, type PlainOrder, type PlainTick, plainRun } from './work-order.oracle.ts';

const price = fc.integer({ min: 1, max: 6 });
const tick = fc.record({
  price,
  size: fc.integer({ min: 1, max: 8 }),
  passed: fc.integer({ min: 0, max: 3 }),
});
const order: fc.Arbitrary<PlainOrder> = fc.record(
  {
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.integer({ min: 1, max: 9 }),
    stop: price,
    limit: price,
    timeInForce: fc.oneof(
      fc.constantFrom('gtc' as const, 'gtc' as const, 'ioc' as const, 'fok' as const),
      fc.record({ until: fc.integer({ min: 1_005, max: 1_020 }) }),
    ),
  },
  { requiredKeys: ['side', 'quantity', 'timeInForce'] },
);

function kindOf({ stop, limit }: PlainOrder): OrderKind {
  const limitPrice = String(limit);
  const stopPrice = String(stop);
  if (stop !== undefined)
    return limit === undefined ? { kind: 'stop', stopPrice } : { kind: 'stopLimit', stopPrice, limitPrice };
  return limit === undefined ? { kind: 'market' } : { kind: 'limit', limitPrice };
}

function run(plain: PlainOrder, ticks: readonly { price: number; size: number; passed: number }[]) {
  const instrument = { ...plainInstrument('BAC'), lotSize: '1' };
  const simulation = new AccountSimulation(given(halfOfTrades), () => instrument);
  const seen: PlainTick[] = [];
  const fills: PlainFill[] = [];
  for (const [i, { price: at, size, passed }] of ticks.entries()) {
    simulation.trade('BAC', String(at), String(size), passed);
    const { now } = simulation.context;
    seen.push({ at: now, price: at, size });
    if (i > 0) continue;
    const entry = {
      positionId: 'p',
      symbol: 'BAC',
      side: plain.side === 'buy' ? ('long' as const) : ('short' as const),
      quantity: String(plain.quantity),
      how: kindOf(plain),
      timeInForce: plain.timeInForce,
      priceSource: 'trade' as const,
    };
    simulation.take(openPosition(simulation.account, 'o', entry, { ...simulation.context, instrument }));
  }
  for (const event of simulation.commits.flat())
    if (event.type === 'OrderFilled')
      fills.push({
        tick: event.tick?.ordinal ?? -1,
        quantity: Number(event.quantity),
        price: Number(event.price),
        liquidity: event.liquidity,
      });
  const placed = simulation.account.orders.get('u.main.o');
  return { seen, fills, placed, position: simulation.account.positions.get('p') };
}

describe('an order at the shadow broker', () => {
  it('fills at the ticks, prices and sizes that the rules say, and ends when they say', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(order, fc.array(tick, { minLength: 1, maxLength: 12 }), (plain, ticks) => {
        const { seen, fills, placed, position } = run(plain, ticks);
        const expected = plainRun(plain, seen);
        expect(fills).toEqual(expected.fills);
        expect(placed?.status).toBe(expected.status);
        const filled = fills.reduce((sum, { quantity }) => sum + quantity, 0);
        expect(Number(placed?.filled)).toBe(filled);
        expect(Number(position?.enteredQuantity ?? 0)).toBe(filled);
        if (placed !== undefined) ends.add(isWorking(placed) ? 'working' : placed.status);
      }),
      { numRuns: 1_500 },
    );
    expect([...ends].toSorted()).toEqual(['expired', 'filled', 'working']);
  });
});
