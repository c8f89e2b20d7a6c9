import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { adapt, managedwriter, protos } from '@google-cloud/bigquery-storage';

import { closeWriterClient, newWriterClient, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

const fields = [
  { name: 'ordinal', type: 'INT64', mode: 'REQUIRED' },
  { name: 'symbol', type: 'STRING' },
  { name: 'price', type: 'NUMERIC' },
  { name: 'size', type: 'FLOAT64' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'day', type: 'DATE' },
  { name: 'live', type: 'BOOL' },
  { name: 'raw', type: 'BYTES' },
  { name: 'extra', type: 'JSON' },
  { name: 'tags', type: 'STRING', mode: 'REPEATED' },
  { name: 'sizes', type: 'INT64', mode: 'REPEATED' },
];
const destinationTable = 'projects/demo/datasets/d/tables/ticks';

let fixture: Fixture;
let client: managedwriter.WriterClient;

beforeAll(async () => {
  fixture = await startFixture();
  client = newWriterClient(fixture.server.storagePort);
  await fixture.bigquery.createDataset('d');
});
afterAll(async () => {
  await closeWriterClient(client);
  await fixture.server.close();
});
beforeEach(async () => {
  await fixture.bigquery.dataset('d').table('ticks').delete({ ignoreNotFound: true });
  await fixture.bigquery.dataset('d').createTable('ticks', { schema: fields });
});

function descriptorOf(columns: readonly object[]): protos.google.protobuf.IDescriptorProto {
  const schema = adapt.convertBigQuerySchemaToStorageTableSchema({ fields: [...columns] });
  return adapt.convertStorageSchemaToProto2Descriptor(schema, 'root');
}

async function openWriter(streamId: string, columns: readonly object[] = fields) {
  const connection = await client.createStreamConnection({ streamId, destinationTable });
  // Without a listener the client throws errors of the connection into the process; the appends reject as well.
  connection.onConnectionError(() => undefined);
  return new managedwriter.JSONWriter({ connection, protoDescriptor: descriptorOf(columns) });
}

const committedStream = () =>
  client.createWriteStream({ streamType: managedwriter.CommittedStream, destinationTable });

const count = async (): Promise<unknown> =>
  (await fixture.bigquery.query('SELECT COUNT(*) AS n, COUNT(DISTINCT ordinal) AS d FROM d.ticks'))[0][0];

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ ordinal: from + index, symbol: 'A' }));

describe('the default stream', () => {
  it('stores every type as it was written', async () => {
    const writer = await openWriter(managedwriter.DefaultStream);
    const result = await writer
      .appendRows([
        {
          ordinal: '-9007199254740993',
          symbol: 'é',
          price: '-12345678901234567890.123456789',
          size: 1.25,
          at: new Date('2024-01-01T00:00:00.123Z'),
          day: new Date('2024-02-29T00:00:00Z'),
          live: true,
          raw: 'eHk=',
          extra: '{"a":1}',
          tags: ['x', 'y'],
          sizes: [1, -1],
        },
        { ordinal: 2 },
      ])
      .getResult();
    expect(result.error).toBeFalsy();
    const [answer] = await fixture.bigquery.query({
      query: 'SELECT * FROM d.ticks ORDER BY ordinal',
      wrapIntegers: true,
    });
    expect(JSON.parse(JSON.stringify(answer))).toEqual([
      {
        ordinal: { type: 'BigQueryInt', value: '-9007199254740993' },
        symbol: 'é',
        price: '-12345678901234567890.123456789',
        size: 1.25,
        at: { value: '2024-01-01T00:00:00.123Z' },
        day: { value: '2024-02-29' },
        live: true,
        raw: { type: 'Buffer', data: [120, 121] },
        extra: '{"a":1}',
        tags: ['x', 'y'],
        sizes: [
          { type: 'BigQueryInt', value: '1' },
          { type: 'BigQueryInt', value: '-1' },
        ],
      },
      {
        ordinal: { type: 'BigQueryInt', value: '2' },
        symbol: null,
        price: null,
        size: null,
        at: null,
        day: null,
        live: null,
        raw: null,
        extra: null,
        tags: [],
        sizes: [],
      },
    ]);
    writer.close();
  });

  it('refuses offsets', async () => {
    const writer = await openWriter(managedwriter.DefaultStream);
    expect((await writer.appendRows(rows(0, 1), 0).getResult()).error).toMatchObject({ code: 3 });
    expect((await writer.appendRows(rows(0, 1)).getResult()).error).toBeFalsy();
    writer.close();
  });
});

describe('a committed stream', () => {
  it('stores each offset once', async () => {
    const streamId = await committedStream();
    const writer = await openWriter(streamId);
    const first = await writer.appendRows(rows(0, 10), 0).getResult();
    expect(first.appendResult?.offset?.value).toBe('0');
    const second = await writer.appendRows(rows(10, 20), 10).getResult();
    expect(second.appendResult?.offset?.value).toBe('10');

    const replay = await writer.appendRows(rows(10, 20), 10).getResult();
    expect(replay.error).toMatchObject({
      code: 6,
      message: `The offset is within stream, expected offset 20, received 10 Entity: ${streamId}`,
    });
    const gap = await writer.appendRows(rows(30, 40), 30).getResult();
    expect(gap.error).toMatchObject({
      code: 11,
      message: expect.stringContaining('expected offset 20, received 30') as unknown,
    });
    const detail = protos.google.cloud.bigquery.storage.v1.StorageError.decode(
      Buffer.from(gap.error?.details?.[0]?.value ?? ''),
    );
    expect(detail).toMatchObject({ code: 9, entity: streamId });

    const withoutOffset = await writer.appendRows(rows(20, 21)).getResult();
    expect(withoutOffset.appendResult?.offset?.value).toBe('20');
    expect(await count()).toEqual({ n: 21, d: 21 });
    writer.close();
  });

  it('keeps the order of appends that are under way together', async () => {
    const streamIds = await Promise.all([committedStream(), committedStream(), committedStream()]);
    const writers = await Promise.all(streamIds.map((streamId) => openWriter(streamId)));
    const results = await Promise.all(
      writers.flatMap((writer, index) =>
        Array.from({ length: 40 }, (_, part) => {
          const from = index * 4000 + part * 100;
          return writer.appendRows(rows(from, from + 100), part * 100).getResult();
        }),
      ),
    );
    expect(results.filter(({ error }) => error)).toEqual([]);
    expect(await count()).toEqual({ n: 12_000, d: 12_000 });
    for (const writer of writers) writer.close();
  });

  it('is described and finalized', async () => {
    const streamId = await committedStream();
    const writer = await openWriter(streamId);
    await writer.appendRows(rows(0, 5), 0).getResult();
    const { FULL } = protos.google.cloud.bigquery.storage.v1.WriteStreamView;
    const stream = await client.getWriteStream({ streamId, view: FULL });
    expect(stream).toMatchObject({ name: streamId, type: 'COMMITTED' });
    expect(stream.tableSchema?.fields?.map(({ name }) => name)).toEqual(fields.map(({ name }) => name));
    const connection = await client.createStreamConnection({ streamId });
    expect(await connection.finalize()).toMatchObject({ rowCount: '5' });
    const late = await writer.appendRows(rows(5, 6), 5).getResult();
    expect(late.error).toMatchObject({ code: 3, message: expect.stringContaining('finalized') as unknown });
    writer.close();
  });

  it('refuses rows that do not fit and stores none of their append', async () => {
    const writer = await openWriter(await committedStream());
    const wrong = await writer.appendRows([{ ordinal: 1 }, { ordinal: 2, price: 'x' }], 0).getResult();
    expect(wrong.error).toMatchObject({ code: 3 });
    expect(wrong.rowErrors).toMatchObject([{ index: '1', message: 'Bad NUMERIC value: x' }]);
    expect(await count()).toEqual({ n: 0, d: 0 });
    const right = await writer.appendRows([{ ordinal: 1 }], 0).getResult();
    expect(right.error).toBeFalsy();
    writer.close();
  });

  it('refuses a schema that does not fit the table', async () => {
    const extra = await openWriter(await committedStream(), [...fields, { name: 'venue', type: 'STRING' }]);
    expect((await extra.appendRows([{ ordinal: 1 }], 0).getResult()).error).toMatchObject({
      code: 3,
      message: expect.stringContaining("extra fields: 'venue'") as unknown,
    });
    const missing = await openWriter(await committedStream(), fields.slice(1));
    expect((await missing.appendRows([{ symbol: 'A' }], 0).getResult()).error).toMatchObject({
      code: 3,
      message: expect.stringContaining('required field ordinal') as unknown,
    });
    extra.close();
    missing.close();
  });

  it('takes new columns after the table has them', async () => {
    const venue = { name: 'venue', type: 'STRING' };
    const streamId = await committedStream();
    const before = await openWriter(streamId);
    await before.appendRows([{ ordinal: 1 }], 0).getResult();
    await fixture.bigquery
      .dataset('d')
      .table('ticks')
      .setMetadata({ schema: { fields: [...fields, venue] } });
    await before.appendRows([{ ordinal: 2 }], 1).getResult();
    const after = await openWriter(streamId, [...fields, venue]);
    await after.appendRows([{ ordinal: 3, venue: 'Q' }], 2).getResult();
    const [found] = await fixture.bigquery.query('SELECT venue FROM d.ticks ORDER BY ordinal');
    expect(found).toEqual([{ venue: null }, { venue: null }, { venue: 'Q' }]);
    before.close();
    after.close();
  });
});

describe('what does not exist', () => {
  it('is NOT_FOUND', async () => {
    const streamType = managedwriter.CommittedStream;
    const nowhere = 'projects/demo/datasets/d/tables/none';
    await expect(client.createWriteStream({ streamType, destinationTable: nowhere })).rejects.toMatchObject({
      code: 5,
    });
    const writer = await openWriter(`${destinationTable}/streams/none`);
    await expect(writer.appendRows(rows(0, 1), 0).getResult()).rejects.toMatchObject({ code: 5 });
    writer.close();
  });
});
