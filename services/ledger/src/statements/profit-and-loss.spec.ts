import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startOf } from './pnl-sums.ts';
import { profitAndLoss } from './profit-and-loss.ts';

interface Trade {
  readonly tradedAt: number;
  readonly symbol: string;
  readonly strategy?: string;
  readonly tags?: readonly string[];
  readonly currency: string;
  readonly realizedPnl: string;
  readonly fee: string;
  readonly feeCurrency: string;
}

const trade = (day: string, changes: Partial<Trade> = {}) => ({
  tradedAt: Date.parse(`${day}T12:00:00Z`),
  symbol: 'SPY',
  currency: 'USD',
  realizedPnl: '1',
  fee: '0.1',
  feeCurrency: 'USD',
  ...changes,
});
/** Hundredths as decimal text. */
function text(hundredths: bigint): string {
  const size = hundredths < 0n ? -hundredths : hundredths;
  return `${hundredths < 0n ? '-' : ''}${size / 100n}.${String(size % 100n).padStart(2, '0')}`;
}

describe('profit and loss', () => {
  it.each([
    ['day', '2026-11-29T23:59:59.999Z', '2026-11-29'],
    ['week', '2026-11-29T23:59:59.999Z', '2026-11-23'],
    ['week', '2026-11-30T00:00:00Z', '2026-11-30'],
    ['week', '2027-01-01T00:00:00Z', '2026-12-28'],
    ['month', '2026-11-30T23:59:59.999Z', '2026-11-01'],
  ] as const)('counts the %s of %s from %s on', (period, at, from) => {
    expect(startOf(period, Date.parse(at))).toBe(from);
  });

  it('is summed by period and strategy', async () => {
    const trades = [
      trade('2026-11-02', { strategy: 'swing', realizedPnl: '10.50' }),
      trade('2026-11-01', { strategy: 'swing', realizedPnl: '-3', fee: '0' }),
      trade('2026-11-02', { strategy: 'swing', realizedPnl: '-0.25' }),
      trade('2026-11-02'),
    ];
    const row = { currency: 'USD', from: '2026-11-02' };
    expect(await profitAndLoss(trades, { period: 'day', by: 'strategy' })).toEqual([
      { ...row, from: '2026-11-01', group: 'swing', trades: 1, realizedPnl: '-3', fees: '0', net: '-3' },
      { ...row, group: '-', trades: 1, realizedPnl: '1', fees: '0.1', net: '0.9' },
      { ...row, group: 'swing', trades: 2, realizedPnl: '10.25', fees: '0.2', net: '10.05' },
    ]);
  });

  it('counts a trade under each of its tags, once', async () => {
    const tagged = trade('2026-11-02', { tags: ['a', 'b', 'a'] });
    const rows = await profitAndLoss([tagged], { period: 'month', by: 'tag' });
    expect(rows.map(({ group, trades }) => [group, trades])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  it('tells a fee in another currency in its own row', async () => {
    const rows = await profitAndLoss([trade('2026-11-02', { feeCurrency: 'BNB' })], {
      period: 'day',
      by: 'none',
    });
    expect(rows).toMatchObject([
      { currency: 'BNB', trades: 1, realizedPnl: '0', fees: '0.1', net: '-0.1' },
      { currency: 'USD', trades: 1, realizedPnl: '1', fees: '0', net: '1' },
    ]);
  });

  it('is what the cents of all trades of a symbol and week sum to', async () => {
    const week = 7 * 86_400_000;
    const monday = Date.parse('2026-11-02T00:00:00Z');
    const cents = fc.bigInt({ min: -1_000_000n, max: 1_000_000n });
    const some = fc.record({
      at: fc.integer({ min: monday, max: monday + 5 * week - 1 }),
      symbol: fc.constantFrom('SPY', 'QQQ'),
      pnl: cents,
      fee: cents,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(some, { maxLength: 60 }), async (all) => {
        const trades = all.map(({ at, symbol, pnl, fee }) =>
          trade('2026-11-02', { tradedAt: at, symbol, realizedPnl: text(pnl), fee: text(fee) }),
        );
        const rows = await profitAndLoss(trades, { period: 'week', by: 'symbol' });
        for (const { from, group, net, trades: count } of rows) {
          const start = Date.parse(`${from}T00:00:00Z`);
          const own = all.filter(({ at, symbol }) => symbol === group && at >= start && at < start + week);
          const sum = own.reduce((total, { pnl, fee }) => total + pnl - fee, 0n);
          expect([count, Math.round(Number(net) * 100)]).toEqual([own.length, Number(sum)]);
        }
        expect(rows.reduce((sum, row) => sum + row.trades, 0)).toBe(all.length);
      }),
    );
  });
});
