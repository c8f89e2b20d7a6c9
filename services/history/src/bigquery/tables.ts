import type { BigQuery, TableMetadata } from '@google-cloud/bigquery';
import { eventColumns } from '../events/encode-events.ts';
import { tableFields } from '../rows/column.ts';
import { tickColumns } from '../ticks/encode-ticks.ts';

export const datasetId = 'bellwether';
export const tableIds = { ticks: 'ticks', events: 'events' } as const;

const definitions: Readonly<Record<keyof typeof tableIds, TableMetadata>> = {
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
};

/** Creates the dataset and the tables that are missing; what exists stays as it is. */
export async function provisionTables(bigquery: BigQuery): Promise<void> {
  const dataset = bigquery.dataset(datasetId);
  await unlessExists(async () => dataset.create());
  await Promise.all(
    (['ticks', 'events'] as const).map(async (table) =>
      unlessExists(async () => dataset.createTable(tableIds[table], definitions[table])),
    ),
  );
}

async function unlessExists(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 409)) throw error;
  }
}
