const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long a candle lasts, in milliseconds, by its name. Every one divides the day, so candles begin with it (UTC). */
export const candleIntervals = {
  '1s': second,
  '5s': 5 * second,
  '15s': 15 * second,
  '30s': 30 * second,
  '1m': minute,
  '3m': 3 * minute,
  '5m': 5 * minute,
  '15m': 15 * minute,
  '30m': 30 * minute,
  '1h': hour,
  '2h': 2 * hour,
  '4h': 4 * hour,
  '6h': 6 * hour,
  '12h': 12 * hour,
  '1d': day,
} as const;

export type CandleInterval = keyof typeof candleIntervals;

export function isCandleInterval(name: string): name is CandleInterval {
  return Object.hasOwn(candleIntervals, name);
}

/**
 * The span that is computed, and kept, as one, in milliseconds: the day that BigQuery reads as a partition anyway, an
 * hour where a day would hold too many candles. At most 3,600 candles.
 */
export function pieceMsOf(interval: CandleInterval): number {
  return candleIntervals[interval] < minute ? hour : day;
}
