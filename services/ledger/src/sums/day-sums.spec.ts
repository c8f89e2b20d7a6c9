import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatDecimal } from '@bellwether/domain';
import { DaySums, dayMs, summedBy } from './day-sums.ts';

const trade = fc.record(
  {
    tradedAt: fc.integer({ min: 0, max: 4 * dayMs - 1 }),
    symbol: fc.constantFrom('SPY', 'QQQ'),
    strategy: fc.constantFrom('swing', 'a|b', '-'),
    tags: fc.array(fc.constantFrom('x', 'y', '|'), { maxLength: 3 }),
    currency: fc.constantFrom('USD', 'EUR'),
    feeCurrency: fc.constantFrom('USD', 'BNB'),
    pnl: fc.integer({ min: -1_000, max: 1_000 }),
    paid: fc.integer({ min: 0, max: 100 }),
  },
  { requiredKeys: ['tradedAt', 'symbol', 'currency', 'feeCurrency', 'pnl', 'paid'] },
);
type Plain = typeof trade extends fc.Arbitrary<infer Value> ? Value : never;
const stored = ({ pnl, paid, ...rest }: Plain) => ({ ...rest, realizedPnl: `${pnl}`, fee: `${paid}` });

/** The same by looking at every trade for every sum there can be. */
function plainSums(trades: readonly Plain[]): Map<string, [trades: number, pnl: number, fees: number]> {
  const sums = new Map<string, [number, number, number]>();
  for (let day = 0; day < 4; day += 1)
    for (const by of summedBy)
      for (const group of ['SPY', 'QQQ', 'swing', 'a|b', '-', 'x', 'y', '|'])
        for (const currency of ['USD', 'EUR', 'BNB']) {
          const names = ({ symbol, strategy = '-', tags = [] }: Plain): readonly string[] =>
            ({ symbol: [symbol], strategy: [strategy], tag: tags.length === 0 ? ['-'] : tags })[by];
          const own = trades.filter(
            (each) => Math.floor(each.tradedAt / dayMs) === day && names(each).includes(group),
          );
          const gained = own.filter((each) => each.currency === currency);
          const paid = own.filter((each) => each.feeCurrency === currency);
          const count = new Set([...gained, ...paid]).size;
          if (count === 0) continue;
          const pnl = gained.reduce((sum, each) => sum + each.pnl, 0);
          const fees = paid.reduce((sum, each) => sum + each.paid, 0);
          sums.set(JSON.stringify([day * dayMs, by, group, currency]), [count, pnl, fees]);
        }
  return sums;
}

describe('sums by day', () => {
  it('are what every trade came to, also when they were text in between', () => {
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 30 }), fc.nat({ max: 30 }), (trades, cut) => {
        let sums = new DaySums();
        for (const [index, each] of trades.entries()) {
          if (index === cut) sums = DaySums.parse(sums.text());
          sums.add(stored(each));
        }
        const whole = new DaySums();
        for (const each of trades) whole.add(stored(each));
        expect(sums.text()).toBe(whole.text());
        const found = new Map(
          [...sums].map(({ day, by, group, currency, trades: count, realizedPnl, fees }) => [
            JSON.stringify([day, by, group, currency]),
            [count, Number(formatDecimal(realizedPnl)), Number(formatDecimal(fees))],
          ]),
        );
        expect(found).toEqual(plainSums(trades));
        expect(sums.size).toBe(found.size);
      }),
    );
  });

  it('say from which day to which they are', () => {
    const sums = new DaySums();
    const one = { symbol: 'SPY', currency: 'USD', feeCurrency: 'USD', realizedPnl: '1', fee: '0' };
    for (const tradedAt of [3 * dayMs + 5, dayMs, 2 * dayMs]) sums.add({ ...one, tradedAt });
    expect(sums.days()).toEqual({ fromAt: dayMs, toAt: 3 * dayMs });
  });
});
