import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BigQuery } from '@google-cloud/bigquery';
import { adapt, managedwriter } from '@google-cloud/bigquery-storage';

import { objectOf } from '../src/bigquery/json.ts';
import { closeWriterClient, newWriterClient, plain, project, startFixture } from './bigquery-fixture.ts';

const fields = [
  { name: 'ordinal', type: 'INT64', mode: 'REQUIRED' },
  { name: 'price', type: 'NUMERIC' },
];
const destinationTable = 'projects/demo/datasets/d/tables/ticks';
const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(
  adapt.convertBigQuerySchemaToStorageTableSchema({ fields }),
  'root',
);
const batch = 100;
const batchAt = (offset: number) =>
  Array.from({ length: batch }, (_, index) => ({ ordinal: offset + index, price: '1.25' }));

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bigquery-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

async function openWriter(client: managedwriter.WriterClient, streamId: string) {
  const connection = await client.createStreamConnection({ streamId });
  connection.onConnectionError(() => undefined);
  return new managedwriter.JSONWriter({ connection, protoDescriptor });
}

/** The REST and the storage port of a server in a process of its own. */
async function portsOf(child: ChildProcess): Promise<[number, number]> {
  const { port, storagePort } = objectOf((await once(child, 'message'))[0]);
  return [Number(port), Number(storagePort)];
}

async function counted(bigquery: BigQuery): Promise<{ n: number; d: number; m: number }> {
  const query = 'SELECT COUNT(*) AS n, COUNT(DISTINCT ordinal) AS d, MAX(ordinal) AS m FROM d.ticks';
  const [[row]] = await bigquery.query(query);
  const { n, d, m } = objectOf(row);
  return { n: Number(n), d: Number(d), m: Number(m) };
}

describe('a data directory', () => {
  it('has no database before there is something to keep', async () => {
    const before = await startFixture(dataDir);
    expect(await readdir(dataDir)).toEqual([]);
    expect((await before.bigquery.getDatasets())[0]).toEqual([]);
    await before.bigquery.createDataset('first');
    expect(await readdir(dataDir)).toContain('bigquery.duckdb');
    await before.server.close();

    const after = await startFixture(dataDir);
    expect((await after.bigquery.getDatasets())[0]).toMatchObject([{ id: 'first' }]);
    await after.server.close();
  });

  it('brings back tables, rows and offsets', async () => {
    const before = await startFixture(dataDir);
    const [dataset] = await before.bigquery.createDataset('d', { labels: { a: 'b' } });
    const [table] = await dataset.createTable('ticks', {
      schema: fields,
      labels: { kind: 'ticks' },
    });
    await table.insert([{ ordinal: 1000, price: '0.1' }]);
    const first = newWriterClient(before.server.storagePort);
    const streamId = await first.createWriteStream({
      streamType: managedwriter.CommittedStream,
      destinationTable,
    });
    await (await openWriter(first, streamId)).appendRows(batchAt(0), 0).getResult();
    await closeWriterClient(first);
    await before.server.close();

    const after = await startFixture(dataDir);
    expect((await after.bigquery.dataset('d').getMetadata())[0]).toMatchObject({ labels: { a: 'b' } });
    const kept = after.bigquery.dataset('d').table('ticks');
    expect((await kept.getMetadata())[0]).toMatchObject({
      labels: { kind: 'ticks' },
      schema: { fields: [{ name: 'ordinal', type: 'INTEGER' }, { name: 'price' }] },
      numRows: '101',
    });
    const [rows] = await after.bigquery.query(
      'SELECT ordinal, price FROM d.ticks WHERE ordinal >= 99 ORDER BY ordinal',
    );
    expect(plain(rows)).toEqual([
      { ordinal: 99, price: '1.25' },
      { ordinal: 1000, price: '0.1' },
    ]);
    const second = newWriterClient(after.server.storagePort);
    const writer = await openWriter(second, streamId);
    expect((await writer.appendRows(batchAt(0), 0).getResult()).error).toMatchObject({ code: 6 });
    expect((await writer.appendRows(batchAt(100), 100).getResult()).error).toBeFalsy();
    await after.bigquery.dataset('d').createTable('more', { schema: fields });
    await closeWriterClient(second);
    await after.server.close();
  });

  it('loses nothing acknowledged and doubles nothing when the process is killed', async () => {
    const child = fork(join(import.meta.dirname, 'bigquery-process.ts'), [dataDir], {
      env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
    });
    const [port, storagePort] = await portsOf(child);
    const bigquery = new BigQuery({ projectId: project, apiEndpoint: `http://127.0.0.1:${port}` });
    const [dataset] = await bigquery.createDataset('d');
    await dataset.createTable('ticks', { schema: fields });
    const client = newWriterClient(storagePort);
    const streamId = await client.createWriteStream({
      streamType: managedwriter.CommittedStream,
      destinationTable,
    });
    const writer = await openWriter(client, streamId);

    const batches = 200;
    let acknowledged = 0;
    const answers = Array.from({ length: batches }, async (_, index) => {
      await writer.appendRows(batchAt(index * batch), index * batch).getResult();
      acknowledged += 1;
      if (acknowledged === 40) child.kill('SIGKILL');
    });
    const exit = once(child, 'exit');
    await Promise.allSettled(answers);
    await exit;
    await closeWriterClient(client);
    expect(acknowledged).toBeGreaterThanOrEqual(40);
    expect(acknowledged).toBeLessThan(batches);

    const after = await startFixture(dataDir);
    const count = () => counted(after.bigquery);
    const { n } = await count();
    expect(n).toBeGreaterThanOrEqual(acknowledged * batch);
    expect(await count()).toEqual({ n, d: n, m: n - 1 });

    const again = newWriterClient(after.server.storagePort);
    const resumed = await openWriter(again, streamId);
    const codes = await Promise.all(
      Array.from({ length: batches }, async (_, index) => {
        const { error } = await resumed.appendRows(batchAt(index * batch), index * batch).getResult();
        return error?.code ?? 0;
      }),
    );
    expect(codes.filter((code) => code === 6)).toHaveLength(n / batch);
    expect(codes.filter((code) => code === 0)).toHaveLength(batches - n / batch);
    expect(await count()).toEqual({ n: batches * batch, d: batches * batch, m: batches * batch - 1 });
    await closeWriterClient(again);
    await after.server.close();
  });
});
