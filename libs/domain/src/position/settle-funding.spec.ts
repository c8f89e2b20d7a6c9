import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, given, positionWith, tickAt } from '../account/account.builder.ts';
import { evolve } from '../account/account.ts';
import { Exact } from '../exact.oracle.ts';
import { plainInstrument } from '../market/instrument.ts';
import { unknownMarket } from '../market/symbol-prices.ts';
import { executeOrder } from '../order/execute-order.ts';
import { openPosition } from '../order/place-order.ts';
import { settleFunding } from './settle-funding.ts';
import { plainFunding } from './settle-funding.oracle.ts';

const symbol = 'XBTUSDTM';
const contract = { kind: 'linear', multiplier: '0.001', currency: 'USDT' } as const;
const terms = { symbol, quantity: '50', contract };
const long = adopted(positionWith({}, { ...terms, id: 'long' }));
const short = adopted(positionWith({}, { ...terms, id: 'short', side: 'short' }));
const inverse = { kind: 'inverse', multiplier: '1', currency: 'XBT' } as const;
const coin = adopted(positionWith({}, { id: 'coin', symbol: 'XBTUSDM', quantity: '3', contract: inverse }));
const account = given(long, short, coin);
const funding = { symbol, rate: '0.0001', markPrice: '64251', at: 8_000 };
const paysAt = (held: ReturnType<typeof given>, at: number): boolean => {
  const decided = settleFunding(held, { ...funding, at }, {});
  return decided.ok && decided.value.length > 0;
};

describe('settling funding', () => {
  it('is paid by longs to shorts where the rate is positive', () => {
    expect(settleFunding(account, funding, {})).toMatchObject({
      value: [
        { positionId: 'long', amount: '-0.321255', currency: 'USDT', at: 8_000 },
        { positionId: 'short', amount: '0.321255', markPrice: '64251', rate: '0.0001' },
      ],
    });
    expect(settleFunding(account, { ...funding, rate: '-0.0002' }, {})).toMatchObject({
      value: [{ amount: '0.64251' }, { amount: '-0.64251' }],
    });
  });

  it('is an amount of the coin for an inverse contract, rounded to eighteen digits', () => {
    expect(settleFunding(account, { ...funding, symbol: 'XBTUSDM', markPrice: '70000' }, {})).toMatchObject({
      value: [{ positionId: 'coin', amount: '-0.000000004285714286', currency: 'XBT' }],
    });
  });

  it('moves cash, and settles each interval once', () => {
    const decided = settleFunding(account, funding, {});
    if (!decided.ok) throw new Error(decided.refusal.reason);
    const after = decided.value.slice(0, 1).reduce(evolve, account);
    expect(after.cash).toEqual({ USDT: '-0.321255' });
    expect(after.positions.get('long')).toMatchObject({ funding: '-0.321255', fundedUntil: 8_000 });
    expect(settleFunding(after, funding, {})).toMatchObject({ value: [{ positionId: 'short' }] });
    expect(settleFunding(after, { ...funding, at: 7_999 }, {})).toMatchObject({ value: [{}] });
    expect(settleFunding(after, { ...funding, at: 8_001 }, {})).toMatchObject({ value: [{}, {}] });
  });

  it('passes by what was opened after the interval', () => {
    expect(settleFunding(account, { ...funding, at: 999 }, {})).toEqual({ ok: true, value: [] });
  });

  it.each([
    [{ ...funding, rate: 'x' }, {}, { reason: 'NOT_A_RATE', field: 'rate', value: 'x' }],
    [{ ...funding, markPrice: '0' }, {}, { reason: 'NOT_POSITIVE', field: 'markPrice', value: '0' }],
    [funding, { isPerpetual: false }, { reason: 'NOT_PERPETUAL', symbol }],
  ])('refuses %j of %j', (asked, instrument, refusal) => {
    expect(settleFunding(account, asked, instrument)).toEqual({ ok: false, refusal });
  });
});

describe('the funding of what a command opens', () => {
  const placedAt = 5_000;
  const entry = {
    positionId: 'p1',
    symbol,
    side: 'long',
    quantity: '50',
    timeInForce: 'gtc',
    priceSource: 'trade',
  } as const;
  /** An account after a command at `placedAt`, when the last trade was at 64,251 at a time. */
  function openedWith(how: Parameters<typeof openPosition>[2]['how'], tradedAt: number) {
    const trade = tickAt('64251', { symbol, exchangeAt: tradedAt });
    const decided = openPosition(
      given(),
      'o',
      { ...entry, how },
      {
        now: placedAt,
        armedFrom: { at: placedAt },
        market: () => ({ trade }),
        instrument: plainInstrument(symbol),
      },
    );
    if (!decided.ok) throw new Error(decided.refusal.reason);
    return decided.value.reduce(evolve, given());
  }
  it('is none for an interval that ended before the command, however old the price that it took', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 6_000 }),
        fc.integer({ min: 1_000, max: 7_000 }),
        (tradedAt, at) => {
          const held = openedWith({ kind: 'market' }, tradedAt);
          expect(paysAt(held, at)).toBe(at >= Math.max(placedAt, tradedAt));
        },
      ),
    );
  });

  it('counts from the trade that fills an order which waited', () => {
    const waiting = openedWith({ kind: 'limit', limitPrice: '64000' }, 4_000);
    const fired = {
      orderId: 'u.main.o',
      lineId: 'limit',
      tick: tickAt('64000', { symbol, exchangeAt: 7_000 }),
    };
    const decided = executeOrder(waiting, fired, { now: 7_000, market: unknownMarket });
    if (!decided.ok) throw new Error(decided.refusal.reason);
    const held = decided.value.reduce(evolve, waiting);
    expect([6_999, 7_000].map((at) => paysAt(held, at))).toEqual([false, true]);
  });
});

describe('intervals of funding, one after the other', () => {
  const contracts = [contract, inverse, { kind: 'linear', multiplier: '1', currency: 'USD' } as const];
  const position = fc.record({
    id: fc.integer({ min: 1, max: 6 }).map(String),
    symbol: fc.constantFrom('A', 'B'),
    side: fc.constantFrom('long' as const, 'short' as const),
    quantity: fc.constantFrom('1', '3', '0.000000000000000007', '50'),
    contract: fc.constantFrom(...contracts),
    openedAt: fc.integer({ min: 998, max: 1_002 }),
  });
  const interval = fc.record({
    symbol: fc.constantFrom('A', 'B'),
    rate: fc.constantFrom('0.0001', '-0.000333', '0', '0.000000000000000001', '1.5'),
    markPrice: fc.constantFrom('70000', '0.3', '7', '0.000000000000000003'),
    at: fc.integer({ min: 998, max: 1_003 }),
  });

  it('move of each position what the rate says, once, and nothing of one that came later', () => {
    let moved = 0;
    fc.assert(
      fc.property(
        fc.uniqueArray(position, { maxLength: 5, selector: ({ id }) => id }),
        fc.array(interval, { minLength: 1, maxLength: 8, size: 'max' }),
        (positions, intervals) => {
          let held = given(...positions.map((plain) => adopted(positionWith({}, plain))));
          const settled = intervals.map((told) => {
            const decided = settleFunding(held, told, { isPerpetual: true });
            if (!decided.ok) throw new Error(decided.refusal.reason);
            held = decided.value.reduce(evolve, held);
            return decided.value.flatMap((event) =>
              event.type === 'FundingSettled' ? [{ positionId: event.positionId, amount: event.amount }] : [],
            );
          });
          const expected = plainFunding(positions, intervals);
          expect(settled).toEqual(expected);
          moved += settled.flat().length;
          for (const { id } of positions) {
            const own = expected.flat().filter(({ positionId }) => positionId === id);
            const total = own.reduce((sum, { amount }) => sum.plus(Exact.of(amount)), Exact.of(0));
            expect(held.positions.get(id)?.funding).toBe(String(total));
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(moved).toBeGreaterThan(500);
  });
});
