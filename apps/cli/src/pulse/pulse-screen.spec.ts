import { describe, expect, it } from '@jest/globals';
import { pulseScreen } from './pulse-screen.ts';

const seen = { at: Date.parse('2026-11-28T10:11:12.345Z'), pricedAt: 0, unpriced: [] };
const worth = { pnl: '-1.239', equity: '1000', exposure: '20.5', drawdown: '1.2' };

describe('the screen of the pulse', () => {
  it('shows an account and its positions in columns, to the cent', () => {
    const position = {
      positionId: 'p1',
      symbol: 'SPY',
      side: 'long',
      quantity: '2',
      entryPrice: '10',
    } as const;
    expect(
      pulseScreen({
        of: 'account',
        ...seen,
        unpriced: ['QQQ'],
        tenant: 't1',
        uid: 'ann',
        accountId: 'ann.main',
        currency: 'USD',
        openPositions: 2,
        worth,
        positions: [
          { ...position, price: '9.38', pnl: '-1.239', exposure: '18.76' },
          { ...position, positionId: 'p22', symbol: 'QQQ', side: 'short' },
          { ...position, positionId: 'p3', price: '9', settled: { currency: 'EUR', pnl: '-2' } },
        ],
      }),
    ).toBe(
      [
        'P&L of account ann.main in USD, 10:11:12 UTC',
        'without a price: QQQ',
        '',
        '  P&L   equity  exposure  drawdown',
        '-1.23  1000.00     20.50      1.20',
        '',
        'position  symbol         quantity  entry  price    P&L  exposure',
        'p1        SPY     long          2     10   9.38  -1.23     18.76',
        'p22       QQQ     short         2     10      ?      ?         ?',
        'p3        SPY     long          2     10      9      ?         ?  -2.00 EUR',
        '',
      ].join('\n'),
    );
  });

  it('shows tenants and the house by currency, with the accounts that could not be valued', () => {
    const totals = [{ currency: 'USD', accounts: 3, unvalued: 1, ...worth }];
    const house = pulseScreen({
      of: 'house',
      ...seen,
      totals,
      tenants: totals.map((each) => ({ tenant: 'acme', ...each })),
    });
    expect(house).toContain('acme    USD         3         1  -1.23  1000.00     20.50      1.20\n');
    const accounts = [
      { tenant: 'acme', uid: 'ann', accountId: 'ann.main', currency: 'USD', openPositions: 1 },
    ];
    const tenant = pulseScreen({ of: 'tenant', ...seen, tenant: 'acme', totals, accounts });
    expect(tenant).toContain('ann.main  USD          1    ?       ?         ?         ?\n');
  });

  it('says so where there are no accounts', () => {
    expect(pulseScreen({ of: 'tenant', ...seen, tenant: 'acme', totals: [], accounts: [] })).toBe(
      'P&L of tenant acme, 10:11:12 UTC\n\nThere are no accounts.\n',
    );
  });
});
