export { connectHistory } from './bigquery/connect.ts';
export { type CandleInterval, candleIntervals, isCandleInterval } from './queries/candle-interval.ts';
export { type CandleLimits, type CandleRequest, Candles } from './queries/candles.ts';
export { countEvents, countTicks } from './queries/count-rows.ts';
export { type Market, type TickKind, tickKinds } from './queries/market.ts';
export { type Candle, queryCandles } from './queries/query-candles.ts';
export type { Span } from './queries/span.ts';
export { startHistory } from './start-history.ts';
