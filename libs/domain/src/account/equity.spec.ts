import { describe, expect, it } from '@jest/globals';
import { decimal, formatDecimal, subtract } from '../units.ts';
import { adopted, by, given, marketOf, positionWith } from './account.builder.ts';
import { evolve } from './account.ts';
import { equityOf, pnlOfAccount, pnlOfPosition } from './equity.ts';
import type { AccountEvent } from './events.ts';

const inverse = { kind: 'inverse', multiplier: '100', currency: 'BTC' } as const;
const long = positionWith({});
const short = positionWith({}, { id: 'p2', side: 'short', quantity: '2' });
const coin = positionWith({}, { id: 'p3', symbol: 'XBTUSDM', entryPrice: '50000', contract: inverse });
const cash: AccountEvent = { type: 'FundsDeposited', currency: 'USD', amount: '1000', ...by };
const account = given(cash, adopted(long), adopted(short), adopted(coin));
const prices = { BAC: '15', XBTUSDM: '62500', 'BTC-USD': '62500' };
const market = marketOf(prices);

const equity = (bac: string) => {
  const valued = equityOf(account, marketOf({ ...prices, BAC: bac }));
  return decimal(valued.ok ? valued.value.equity : '0');
};

describe('the equity of an account', () => {
  it('is its cash and what closing every position would bring, in its currency', () => {
    // 1000 + 5 x 15 - 2 x 15, less the 0.008 BTC that closing 5 contracts of 100 USD costs.
    expect(equityOf(account, market)).toEqual({
      ok: true,
      value: {
        currency: 'USD',
        equity: '545',
        cash: '1000',
        unrealizedPnl: '128.51',
        rates: [{ from: 'BTC', to: 'USD', rate: '62500', symbols: ['BTC-USD'] }],
      },
    });
  });

  it('rises by what a position gains', () => {
    expect(formatDecimal(subtract(equity('16'), equity('15')))).toBe('3');
  });

  it('is unknown without a price or a rate, and says which', () => {
    const { BAC: _bac, ...withoutPrice } = prices;
    expect(equityOf(account, marketOf(withoutPrice))).toMatchObject({
      refusal: { reason: 'NO_PRICE', symbol: 'BAC' },
    });
    expect(equityOf(account, marketOf({ BAC: '1', XBTUSDM: '1' }))).toMatchObject({
      refusal: { reason: 'NO_RATE', from: 'BTC', to: 'USD' },
    });
    const unread = { ...account, positions: new Map() };
    expect(equityOf(unread, market)).toMatchObject({ refusal: { reason: 'NOT_LOADED', id: 'p1' } });
  });
});

describe('the profit and loss of a position', () => {
  const filled: readonly AccountEvent[] = [
    {
      type: 'OrderFilled',
      of: 'order',
      clientOrderId: 'o',
      positionId: 'p1',
      symbol: 'BAC',
      side: 'sell',
      quantity: '1',
      price: '14.83',
      proceeds: '14.83',
      currency: 'USD',
      fee: '0.1',
      feeCurrency: 'USD',
      liquidity: 'taker',
    },
    {
      type: 'PositionReduced',
      positionId: 'p1',
      symbol: 'BAC',
      side: 'long',
      clientOrderId: 'o',
      quantity: '1',
      entryPrice: '13.83',
      exitPrice: '14.83',
      currency: 'USD',
      realizedPnl: '1',
      reason: 'order',
      remaining: '4',
    },
    {
      type: 'FundingSettled',
      positionId: 'p1',
      symbol: 'BAC',
      rate: '0.001',
      markPrice: '15',
      amount: '-0.06',
      currency: 'USD',
      at: 2_000,
    },
  ];
  const traded = filled.reduce(evolve, account);
  const reduced = traded.positions.get('p1');

  it('counts realized and open gain, fees and funding, where it settles and for the account', () => {
    if (reduced === undefined) throw new Error('no position');
    const settled = {
      currency: 'USD',
      realized: '1',
      unrealized: '4.68',
      fees: '0.1',
      funding: '-0.06',
      net: '5.52',
    };
    expect(pnlOfPosition(reduced, 'USD', market)).toEqual({
      ok: true,
      value: { positionId: 'p1', price: '15', settled, account: settled, rates: [] },
    });
    expect(pnlOfPosition(reduced, 'EUR', marketOf({ BAC: '15', 'EUR-USD': '1.25' }))).toMatchObject({
      value: {
        account: { currency: 'EUR', realized: '0.8', fees: '0.08', net: '4.416' },
        rates: [{ from: 'USD', to: 'EUR', rate: '0.8' }],
      },
    });
  });

  it('adds up to the account’s', () => {
    expect(pnlOfAccount(traded, market)).toMatchObject({
      value: {
        currency: 'USD',
        realized: '1',
        unrealized: '127.34',
        fees: '0.1',
        funding: '-0.06',
        net: '128.18',
      },
    });
  });
});
