import type { BigQuery } from '@google-cloud/bigquery';
import * as z from 'zod';
import { datasetId, tableIds } from '../bigquery/tables.ts';
import type { Market } from './market.ts';
import type { Span } from './span.ts';

/** Of what there are ticks, how many, and between which exchange times, both included, epoch milliseconds. */
export interface StoredMarket extends Market {
  readonly count: number;
  readonly fromAt: number;
  readonly toAt: number;
}

const statement = `
  SELECT
    symbol, venue, kind, COUNT(*) AS row_count,
    MIN(UNIX_MILLIS(exchange_ts)) AS from_at, MAX(UNIX_MILLIS(exchange_ts)) AS to_at
  FROM \`${datasetId}.${tableIds.ticks}\`
  WHERE exchange_ts >= @from AND exchange_ts < @to
  GROUP BY symbol, venue, kind
  ORDER BY row_count DESC, symbol, venue, kind
  LIMIT @most`;

const Row = z.object({
  symbol: z.string(),
  venue: z.string(),
  kind: z.enum(['trade', 'quote', 'mark']),
  row_count: z.number(),
  from_at: z.number(),
  to_at: z.number(),
});

/** What BigQuery holds ticks of, those with the most first. @param span exchange times; only their days are read. */
export async function queryMarkets(
  bigquery: BigQuery,
  { span, most }: { readonly span: Span; readonly most: number },
): Promise<StoredMarket[]> {
  const [rows] = await bigquery.query({
    query: statement,
    params: { ...span, most },
    types: { most: 'INT64' },
  });
  return z
    .array(Row)
    .parse(rows)
    .map(({ row_count: count, from_at: fromAt, to_at: toAt, ...market }) => ({
      ...market,
      count,
      fromAt,
      toAt,
    }));
}
