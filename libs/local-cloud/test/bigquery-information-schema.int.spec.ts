import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { plain, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

describe('INFORMATION_SCHEMA', () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startFixture();
    const [dataset] = await fixture.bigquery.createDataset('d');
    await fixture.bigquery.createDataset('far', { location: 'asia-northeast1' });
    await dataset.createTable('ticks', {
      schema: {
        fields: [
          { name: 'at', type: 'TIMESTAMP', mode: 'REQUIRED' },
          { name: 'symbol', type: 'STRING' },
          { name: 'legs', type: 'RECORD', mode: 'REPEATED', fields: [{ name: 'n', type: 'INTEGER' }] },
        ],
      },
      timePartitioning: { type: 'DAY', field: 'at' },
      clustering: { fields: ['symbol'] },
    });
    await dataset.createTable('one', { view: { query: 'SELECT 1 AS n', useLegacySql: false } });
    await fixture.bigquery.query('CREATE FUNCTION d.twice(x INT64) AS (x * 2)');
  });
  afterAll(() => fixture.server.close());

  const rows = async (query: string): Promise<unknown[][]> =>
    plain((await fixture.bigquery.query(query))[0]).map((row) => Object.values(row));

  it('lists tables and views', async () => {
    expect(
      await rows(
        'SELECT table_name, table_type, is_insertable_into FROM d.INFORMATION_SCHEMA.TABLES ORDER BY 1',
      ),
    ).toEqual([
      ['one', 'VIEW', 'NO'],
      ['ticks', 'BASE TABLE', 'YES'],
    ]);
    expect(
      await rows(
        'SELECT table_catalog, view_definition FROM `demo.d`.INFORMATION_SCHEMA.VIEWS AS v WHERE v.table_schema = "d"',
      ),
    ).toEqual([['demo', 'SELECT 1 AS n']]);
  });

  it('describes columns', async () => {
    expect(
      await rows(
        'SELECT column_name, ordinal_position, is_nullable, data_type, is_partitioning_column, clustering_ordinal_position FROM `demo.d.INFORMATION_SCHEMA.COLUMNS` WHERE table_name = "ticks" ORDER BY 2',
      ),
    ).toEqual([
      ['at', 1, 'NO', 'TIMESTAMP', 'YES', null],
      ['symbol', 2, 'YES', 'STRING', 'NO', 1],
      ['legs', 3, 'YES', 'ARRAY<STRUCT<n INT64>>', 'NO', null],
    ]);
  });

  it('lists datasets, of a region too, and functions', async () => {
    const names = 'SELECT schema_name, location FROM';
    expect(await rows(`${names} INFORMATION_SCHEMA.SCHEMATA ORDER BY 1`)).toEqual([
      ['d', 'US'],
      ['far', 'asia-northeast1'],
    ]);
    expect(await rows(`${names} \`region-us\`.INFORMATION_SCHEMA.SCHEMATA`)).toEqual([['d', 'US']]);
    expect(await rows('SELECT routine_name, routine_definition FROM d.INFORMATION_SCHEMA.ROUTINES')).toEqual([
      ['twice', 'x * 2'],
    ]);
  });

  it('is empty for a dataset without tables, and needs one that exists', async () => {
    expect(await rows('SELECT * FROM far.INFORMATION_SCHEMA.TABLES')).toEqual([]);
    await expect(
      fixture.bigquery.query('SELECT * FROM none.INFORMATION_SCHEMA.TABLES'),
    ).rejects.toMatchObject({ code: 404 });
    await expect(fixture.bigquery.query('SELECT * FROM d.INFORMATION_SCHEMA.JOBS')).rejects.toThrow(
      'not supported',
    );
  });
});
