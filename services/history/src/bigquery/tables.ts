import type { BigQuery, Table, TableField, TableMetadata } from '@google-cloud/bigquery';
import * as z from 'zod';
import { eventColumns } from '../events/encode-events.ts';
import { tableFields } from '../rows/column.ts';
import { tickColumns } from '../ticks/encode-ticks.ts';

export const datasetId = 'bellwether';
export const tableIds = { ticks: 'ticks', events: 'events' } as const;

const definitions = {
  ticks: {
    schema: { fields: tableFields(tickColumns) },
    timePartitioning: { type: 'DAY', field: 'exchange_ts' },
    requirePartitionFilter: true,
    clustering: { fields: ['symbol', 'venue'] },
  },
  events: {
    schema: { fields: tableFields(eventColumns) },
    timePartitioning: { type: 'DAY', field: 'published_ts' },
    clustering: { fields: ['tenant', 'account_id'] },
  },
} satisfies Readonly<Record<keyof typeof tableIds, TableMetadata>>;

/**
 * Creates the dataset and the tables that are missing; what exists stays as it is, but that it gets new columns.
 *
 * @returns what was not there: the dataset's name, `dataset.table` of tables.
 */
export async function provisionTables(bigquery: BigQuery): Promise<readonly string[]> {
  const dataset = bigquery.dataset(datasetId);
  const created: string[] = [];
  if (await isCreated(async () => dataset.create())) created.push(datasetId);
  await Promise.all(
    (['ticks', 'events'] as const).map(async (table) => {
      const definition = definitions[table];
      if (await isCreated(async () => dataset.createTable(tableIds[table], definition)))
        created.push(`${datasetId}.${tableIds[table]}`);
      await addColumns(dataset.table(tableIds[table]), definition.schema.fields);
    }),
  );
  return created.toSorted();
}

/** Rows that are there before have none of the new columns: these are nullable, and come last. */
async function addColumns(table: Table, fields: readonly TableField[]): Promise<void> {
  const answer: readonly unknown[] = await table.getMetadata();
  const { schema } = Schema.parse(answer[0]);
  const known = new Set(schema.fields.map(({ name }) => name));
  const added = fields.filter(({ name = '' }) => !known.has(name));
  if (added.length === 0) return;
  await table.setMetadata({ schema: { fields: [...schema.fields, ...added] } });
}

const Schema = z.object({ schema: z.object({ fields: z.array(z.looseObject({ name: z.string() })) }) });

/** False where it was there. */
async function isCreated(create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 409)) throw error;
    return false;
  }
}
