import { decimal, formatDecimal, multiply } from '@bellwether/domain';
import type { BigQuery } from '@google-cloud/bigquery';
import * as z from 'zod';
import { datasetId, tableIds } from '../bigquery/tables.ts';
import { type CandleInterval, candleIntervals } from './candle-interval.ts';
import type { Market, TickKind } from './market.ts';
import type { Span } from './span.ts';

/** What a market did in an interval with ticks in it. Amounts are exact decimal text. */
export interface Candle {
  /** When the interval began, epoch milliseconds. */
  readonly openAt: number;
  /** Of trades and marks prices; of quotes the middle of bid and ask. */
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** The sum of the trades' sizes; null for all but trades. */
  readonly volume: string | null;
  /**
   * The mean price weighted by size, of nine decimals at most and good to about 14 digits; null for all but trades, and
   * without volume.
   */
  readonly vwap: string | null;
  /** How many ticks there were. */
  readonly count: number;
}

/** Amounts that NUMERIC does not hold stand as text; BIGNUMERIC holds them all. */
const exact = (name: string): string =>
  `COALESCE(CAST(${name} AS BIGNUMERIC), CAST(${name}_text AS BIGNUMERIC))`;
const ofTrades = { value: exact('price'), size: exact('size') };
/** Twice the middle: halves are made of the few results, exactly. */
const ofQuotes = { value: `${exact('bid')} + ${exact('ask')}`, size: 'CAST(NULL AS BIGNUMERIC)' };
const ofMarks = { value: exact('price'), size: 'CAST(NULL AS BIGNUMERIC)' };
const columns: Readonly<Record<TickKind, typeof ofTrades>> = {
  trade: ofTrades,
  quote: ofQuotes,
  mark: ofMarks,
};

/** Of equal times the epoch and the ordinal say what came first. */
const statementOf = ({ value, size }: typeof ofTrades): string => `
  WITH found AS (
    SELECT
      DIV(UNIX_MILLIS(exchange_ts), @step) * @step AS open_at,
      exchange_ts, feed_epoch, ordinal,
      ${value} AS value,
      ${size} AS size
    FROM \`${datasetId}.${tableIds.ticks}\`
    WHERE exchange_ts >= @from AND exchange_ts < @to
      AND symbol = @symbol AND venue = @venue AND kind = @kind
  )
  SELECT
    open_at,
    CAST(ARRAY_AGG(value ORDER BY exchange_ts, feed_epoch, ordinal LIMIT 1)[OFFSET(0)] AS STRING) AS open,
    CAST(MAX(value) AS STRING) AS high,
    CAST(MIN(value) AS STRING) AS low,
    CAST(ARRAY_AGG(value ORDER BY exchange_ts DESC, feed_epoch DESC, ordinal DESC LIMIT 1)[OFFSET(0)] AS STRING) AS close,
    CAST(SUM(size) AS STRING) AS volume,
    CAST(CAST(SAFE_DIVIDE(
      SUM(CAST(value AS FLOAT64) * CAST(size AS FLOAT64)), SUM(CAST(size AS FLOAT64))
    ) AS NUMERIC) AS STRING) AS vwap,
    COUNT(*) AS row_count
  FROM found
  GROUP BY open_at
  ORDER BY open_at`;

const Row = z.object({
  open_at: z.number(),
  open: z.string(),
  high: z.string(),
  low: z.string(),
  close: z.string(),
  volume: z.string().nullable(),
  vwap: z.string().nullable(),
  row_count: z.number(),
});

const half = decimal('0.5');

/** Candles in order of time. @param span of whole intervals: others give candles of a part of theirs. */
export async function queryCandles(
  bigquery: BigQuery,
  {
    market,
    interval,
    span,
  }: { readonly market: Market; readonly interval: CandleInterval; readonly span: Span },
): Promise<Candle[]> {
  const { kind } = market;
  const [rows] = await bigquery.query({
    query: statementOf(columns[kind]),
    params: { ...market, ...span, step: candleIntervals[interval] },
    types: { step: 'INT64' },
  });
  const priceOf = (value: string): string =>
    formatDecimal(kind === 'quote' ? multiply(decimal(value), half) : decimal(value));
  return z
    .array(Row)
    .parse(rows)
    .map(({ open_at: openAt, open, high, low, close, volume, vwap, row_count: count }) => ({
      openAt,
      open: priceOf(open),
      high: priceOf(high),
      low: priceOf(low),
      close: priceOf(close),
      volume,
      vwap,
      count,
    }));
}
