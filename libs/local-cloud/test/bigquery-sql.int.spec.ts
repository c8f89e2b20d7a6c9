import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { BigQuery } from '@google-cloud/bigquery';

import { plain, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';
import { answers, fields, refusals, trades } from './bigquery-golden.ts';

describe('GoogleSQL through the BigQuery client', () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startFixture();
    const [dataset] = await fixture.bigquery.createDataset('d');
    const [table] = await dataset.createTable('trades', { schema: { fields } });
    await table.insert(trades);
  });
  afterAll(() => fixture.server.close());

  it.each(answers)('answers %s', async (query, expected) => {
    const [rows] = await fixture.bigquery.query(query);
    expect(plain(rows).map((row) => Object.values(row))).toEqual(expected);
  });

  it.each(refusals)('refuses %s', async (query, reason, message) => {
    await expect(fixture.bigquery.query(query)).rejects.toMatchObject({
      errors: [{ reason, message: expect.stringContaining(message) as unknown }],
    });
  });

  it('takes named parameters of every type', async () => {
    const [rows] = await fixture.bigquery.query({
      query: `SELECT @i + 1 AS i, @f AS f, @n * 2 AS n, @s AS s, @b AS b, @t AS t, @d AS d, @y AS y
              FROM d.trades WHERE id IN UNNEST(@ids) AND at >= @t ORDER BY id LIMIT @limit`,
      params: {
        i: 41,
        f: 1.5,
        n: '1.25',
        s: `it's; DROP`,
        b: true,
        t: new Date('2024-01-01T00:00:00Z'),
        d: BigQuery.date('2024-01-01'),
        y: 'eHk=',
        ids: [1, 2, 5],
        limit: 1,
      },
      types: { n: 'NUMERIC', y: 'BYTES' },
    });
    expect(plain(rows)).toEqual([
      {
        i: 42,
        f: 1.5,
        n: '2.5',
        s: `it's; DROP`,
        b: true,
        t: '2024-01-01T00:00:00.000Z',
        d: '2024-01-01',
        y: 'eHk=',
      },
    ]);
  });

  it('takes positional parameters and NULL', async () => {
    const query = 'SELECT ? AS a, ? AS b';
    const [rows] = await fixture.bigquery.query({ query, params: ['x', null], types: ['STRING', 'INT64'] });
    expect(rows).toEqual([{ a: 'x', b: null }]);
  });

  it('takes an empty array', async () => {
    const query = 'SELECT 1 IN UNNEST(@ids) AS a, NULL NOT IN UNNEST(@ids) AS b';
    const [rows] = await fixture.bigquery.query({ query, params: { ids: [] }, types: { ids: ['INT64'] } });
    expect(rows).toEqual([{ a: false, b: true }]);
  });

  it('describes a dry run without running it', async () => {
    const [job] = await fixture.bigquery.createQueryJob({
      query: 'SELECT id, price FROM d.trades',
      dryRun: true,
    });
    expect(job.metadata).toMatchObject({
      status: { state: 'DONE' },
      statistics: {
        query: {
          schema: {
            fields: [
              { name: 'id', type: 'INTEGER' },
              { name: 'price', type: 'NUMERIC' },
            ],
          },
        },
      },
    });
    await expect(
      fixture.bigquery.createQueryJob({ query: 'SELECT nope FROM d.trades', dryRun: true }),
    ).rejects.toMatchObject({ code: 400 });
  });
});
