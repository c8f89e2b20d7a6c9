import type { BigQuery } from '@google-cloud/bigquery';
import * as z from 'zod';
import { datasetId, tableIds } from '../bigquery/tables.ts';
import type { Market } from './market.ts';
import type { Span } from './span.ts';

/** A tick as it is stored. Amounts are exact decimal text. */
export interface StoredTick {
  /** The venue's time, epoch milliseconds. */
  readonly at: number;
  /** The price of a trade or a mark, the bid of a quote. */
  readonly first: string;
  /** The size of a trade, the ask of a quote; null of a mark. */
  readonly second: string | null;
  readonly epoch: string;
  readonly ordinal: number;
}

/** Some ticks of an answer. */
export interface TickPage {
  readonly ticks: readonly StoredTick[];
  /** How many the whole answer has. */
  readonly total: number;
}

/** An amount that NUMERIC does not hold stands as text. */
const exact = (name: string): string => `COALESCE(CAST(${name} AS STRING), ${name}_text)`;
const statement = `
  SELECT
    UNIX_MICROS(exchange_ts) AS at_micros,
    COALESCE(${exact('price')}, ${exact('bid')}) AS first,
    COALESCE(${exact('size')}, ${exact('ask')}) AS second,
    feed_epoch, ordinal
  FROM \`${datasetId}.${tableIds.ticks}\`
  WHERE exchange_ts >= @from AND exchange_ts < @to
    AND symbol = @symbol AND venue = @venue AND kind = @kind
  ORDER BY exchange_ts, feed_epoch, ordinal`;

const Row = z.object({
  at_micros: z.number(),
  first: z.string(),
  second: z.string().nullable(),
  feed_epoch: z.string(),
  ordinal: z.number(),
});
const Answer = z.object({ totalRows: z.coerce.number() });

const ticksPerPage = 20_000;

/** The ticks of a market in order of time, a page at a time; of equal times the epoch and the ordinal say the order. */
export async function* queryTicks(
  bigquery: BigQuery,
  { market, span }: { readonly market: Market; readonly span: Span },
): AsyncGenerator<TickPage, void, undefined> {
  const [job] = await bigquery.createQueryJob({ query: statement, params: { ...market, ...span } });
  let pageToken: string | undefined;
  do {
    const [rows, next, answer] = await job.getQueryResults({
      autoPaginate: false,
      maxResults: ticksPerPage,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    const ticks = z
      .array(Row)
      .parse(rows)
      .map(({ at_micros: micros, first, second, feed_epoch: epoch, ordinal }) => {
        return { at: micros / 1_000, first, second, epoch, ordinal };
      });
    yield { ticks, total: Answer.parse(answer).totalRows };
    pageToken = next?.pageToken ?? undefined;
  } while (pageToken !== undefined);
}
