import type { BigQuery } from '@google-cloud/bigquery';
import { datasetId, tableIds } from '../bigquery/tables.ts';
import type { Span } from './span.ts';

const everything: Span = { from: new Date(0), to: new Date('9999-12-31T00:00:00Z') };

/**
 * How many ticks of these feed epochs BigQuery holds.
 *
 * @param span exchange times that are looked at; a narrow one is cheaper, since only its days are scanned.
 */
export async function countTicks(
  bigquery: BigQuery,
  { epochs, span = everything }: { readonly epochs: readonly string[]; readonly span?: Span },
): Promise<number> {
  if (epochs.length === 0) return 0;
  return count(
    bigquery,
    `SELECT COUNT(*) AS row_count FROM \`${datasetId}.${tableIds.ticks}\`
     WHERE exchange_ts >= @from AND exchange_ts < @to AND feed_epoch IN UNNEST(@epochs)`,
    { ...span, epochs },
  );
}

/**
 * How many events BigQuery holds.
 *
 * @param span publish times that are looked at.
 * @param scopes whether events of users, tenants and the system count, beside those of accounts.
 */
export async function countEvents(
  bigquery: BigQuery,
  { span = everything, scopes = true }: { readonly span?: Span; readonly scopes?: boolean } = {},
): Promise<number> {
  return count(
    bigquery,
    `SELECT COUNT(*) AS row_count FROM \`${datasetId}.${tableIds.events}\`
     WHERE published_ts >= @from AND published_ts < @to AND (@scopes OR scope IS NULL)`,
    { ...span, scopes },
  );
}

async function count(bigquery: BigQuery, query: string, params: Record<string, unknown>): Promise<number> {
  const [rows] = await bigquery.query({ query, params });
  const [row] = rows as { row_count: number }[];
  return row?.row_count ?? 0;
}
