const currencies = new Set([
  'USD',
  'EUR',
  'GBP',
  'JPY',
  'CHF',
  'AUD',
  'NZD',
  'CAD',
  'SEK',
  'NOK',
  'DKK',
  'CNH',
]);

/**
 * The currency in which a symbol is quoted, by the way the symbol is written: `BTC-USDT` is quoted in
 * USDT, the currency pair `EURUSD` in USD, and a listed share such as `SPY` in USD.
 */
export function quoteCurrencyOf(symbol: string): string {
  const dash = symbol.lastIndexOf('-');
  if (dash > 0 && dash < symbol.length - 1) return symbol.slice(dash + 1);
  const tail = symbol.slice(-3);
  return symbol.length === 6 && currencies.has(tail) ? tail : 'USD';
}
