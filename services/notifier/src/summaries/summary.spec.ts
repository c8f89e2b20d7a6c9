import { formatDecimal } from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SummedTrade, Summary } from './summary.ts';
import type { SummaryPeriod } from './summary-period.ts';

const day: SummaryPeriod = {
  first: '2026-11-26',
  last: '2026-11-26',
  from: 0,
  before: 86_400_000,
  dueAt: 90_000_000,
};
const trade = (changes: Partial<SummedTrade> = {}): SummedTrade => ({
  tradedAt: 1,
  symbol: 'SPY',
  currency: 'USD',
  realizedPnl: '0',
  fee: '0',
  feeCurrency: 'USD',
  effect: 'close',
  broker: 'shadow',
  ...changes,
});
const told = (trades: readonly SummedTrade[], open = { positions: 0, accounts: 0 }) => {
  const summary = new Summary(day);
  for (const each of trades) summary.add(each);
  return summary.told('day', open);
};

/** Hundredths as decimal text. */
const text = (hundredths: number): string => formatDecimal({ units: BigInt(hundredths), scale: 2 });

describe('the summary of a day', () => {
  it('tells result, fees, share of gains, strategies, symbols and what is open', () => {
    const { headline, details, isShadow } = told(
      [
        trade({ effect: 'open', fee: '0.5', strategy: 'dip' }),
        trade({ realizedPnl: '10.5', fee: '0.5', strategy: 'dip' }),
        trade({ realizedPnl: '-3', symbol: 'QQQ', effect: 'reduce' }),
        trade({ realizedPnl: '2', symbol: 'BTC-EUR', currency: 'EUR', feeCurrency: 'BNB', fee: '0.01' }),
      ],
      { positions: 7, accounts: 2 },
    );
    expect(headline).toBe('Day 2026-11-26: -0.01 BNB, +2 EUR, +6.5 USD, 3 closed');
    expect(details.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Result: -0.01 BNB, +2 EUR, +6.5 USD',
      'Before fees: +2 EUR, +7.5 USD',
      'Fees: 0.01 BNB, 1 USD',
      'Trades: 4',
      'Closings: 3',
      'Won: 67 %',
      'By strategy: - -0.01 BNB, +2 EUR, -3 USD (2), dip +9.5 USD (1)',
      'By symbol: SPY +9.5 USD (1), BTC-EUR -0.01 BNB, +2 EUR (1), QQQ -3 USD (1)',
      'Open now: 7 in 2 accounts',
    ]);
    expect(isShadow).toBe(true);
  });

  it('is short where nothing was traded, and has no chart', () => {
    expect(told([])).toEqual({
      severity: 'info',
      headline: 'Day 2026-11-26: no trades',
      details: [
        { name: 'Result', value: '0' },
        { name: 'Trades', value: '0' },
        { name: 'Closings', value: '0' },
        { name: 'Open now', value: 'nothing' },
      ],
    });
  });

  it('draws how the currency of the most closings ran, from nothing to its result', () => {
    const { chart } = told([
      trade({ tradedAt: 0, realizedPnl: '1' }),
      trade({ tradedAt: 43_200_000, realizedPnl: '-3' }),
      trade({ tradedAt: 86_399_999, realizedPnl: '5', broker: 'alpaca' }),
      trade({ currency: 'EUR', realizedPnl: '100' }),
    ]);
    expect(chart).toMatchObject({ title: 'P&L USD', from: '2026-11-26', to: '2026-11-26' });
    expect([0, 1, 60, 61, 119, 120].map((at) => chart?.points[at])).toEqual([0, 1, 1, -2, -2, 3]);
    expect(chart?.points).toHaveLength(121);
  });

  it('sums to the cent, whatever the order', () => {
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
    const some = fc.record({
      pnl: cents,
      fee: fc.nat(10_000),
      tradedAt: fc.nat(86_399_999),
      symbol: fc.constantFrom('SPY', 'QQQ', 'IWM'),
      isClosing: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 50 }), (all) => {
        const trades = all.map(({ pnl, fee, isClosing, ...rest }) =>
          trade({
            ...rest,
            fee: text(fee),
            effect: isClosing ? 'close' : 'open',
            realizedPnl: text(isClosing ? pnl : 0),
          }),
        );
        const sum = all.reduce((total, { pnl, fee, isClosing }) => total + (isClosing ? pnl : 0) - fee, 0);
        const { details, chart } = told(trades);
        const result = details.find(({ name }) => name === 'Result')?.value ?? '';
        expect(Math.round(Number.parseFloat(result) * 100)).toBe(sum);
        if (chart !== undefined) expect(Math.round((chart.points.at(-1) ?? Number.NaN) * 100)).toBe(sum);
        expect(told(trades.toReversed()).details).toEqual(details);
      }),
    );
  });
});
