import { credentials } from '@grpc/grpc-js';
import { BigQuery } from '@google-cloud/bigquery';
import { managedwriter } from '@google-cloud/bigquery-storage';

import { startBigQuery } from '../src/bigquery/index.ts';
import type { BigQueryOptions } from '../src/bigquery/index.ts';
import { systemClock } from '../src/core/clock.ts';
import { Meter } from '../src/core/meter.ts';

// Else every client asks a metadata server for credentials first.
process.env['METADATA_SERVER_DETECTION'] = 'none';

export const project = 'demo';

/** A server with Google's own clients of it. */
export async function startFixture(
  dataDir?: string,
  clock = systemClock(),
  options: Pick<BigQueryOptions, 'newTableMs'> = {},
) {
  const meter = new Meter();
  const server = await startBigQuery({
    port: 0,
    storagePort: 0,
    defaultProject: project,
    clock,
    meter,
    ...options,
    ...(dataDir !== undefined && { dataDir }),
  });
  const bigquery = new BigQuery({ projectId: project, apiEndpoint: `http://127.0.0.1:${server.port}` });
  return { server, bigquery, meter };
}

export type Fixture = Awaited<ReturnType<typeof startFixture>>;

export function newWriterClient(port: number): managedwriter.WriterClient {
  return new managedwriter.WriterClient({
    projectId: project,
    apiEndpoint: '127.0.0.1',
    port,
    sslCreds: credentials.createInsecure(),
  });
}

/** Closes the channel too: `close` alone leaves the client's calls open until the server ends them. */
export async function closeWriterClient(client: managedwriter.WriterClient): Promise<void> {
  client.close();
  await client.getClient().close();
}

/** Rows as plain JSON: NUMERIC as text, times as their text, BYTES as base64. */
export function plain(rows: readonly object[]): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plainValue(value)])),
  );
}

function plainValue(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value;
  if ('value' in value) return value.value;
  return 'toFixed' in value && typeof value.toFixed === 'function' ? String(value.toFixed()) : value;
}
