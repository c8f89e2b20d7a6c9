import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BigQuery } from '@google-cloud/bigquery';

import { plain, project, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

let fixture: Fixture;
let bigquery: BigQuery;

beforeAll(async () => {
  fixture = await startFixture();
  bigquery = fixture.bigquery;
});
afterAll(() => fixture.server.close());

const tick = [
  { name: 'symbol', type: 'STRING', mode: 'REQUIRED' },
  { name: 'price', type: 'NUMERIC' },
  { name: 'at', type: 'TIMESTAMP' },
];

async function newTable(datasetId: string, metadata: object) {
  const [dataset] = await bigquery.createDataset(datasetId);
  const [table] = await dataset.createTable('ticks', metadata);
  return table;
}

describe('datasets', () => {
  it('live from creation to deletion', async () => {
    const [dataset] = await bigquery.createDataset('life', { labels: { team: 'a' }, location: 'EU' });
    expect(dataset.metadata).toMatchObject({ id: 'demo:life', location: 'EU', labels: { team: 'a' } });
    await expect(bigquery.createDataset('life')).rejects.toMatchObject({
      code: 409,
      errors: [{ reason: 'duplicate' }],
    });
    await dataset.setMetadata({ description: 'd', labels: { tier: 'b' } });
    expect((await dataset.getMetadata())[0]).toMatchObject({
      description: 'd',
      labels: { team: 'a', tier: 'b' },
    });
    const [datasets] = await bigquery.getDatasets();
    expect(datasets.map(({ id }) => id)).toContain('life');

    await dataset.createTable('t', { schema: tick });
    await expect(dataset.delete()).rejects.toMatchObject({
      code: 400,
      errors: [{ reason: 'resourceInUse' }],
    });
    await dataset.delete({ force: true });
    await expect(dataset.get()).rejects.toMatchObject({ code: 404, errors: [{ reason: 'notFound' }] });
  });
});

describe('tables', () => {
  it('keep schema, partitioning, clustering and labels', async () => {
    const table = await newTable('kept', {
      schema: tick,
      timePartitioning: { type: 'DAY', field: 'at' },
      requirePartitionFilter: true,
      clustering: { fields: ['symbol'] },
      labels: { kind: 'ticks' },
    });
    expect((await table.getMetadata())[0]).toMatchObject({
      type: 'TABLE',
      schema: { fields: tick },
      timePartitioning: { type: 'DAY', field: 'at' },
      requirePartitionFilter: true,
      clustering: { fields: ['symbol'] },
      labels: { kind: 'ticks' },
      numRows: '0',
    });
    const [tables] = await bigquery.dataset('kept').getTables();
    expect(tables.map(({ id }) => id)).toEqual(['ticks']);
  });

  it('take new columns and refuse to change old ones', async () => {
    const table = await newTable('patched', { schema: tick });
    await table.insert({ symbol: 'AAPL' });
    const venue = { name: 'venue', type: 'STRING' };
    await table.setMetadata({ schema: { fields: [...tick, venue] } });
    await table.insert({ symbol: 'MSFT', venue: 'Q' });
    const [rows] = await table.query('SELECT symbol, venue FROM patched.ticks ORDER BY symbol');
    expect(rows).toEqual([
      { symbol: 'AAPL', venue: null },
      { symbol: 'MSFT', venue: 'Q' },
    ]);
    const changed = [{ name: 'symbol', type: 'INT64' }, ...tick.slice(1), venue];
    await expect(table.setMetadata({ schema: { fields: changed } })).rejects.toThrow('has changed type');
    await expect(table.setMetadata({ schema: { fields: tick.slice(0, 2) } })).rejects.toThrow('is missing');
  });

  it('answer 404 and 409 as BigQuery does', async () => {
    const table = await newTable('answers', { schema: tick });
    await expect(bigquery.dataset('answers').createTable('ticks', { schema: tick })).rejects.toMatchObject({
      code: 409,
      message: expect.stringContaining('Already Exists: Table demo:answers.ticks') as unknown,
    });
    await table.delete();
    await expect(table.insert({ symbol: 'A' })).rejects.toMatchObject({ code: 404 });
    await expect(bigquery.dataset('none').table('t').get()).rejects.toMatchObject({
      code: 404,
      message: expect.stringContaining('Not found: Dataset demo:none') as unknown,
    });
  });

  it('refuse types that are not served', async () => {
    const [dataset] = await bigquery.createDataset('types');
    const schema = [{ name: 'g', type: 'RANGE' }];
    await expect(dataset.createTable('t', { schema })).rejects.toMatchObject({
      errors: [{ reason: 'invalid' }],
    });
  });
});

describe('insertAll', () => {
  it('stores rows of every type', async () => {
    const [dataset] = await bigquery.createDataset('every');
    const types = ['STRING', 'BYTES', 'INTEGER', 'FLOAT', 'NUMERIC', 'BOOLEAN', 'TIMESTAMP', 'DATE', 'JSON'];
    const fields = types.map((type) => ({ name: type.toLowerCase(), type }));
    const [table] = await dataset.createTable('t', {
      schema: [...fields, { name: 'list', type: 'INT64', mode: 'REPEATED' }],
    });
    await table.insert({
      string: 'é',
      bytes: Buffer.from('xy').toString('base64'),
      integer: '9007199254740993',
      float: 1.25,
      numeric: '12345678901234567890.123456789',
      boolean: true,
      timestamp: '2024-01-01T00:00:00.123456Z',
      date: '2024-02-29',
      json: '{"a":[1]}',
      list: [1, 2],
    });
    const [rows] = await table.getRows({ wrapIntegers: true });
    expect(plain(rows)).toEqual([
      {
        string: 'é',
        bytes: 'eHk=',
        integer: '9007199254740993',
        float: 1.25,
        numeric: '12345678901234567890.123456789',
        boolean: true,
        timestamp: '2024-01-01T00:00:00.123456000Z',
        date: '2024-02-29',
        json: '{"a":[1]}',
        list: ['1', '2'],
      },
    ]);
  });

  it('names what is wrong with each row and stores none', async () => {
    const table = await newTable('wrong', { schema: tick });
    const insert = table.insert([
      { symbol: 'A', price: 'x' },
      { symbol: 'B' },
      { price: 1 },
      { symbol: 'C', other: 1 },
    ]);
    await expect(insert).rejects.toMatchObject({
      name: 'PartialFailureError',
      errors: [
        { errors: [{ message: 'Cannot convert value to numeric (bad value): x', reason: 'invalid' }] },
        { errors: [{ message: 'Missing required field: symbol.', reason: 'invalid' }] },
        { errors: [{ message: 'no such field: other.', reason: 'invalid' }] },
        { errors: [{ reason: 'stopped' }] },
      ],
    });
    expect((await table.getRows())[0]).toEqual([]);
    await expect(
      table.insert([{ symbol: 'A', price: 'x' }, { symbol: 'B' }], { skipInvalidRows: true }),
    ).rejects.toMatchObject({ name: 'PartialFailureError', errors: [{ row: { symbol: 'A', price: 'x' } }] });
    expect(plain((await table.getRows())[0])).toEqual([{ symbol: 'B', price: null, at: null }]);
  });

  it('drops a row whose insertId it has just seen', async () => {
    const table = await newTable('dedupe', { schema: tick });
    const row = { insertId: 'one', json: { symbol: 'A' } };
    await table.insert([row, row], { raw: true });
    await table.insert([row, { insertId: 'two', json: { symbol: 'B' } }], { raw: true });
    expect((await table.getRows())[0]).toHaveLength(2);
  });
});

describe('paging', () => {
  it('pages table rows and query results in order', async () => {
    const [dataset] = await bigquery.createDataset('pages');
    const [table] = await dataset.createTable('t', { schema: [{ name: 'n', type: 'INT64' }] });
    const numbers = Array.from({ length: 25_000 }, (_, n) => ({ n }));
    for (let start = 0; start < numbers.length; start += 5000)
      await table.insert(numbers.slice(start, start + 5000));

    const [first, next, answer] = await table.getRows({ maxResults: 10, autoPaginate: false });
    expect(first).toEqual(numbers.slice(0, 10));
    expect(next).toMatchObject({ pageToken: '10' });
    expect(answer).toMatchObject({ totalRows: '25000' });
    expect((await table.getRows({ maxResults: 2, startIndex: '24998', autoPaginate: false }))[0]).toEqual(
      numbers.slice(-2),
    );
    const all = (await bigquery.query('SELECT n FROM pages.t ORDER BY n'))[0];
    expect(all).toEqual(numbers);

    const [job] = await bigquery.createQueryJob({ query: 'SELECT n FROM pages.t ORDER BY n DESC' });
    const [page] = await job.getQueryResults({ maxResults: 3, pageToken: '5000', autoPaginate: false });
    expect(page).toEqual([{ n: 19_999 }, { n: 19_998 }, { n: 19_997 }]);
    expect((await job.getMetadata())[0]).toMatchObject({ status: { state: 'DONE' } });
  });
});

describe('tabledata.list', () => {
  it('gives the selected fields only', async () => {
    const table = await newTable('selected', { schema: tick });
    await table.insert({ symbol: 'A', price: '1.5', at: '2024-01-01' });
    const [rows] = await table.getRows({ selectedFields: 'PRICE,symbol' });
    expect(plain(rows)).toEqual([{ symbol: 'A', price: '1.5' }]);
  });
});

describe('requirePartitionFilter', () => {
  const refused = "without a filter over column(s) 'at' that can be used for partition elimination";
  beforeAll(async () => {
    await newTable('filtered', {
      schema: tick,
      timePartitioning: { type: 'DAY', field: 'at', requirePartitionFilter: true },
    });
  });

  it.each([
    'SELECT symbol FROM filtered.ticks',
    'SELECT symbol FROM filtered.ticks WHERE symbol = "A"',
    'SELECT symbol FROM filtered.ticks WHERE at > "2024-01-01" OR symbol = "A"',
    'SELECT symbol FROM filtered.ticks WHERE NOT at > "2024-01-01"',
    'SELECT a.symbol FROM filtered.ticks a JOIN filtered.ticks b ON a.at = b.at WHERE a.at > "2024-01-01"',
    'SELECT n FROM (SELECT COUNT(*) AS n FROM filtered.ticks)',
  ])('refuses %s', async (query) => {
    await expect(bigquery.query(query)).rejects.toThrow(refused);
  });

  it.each([
    'SELECT symbol FROM filtered.ticks WHERE at >= "2024-01-01" AND symbol = "A"',
    'SELECT symbol FROM filtered.ticks AS t WHERE "2024-01-01" < t.at',
    'SELECT symbol FROM filtered.ticks WHERE DATE(at) = "2024-01-01" OR at BETWEEN "2024-01-01" AND "2024-01-02"',
    'SELECT symbol FROM filtered.ticks WHERE at > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)',
    'SELECT a.symbol FROM filtered.ticks a JOIN filtered.ticks b ON a.at = b.at AND b.at > "2024-01-01" WHERE a.at > "2024-01-01"',
  ])('allows %s', async (query) => {
    expect((await bigquery.query(query))[0]).toEqual([]);
  });

  it('refuses PIVOT over the table itself', async () => {
    const pivot = 'PIVOT (COUNT(*) FOR symbol IN ("A"))';
    await expect(bigquery.query(`SELECT * FROM filtered.ticks ${pivot}`)).rejects.toThrow('partition filter');
    const filtered = 'SELECT symbol FROM filtered.ticks WHERE at > "2024-01-01"';
    expect((await bigquery.query(`SELECT * FROM (${filtered}) ${pivot}`))[0]).toEqual([{ A: 0 }]);
  });

  it('allows a parameter', async () => {
    const query = 'SELECT symbol FROM filtered.ticks WHERE at > @since';
    expect((await bigquery.query({ query, params: { since: new Date(0) } }))[0]).toEqual([]);
  });
});

describe('the client', () => {
  it('works by the emulator variable, whose paths lack the version', async () => {
    process.env['BIGQUERY_EMULATOR_HOST'] = `http://127.0.0.1:${fixture.server.port}`;
    try {
      const client = new BigQuery({ projectId: project });
      await client.createDataset('by_variable');
      await client.dataset('by_variable').createTable('t', { schema: tick });
      expect((await client.query('SELECT COUNT(*) AS n FROM by_variable.t'))[0]).toEqual([{ n: 0 }]);
    } finally {
      delete process.env['BIGQUERY_EMULATOR_HOST'];
    }
    expect((await bigquery.dataset('by_variable').get())[0].id).toBe('by_variable');
  });

  it('that knows no project means the default project', async () => {
    const answer = await fetch(
      `http://127.0.0.1:${fixture.server.port}/projects/%7B%7BprojectId%7D%7D/datasets`,
    );
    expect(await answer.json()).toMatchObject({ kind: 'bigquery#datasetList' });
    const [datasets] = await bigquery.getDatasets();
    expect(datasets.length).toBeGreaterThan(0);
  });

  it('counts what would be billed', async () => {
    const table = await newTable('metered', { schema: tick });
    const before = fixture.meter.snapshot();
    await table.insert([{ symbol: 'A' }, { symbol: 'B' }]);
    await bigquery.query('SELECT 1');
    const after = fixture.meter.snapshot();
    expect((after['bigquery.insertedRows'] ?? 0) - (before['bigquery.insertedRows'] ?? 0)).toBe(2);
    expect((after['bigquery.queries'] ?? 0) - (before['bigquery.queries'] ?? 0)).toBe(1);
  });

  it('reads timestamps as float seconds and as text when it asks for them', async () => {
    const query = `SELECT TIMESTAMP '2024-01-01 00:00:00.5' AS t`;
    const asFloat = await bigquery.query(query, { 'formatOptions.useInt64Timestamp': false });
    expect(plain(asFloat[0])).toEqual([{ t: '2024-01-01T00:00:00.500Z' }]);
  });
});
