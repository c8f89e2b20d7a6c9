import type { Logger } from '@bellwether/observability';
import type { BigQueryWriteClient, protos } from '@google-cloud/bigquery-storage';
import { AppendConnection, type Appender } from './append-connection.ts';
import type { AppendCounts } from './append-counts.ts';
import { datasetId } from './tables.ts';

/** The write streams of one table. */
export interface WriteStreams {
  /** A new, empty stream whose rows are visible as soon as they are appended; answers its name. */
  create(): Promise<string>;
  /** Connects when the first rows are appended. */
  open(writeStream: string): Appender;
}

/** @param counts where appends are counted; nowhere unless given. */
export function writeStreamsOf(
  client: BigQueryWriteClient,
  table: {
    readonly project: string;
    readonly id: string;
    readonly descriptor: protos.google.protobuf.IDescriptorProto;
  },
  logger: Logger,
  counts?: AppendCounts,
): WriteStreams {
  const parent = `projects/${table.project}/datasets/${datasetId}/tables/${table.id}`;
  return {
    async create() {
      const [{ name }] = await client.createWriteStream({ parent, writeStream: { type: 'COMMITTED' } });
      if (name == null || name === '') throw new Error(`BigQuery named no write stream of ${parent}`);
      return name;
    },
    open(writeStream) {
      const connection = new AppendConnection({
        // The header routes the call to the region of the table.
        open: () =>
          client.appendRows({
            otherArgs: { headers: { 'x-goog-request-params': `write_stream=${writeStream}` } },
          }),
        writeStream,
        descriptor: table.descriptor,
        logger,
      });
      return counts?.counting(connection) ?? connection;
    },
  };
}
