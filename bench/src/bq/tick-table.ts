import { BigQuery } from '@google-cloud/bigquery';
import { managedwriter } from '@google-cloud/bigquery-storage';
import { credentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { CloudProcess } from '../processes/cloud-process.ts';

/** The columns of a tick, and the numbers of their proto fields. */
const columns = [
  { name: 'symbol', type: 'STRING', number: 1 },
  { name: 'venue', type: 'STRING', number: 2 },
  { name: 'ordinal', type: 'INT64', number: 3 },
  { name: 'exchange_ts', type: 'TIMESTAMP', number: 4 },
  { name: 'price', type: 'NUMERIC', number: 5 },
  { name: 'size', type: 'NUMERIC', number: 6 },
] as const;

const protoTypes = { int64: 3, string: 9 } as const;
const optional = 1;

const tickDescriptor = {
  name: 'Tick',
  field: columns.map(({ name, type, number }) => ({
    name,
    number,
    type: type === 'INT64' || type === 'TIMESTAMP' ? protoTypes.int64 : protoTypes.string,
    label: optional,
  })),
};

const tapeStart = '2026-01-05 00:00:00';
const tapeStartMicros = Date.parse(`${tapeStart.replace(' ', 'T')}Z`) * 1000;

/** The rows of ticks `from` to `to`, as the Storage Write API takes them. */
export function encodeTicks(from: number, to: number): Uint8Array[] {
  const rows: Uint8Array[] = [];
  for (let ordinal = from; ordinal < to; ordinal += 1) {
    const cents = 6_400_000 + ((ordinal * 7919) % 10_000);
    const row = protobuf.Writer.create()
      .uint32(0x0a)
      .string(`SYM-${ordinal % 100}`)
      .uint32(0x12)
      .string('KRAKEN')
      .uint32(0x18)
      .int64(ordinal)
      .uint32(0x20)
      .int64(tapeStartMicros + ordinal * 1000)
      .uint32(0x2a)
      .string((cents / 100).toFixed(2))
      .uint32(0x32)
      .string(`0.${String(1 + (ordinal % 9999)).padStart(8, '0')}`)
      .finish();
    rows.push(row);
  }
  return rows;
}

/** Creates the dataset `market` with its empty table `ticks`. */
export async function createTickTable(bigquery: BigQuery): Promise<void> {
  const [dataset] = await bigquery.createDataset('market');
  await dataset.createTable('ticks', {
    schema: { fields: columns.map(({ name, type }) => ({ name, type })) },
    timePartitioning: { type: 'DAY', field: 'exchange_ts' },
    clustering: { fields: ['symbol'] },
  });
}

export function connectBigQuery({ hosts, project }: CloudProcess): BigQuery {
  const bigquery = new BigQuery({ projectId: project, apiEndpoint: `http://${hosts.bigquery}` });
  // It would ask Google for a token, whatever the endpoint.
  bigquery.authClient.authorizeRequest = async (request = {}) => request;
  return bigquery;
}

/** A committed write stream of the tick table. */
export interface TickStream {
  /** Appended so far. */
  readonly rows: number;
  /** Appends after all before it, without waiting for them; resolves when its rows are stored. */
  append(serializedRows: Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

export async function openTickStream({ hosts, project }: CloudProcess): Promise<TickStream> {
  const [apiEndpoint = '', port] = hosts.bigqueryStorage.split(':');
  const client = new managedwriter.WriterClient({
    projectId: project,
    apiEndpoint,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    universeDomain: 'googleapis.com',
  });
  const destinationTable = `projects/${project}/datasets/market/tables/ticks`;
  const streamType = managedwriter.CommittedStream;
  const streamId = await client.createWriteStream({ streamType, destinationTable });
  const connection = await client.createStreamConnection({ streamId, destinationTable });
  connection.onConnectionError(() => undefined); // the appends reject as well
  const writerSchema = { protoDescriptor: tickDescriptor };
  let rows = 0;
  return {
    get rows() {
      return rows;
    },
    async append(serializedRows) {
      const offset = { value: rows };
      rows += serializedRows.length;
      const protoRows = { writerSchema, rows: { serializedRows } };
      const { error } = await connection.write({ writeStream: streamId, offset, protoRows }).getResult();
      if (error != null) throw new Error(`append refused: ${error.message}`);
    },
    async close() {
      client.close();
      await client.getClient().close();
    },
  };
}
