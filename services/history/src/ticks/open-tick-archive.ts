import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Firestore } from '@bellwether/store';
import type { BigQueryWriteClient } from '@google-cloud/bigquery-storage';
import type { AppendCounts } from '../bigquery/append-counts.ts';
import { tableIds } from '../bigquery/tables.ts';
import { writeStreamsOf } from '../bigquery/write-streams.ts';
import { rowDescriptor } from '../rows/column.ts';
import { tickColumns } from './encode-ticks.ts';
import { FirestoreStreamRegistry } from './stream-registry.ts';
import { TickArchive } from './tick-archive.ts';

/** The archive over the table of ticks; it connects when the first frame comes. */
export function openTickArchive(parts: {
  readonly project: string;
  readonly firestore: Firestore;
  readonly writeApi: BigQueryWriteClient;
  readonly clock: Clock;
  /** Where appends are counted; nowhere unless given. */
  readonly counts?: AppendCounts;
  readonly logger: Logger;
}): TickArchive {
  const { project, firestore, writeApi, clock, counts, logger } = parts;
  const table = { project, id: tableIds.ticks, descriptor: rowDescriptor(tickColumns) };
  const writeStreams = writeStreamsOf(writeApi, table, logger, counts);
  const registry = new FirestoreStreamRegistry({ firestore, writeStreams, clock });
  return new TickArchive({ registry, writeStreams, logger });
}
