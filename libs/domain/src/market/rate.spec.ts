import { describe, expect, it } from '@jest/globals';
import { marketOf } from '../account/account.builder.ts';
import { rateBetween } from './rate.ts';

describe('the rate between two currencies', () => {
  it.each([
    ['the same', {}, 'USD', 'USD', '1', []],
    ['their pair', { 'EUR-USD': '1.25' }, 'EUR', 'USD', '1.25', ['EUR-USD']],
    ['their pair without a dash', { EURUSD: '1.25' }, 'EUR', 'USD', '1.25', ['EURUSD']],
    ['their pair the other way round', { 'EUR-USD': '1.25' }, 'USD', 'EUR', '0.8', ['EUR-USD']],
    ['a rounded quotient', { 'BTC-USD': '30000' }, 'USD', 'BTC', '0.000033333333333333', ['BTC-USD']],
    [
      'two pairs over a third currency',
      { 'BTC-USDT': '50000', 'EUR-USDT': '1.25' },
      'BTC',
      'EUR',
      '40000',
      ['BTC-USDT', 'EUR-USDT'],
    ],
  ])('is %s', (_what, prices, from, to, rate, symbols) => {
    expect(rateBetween(from, to, marketOf(prices))).toEqual({ from, to, rate, symbols });
  });

  it('prefers the straight pair, and a trade to the middle of the quote', () => {
    const trade = marketOf({ 'EUR-USD': '1', 'EUR-USDT': '5', 'USDT-USD': '5' });
    expect(rateBetween('EUR', 'USD', trade)).toMatchObject({ rate: '1' });
    const quotes = marketOf({ 'EUR-USD': '1' })('EUR-USD').trade;
    if (quotes === undefined) throw new Error('no trade');
    const market = () => ({ bid: { ...quotes, price: '1.1' }, ask: { ...quotes, price: '1.3' } });
    expect(rateBetween('EUR', 'USD', market)).toMatchObject({ rate: '1.2' });
  });

  it('is not known where no price tells: a dollar token is no dollar', () => {
    expect(rateBetween('USDT', 'USD', marketOf({ 'BTC-USDT': '1' }))).toBeUndefined();
  });
});
