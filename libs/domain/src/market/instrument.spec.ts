import { expect, it } from '@jest/globals';
import { quoteCurrencyOf } from './instrument.ts';

it.each([
  ['BTC-USDT', 'USDT'],
  ['XRP-ETH', 'ETH'],
  ['EURUSD', 'USD'],
  ['XAUUSD', 'USD'],
  ['USDJPY', 'JPY'],
  ['SPY', 'USD'],
  ['GOOGLE', 'USD'],
])('quotes %s in %s', (symbol, currency) => {
  expect(quoteCurrencyOf(symbol)).toBe(currency);
});
