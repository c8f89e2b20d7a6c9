import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adapt, managedwriter } from '@google-cloud/bigquery-storage';

import { closeWriterClient, newWriterClient, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

const fields = [
  { name: 'ordinal', type: 'INT64', mode: 'REQUIRED' },
  { name: 'tags', type: 'STRING', mode: 'REPEATED' },
];
const destinationTable = 'projects/demo/datasets/d/tables/ticks';
const { PendingStream, BufferedStream, CommittedStream } = managedwriter;

let directory: string;
let fixture: Fixture;
let client: managedwriter.WriterClient;

const start = async (): Promise<void> => {
  fixture = await startFixture(directory);
  client = newWriterClient(fixture.server.storagePort);
};
const stop = async (): Promise<void> => {
  await closeWriterClient(client);
  await fixture.server.close();
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bigquery-staged-'));
  await start();
  await fixture.bigquery.createDataset('d');
});
afterAll(async () => {
  await stop();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  await fixture.bigquery.dataset('d').table('ticks').delete({ ignoreNotFound: true });
  await fixture.bigquery.dataset('d').createTable('ticks', { schema: fields });
});

type StreamType = Parameters<managedwriter.WriterClient['createWriteStream']>[0]['streamType'];

const newStream = (streamType: StreamType): Promise<string> =>
  client.createWriteStream({ streamType, destinationTable });

async function append(streamId: string, from: number, to: number, columns: readonly object[] = fields) {
  const connection = await client.createStreamConnection({ streamId, destinationTable });
  connection.onConnectionError(() => undefined);
  const schema = adapt.convertBigQuerySchemaToStorageTableSchema({ fields: [...columns] });
  const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(schema, 'root');
  const writer = new managedwriter.JSONWriter({ connection, protoDescriptor });
  const rows = Array.from({ length: to - from }, (_, index) => ({ ordinal: from + index, venue: 'Q' }));
  const { error } = await writer.appendRows(rows, from).getResult();
  writer.close();
  return error;
}

async function finalize(streamId: string): Promise<void> {
  const connection = await client.createStreamConnection({ streamId });
  await connection.finalize();
  connection.close();
}

const commit = (...writeStreams: string[]) =>
  client.batchCommitWriteStream({ parent: destinationTable, writeStreams });

const flush = (writeStream: string, offset: number) =>
  client.flushRows({ writeStream, offset: { value: offset } });

async function ordinals(): Promise<unknown[]> {
  const [rows] = await fixture.bigquery.query('SELECT ordinal FROM d.ticks ORDER BY ordinal');
  return rows.map(({ ordinal }: { ordinal: unknown }) => ordinal);
}

describe('pending streams', () => {
  it('become rows of the table together, when they are committed', async () => {
    const [a, b] = [await newStream(PendingStream), await newStream(PendingStream)];
    await append(a, 0, 2);
    await append(b, 0, 1);
    await finalize(a);
    await finalize(b);
    expect(await ordinals()).toEqual([]);
    const { commitTime, streamErrors } = await commit(a, b);
    expect(streamErrors).toEqual([]);
    expect(commitTime).not.toBeNull();
    expect(await ordinals()).toEqual([0, 0, 1]);
    expect(await client.getWriteStream({ streamId: a })).toMatchObject({
      type: 'PENDING',
      commitTime: { seconds: commitTime?.seconds },
    });
  });

  it('are committed all or not at all', async () => {
    const [ready, open] = [await newStream(PendingStream), await newStream(PendingStream)];
    const committed = await newStream(CommittedStream);
    const missing = `${destinationTable}/streams/none`;
    await append(ready, 0, 2);
    await finalize(ready);
    const { commitTime, streamErrors } = await commit(ready, open, committed, missing);
    expect(commitTime).toBeNull();
    expect(streamErrors).toMatchObject([
      { entity: open, code: 'INVALID_STREAM_STATE' },
      { entity: committed, code: 'INVALID_STREAM_TYPE' },
      { entity: missing, code: 'STREAM_NOT_FOUND' },
    ]);
    expect(await ordinals()).toEqual([]);
    expect((await commit(ready)).streamErrors).toEqual([]);
    expect((await commit(ready)).streamErrors).toMatchObject([{ code: 'STREAM_ALREADY_COMMITTED' }]);
    expect(await ordinals()).toEqual([0, 1]);
  });

  it('store each offset once', async () => {
    const stream = await newStream(PendingStream);
    expect(await append(stream, 0, 2)).toBeFalsy();
    expect(await append(stream, 0, 2)).toMatchObject({ code: 6 });
    expect(await append(stream, 3, 4)).toMatchObject({ code: 11 });
    await finalize(stream);
    expect(await append(stream, 2, 3)).toMatchObject({ code: 3 });
    await commit(stream);
    expect(await ordinals()).toEqual([0, 1]);
  });

  it('outlive a restart', async () => {
    const stream = await newStream(PendingStream);
    await append(stream, 0, 2);
    await stop();
    await start();
    expect(await append(stream, 0, 2)).toMatchObject({ code: 6 });
    expect(await append(stream, 2, 3)).toBeFalsy();
    await finalize(stream);
    await commit(stream);
    expect(await ordinals()).toEqual([0, 1, 2]);
  });

  it('take the columns that their table gets', async () => {
    const stream = await newStream(PendingStream);
    await append(stream, 0, 1);
    const wider = [...fields, { name: 'venue', type: 'STRING' }];
    await fixture.bigquery
      .dataset('d')
      .table('ticks')
      .setMetadata({ schema: { fields: wider } });
    expect(await append(stream, 1, 2, wider)).toBeFalsy();
    await finalize(stream);
    await commit(stream);
    const [rows] = await fixture.bigquery.query('SELECT venue FROM d.ticks ORDER BY ordinal');
    expect(rows).toEqual([{ venue: null }, { venue: 'Q' }]);
  });

  it('go with their table', async () => {
    const stream = await newStream(PendingStream);
    await append(stream, 0, 1);
    await fixture.bigquery.dataset('d').table('ticks').delete();
    await fixture.bigquery.dataset('d').createTable('ticks', { schema: fields });
    expect((await commit(stream)).streamErrors).toMatchObject([{ code: 'STREAM_NOT_FOUND' }]);
  });
});

describe('buffered streams', () => {
  it('become rows of the table as far as they are flushed', async () => {
    const stream = await newStream(BufferedStream);
    await append(stream, 0, 4);
    expect(await ordinals()).toEqual([]);
    expect(await flush(stream, 1)).toMatchObject({ offset: '1' });
    expect(await ordinals()).toEqual([0, 1]);
    await flush(stream, 0);
    await flush(stream, 3);
    expect(await ordinals()).toEqual([0, 1, 2, 3]);
  });

  it('cannot be flushed beyond their end, nor committed', async () => {
    const stream = await newStream(BufferedStream);
    await append(stream, 0, 1);
    await expect(flush(stream, 1)).rejects.toMatchObject({ code: 11 });
    await finalize(stream);
    expect((await commit(stream)).streamErrors).toMatchObject([{ code: 'INVALID_STREAM_TYPE' }]);
    await expect(flush(await newStream(PendingStream), 0)).rejects.toMatchObject({ code: 3 });
    expect(await ordinals()).toEqual([]);
  });
});
