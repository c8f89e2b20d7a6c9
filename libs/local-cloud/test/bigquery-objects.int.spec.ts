import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { plain, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

const fields = [
  { name: 'id', type: 'INT64' },
  { name: 'note', type: 'STRING' },
  { name: 'price', type: 'NUMERIC' },
  { name: 'at', type: 'TIMESTAMP' },
];
const rows = [
  { id: 1, note: 'a, "b"', price: '1.5', at: '2024-01-01T00:00:00.000Z' },
  { id: 2, note: null, price: null, at: null },
  { id: 3, note: '', price: '-0.000000001', at: '2024-01-01T00:00:00.000001000Z' },
];

let directory: string;
let fixture: Fixture;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bigquery-objects-spec-'));
  fixture = await startFixture(directory);
  const [dataset] = await fixture.bigquery.createDataset('d');
  const [table] = await dataset.createTable('source', { schema: { fields } });
  await table.insert(rows);
  await dataset.createTable('nested', {
    schema: { fields: [{ name: 'a', type: 'INT64', mode: 'REPEATED' }] },
  });
  await storage('POST', '/storage/v1/b?project=demo', JSON.stringify({ name: 'bucket' }));
});
afterAll(async () => {
  await fixture.server.close();
  await rm(directory, { recursive: true });
});

async function storage(method: string, path: string, body?: string | Buffer, headers = {}) {
  return fetch(`http://127.0.0.1:${fixture.server.port}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
}

async function run(configuration: object): Promise<unknown> {
  const [job] = await fixture.bigquery.createJob({ configuration });
  await job.promise();
  await job.getMetadata();
  return job.metadata;
}

const tableOf = (tableId: string) => ({ projectId: 'demo', datasetId: 'd', tableId });

const extract = (destinationUri: string, more: object = {}) =>
  run({ extract: { sourceTable: tableOf('source'), destinationUris: [destinationUri], ...more } });

const load = (tableId: string, sourceUris: string[], more: object) =>
  run({ load: { destinationTable: tableOf(tableId), sourceUris, ...more } });

const fileText = async (name: string): Promise<string> =>
  (await readFile(join(directory, 'objects', 'bucket', ...name.split('/')))).toString();

async function contents(table: string): Promise<unknown> {
  const [found] = await fixture.bigquery.query(`SELECT * FROM d.${table} ORDER BY id`);
  return plain(found);
}

describe('an extract job', () => {
  it('writes CSV with a header into a file of the data directory', async () => {
    expect(await extract('gs://bucket/out/a.csv')).toMatchObject({
      status: { state: 'DONE' },
      statistics: { extract: { destinationUriFileCounts: ['1'] } },
    });
    expect(await fileText('out/a.csv')).toBe(
      [
        'id,note,price,at',
        '1,"a, ""b""",1.5,2024-01-01 00:00:00 UTC',
        '2,,,',
        '3,"",-0.000000001,2024-01-01 00:00:00.000001 UTC',
        '',
      ].join('\n'),
    );
  });

  it('writes JSON lines, compressed, at a name with a wildcard', async () => {
    await extract('gs://bucket/json/part-*.gz', {
      destinationFormat: 'NEWLINE_DELIMITED_JSON',
      compression: 'GZIP',
    });
    const file = await readFile(join(directory, 'objects', 'bucket', 'json', 'part-000000000000.gz'));
    expect(gunzipSync(file).toString()).toBe(
      [
        '{"id":"1","note":"a, \\"b\\"","price":"1.5","at":"2024-01-01 00:00:00 UTC"}',
        '{"id":"2"}',
        '{"id":"3","note":"","price":"-0.000000001","at":"2024-01-01 00:00:00.000001 UTC"}',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [{ destinationUris: ['gs://bucket/x.avro'], destinationFormat: 'AVRO' }, 'AVRO is not supported'],
    [{ destinationUris: ['gs://bucket/x'], compression: 'SNAPPY' }, 'SNAPPY is not supported'],
    [{ destinationUris: ['gs://no-such-bucket/x'] }, 'Not found: Bucket no-such-bucket'],
    [{ destinationUris: ['gs://bucket/../x'] }, 'cannot be a file'],
    [{ destinationUris: ['bucket/x'] }, 'Invalid Cloud Storage URI'],
    [{ destinationUris: ['gs://bucket/x'], sourceTable: tableOf('nested') }, 'nested schema. Field: a'],
    [{ destinationUris: ['gs://bucket/x'], sourceTable: tableOf('none') }, 'Not found: Table demo:d.none'],
  ])('is refused as %j', async (more, message) => {
    await expect(run({ extract: { sourceTable: tableOf('source'), ...more } })).rejects.toThrow(message);
  });
});

describe('a load job from Cloud Storage', () => {
  it('brings back what was extracted', async () => {
    await extract('gs://bucket/back/a.csv', { fieldDelimiter: 'tab' });
    await load('csv', ['gs://bucket/back/a.csv'], {
      schema: { fields },
      skipLeadingRows: 1,
      fieldDelimiter: 'tab',
    });
    expect(await contents('csv')).toEqual(rows);
    await extract('gs://bucket/back/b.gz', {
      destinationFormat: 'NEWLINE_DELIMITED_JSON',
      compression: 'GZIP',
    });
    await load('json', ['gs://bucket/back/*.gz'], {
      schema: { fields },
      sourceFormat: 'NEWLINE_DELIMITED_JSON',
    });
    expect(await contents('json')).toEqual(rows);
  });

  it('fails for a URI without files', async () => {
    await expect(load('none', ['gs://bucket/nope-*'], { schema: { fields } })).rejects.toThrow(
      'Not found: URI gs://bucket/nope-*',
    );
  });
});

describe('the JSON API of Cloud Storage', () => {
  it('takes an upload in pieces and gives it back with its checksum', async () => {
    const path = '/upload/storage/v1/b/bucket/o?uploadType=resumable&name=up%2Fa.txt';
    const begun = await storage('POST', path, '{}');
    const { pathname, search } = new URL(begun.headers.get('location') ?? '');
    const put = (range: string, piece: string) =>
      storage('PUT', `${pathname}${search}`, piece, { 'content-range': range });
    const first = await put('bytes 0-3/*', '1234');
    expect([first.status, first.headers.get('range')]).toEqual([308, 'bytes=0-3']);
    expect((await put('bytes */*', '')).headers.get('range')).toBe('bytes=0-3');
    const last = await put('bytes 2-8/9', '3456789');
    expect(await last.json()).toMatchObject({ name: 'up/a.txt', size: '9', crc32c: '4waSgw==' });
    const media = await storage('GET', '/storage/v1/b/bucket/o/up%2Fa.txt?alt=media');
    expect([await media.text(), media.headers.get('x-goog-hash')]).toEqual([
      '123456789',
      expect.stringContaining('crc32c=4waSgw=='),
    ]);
  });

  it('lists and deletes objects and buckets', async () => {
    await storage('POST', '/storage/v1/b', JSON.stringify({ name: 'other' }));
    const again = await storage('POST', '/storage/v1/b', JSON.stringify({ name: 'other' }));
    expect(again.status).toBe(409);
    await storage('POST', '/upload/storage/v1/b/other/o?uploadType=media&name=x/y', 'text');
    const listed = await storage('GET', '/storage/v1/b/other/o?prefix=x');
    expect(await listed.json()).toMatchObject({ items: [{ name: 'x/y', bucket: 'other', size: '4' }] });
    expect((await storage('DELETE', '/storage/v1/b/other')).status).toBe(409);
    expect((await storage('DELETE', '/storage/v1/b/other/o/x%2Fy')).status).toBe(204);
    expect((await storage('GET', '/storage/v1/b/other/o/x%2Fy')).status).toBe(404);
    expect((await storage('DELETE', '/storage/v1/b/other')).status).toBe(204);
    expect((await storage('GET', '/storage/v1/b/other')).status).toBe(404);
  });

  it.each(['..', 'A', 'a/b', '.hidden'])('refuses the bucket name %s', async (name) => {
    expect((await storage('POST', '/storage/v1/b', JSON.stringify({ name }))).status).toBe(400);
  });
});
