import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { plain, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

describe('statements that change tables', () => {
  let fixture: Fixture;
  const run = async (query: string): Promise<Record<string, unknown>[]> =>
    plain((await fixture.bigquery.query(query))[0]);

  beforeAll(async () => {
    fixture = await startFixture();
    await fixture.bigquery.createDataset('d');
    await run('CREATE TABLE d.t (id INT64 NOT NULL, name STRING, price NUMERIC, tags ARRAY<STRING>)');
    await run(`INSERT INTO d.t (id, name, price) VALUES (1, 'a', 1.5), (2, 'b', NULL), (3, DEFAULT, 2)`);
  });
  afterAll(() => fixture.server.close());

  it('inserts, updates and deletes', async () => {
    await run(`INSERT INTO d.t SELECT 4, 'd', 9, ['x']`);
    await run(`UPDATE d.t SET price = price * 2, name = CONCAT(name, '!') WHERE id IN (1, 4)`);
    await run(`UPDATE d.t t SET name = u.n FROM (SELECT 2 AS id, 'two' AS n) u WHERE t.id = u.id`);
    await run('DELETE FROM d.t WHERE id = 3');
    expect(await run('SELECT * FROM d.t ORDER BY id')).toEqual([
      { id: 1, name: 'a!', price: '3', tags: [] },
      { id: 2, name: 'two', price: null, tags: [] },
      { id: 4, name: 'd!', price: '18', tags: ['x'] },
    ]);
  });

  it('merges', async () => {
    await run(
      `MERGE d.t T USING (SELECT 1 AS id, 'one' AS n UNION ALL SELECT 9, 'nine') S ON T.id = S.id
       WHEN MATCHED THEN UPDATE SET name = S.n
       WHEN NOT MATCHED THEN INSERT (id, name) VALUES (S.id, S.n)
       WHEN NOT MATCHED BY SOURCE THEN DELETE`,
    );
    expect(await run('SELECT id, name FROM d.t ORDER BY id')).toEqual([
      { id: 1, name: 'one' },
      { id: 9, name: 'nine' },
    ]);
  });

  it.each([
    [`INSERT INTO d.t (name) VALUES ('x')`, 'Required field id cannot be null'],
    ['UPDATE d.t SET price = 1', 'must have a WHERE clause'],
    [
      'UPDATE d.t t SET name = u.n FROM (SELECT 1 AS id, "x" AS n UNION ALL SELECT 1, "y") u WHERE t.id = u.id',
      'at most one source row',
    ],
    ['CREATE TABLE d.t (a INT64)', 'Already Exists'],
    ['DROP TABLE d.nope', 'Not found'],
  ])('refuses %s', async (statement, message) => {
    await expect(run(statement)).rejects.toThrow(message);
  });

  it('leaves streamed rows alone', async () => {
    const [table] = await fixture.bigquery.dataset('d').createTable('streamed', { schema: 'id:integer' });
    await run('INSERT INTO d.streamed VALUES (1)');
    await table.insert([{ id: 2 }]);
    await run('UPDATE d.streamed SET id = 10 WHERE id = 1');
    await expect(run('DELETE FROM d.streamed WHERE id = 2')).rejects.toThrow('streaming buffer');
    expect(await run('SELECT id FROM d.streamed ORDER BY id')).toEqual([{ id: 2 }, { id: 10 }]);
  });

  it('replaces a table by what a query makes of it, and reads views', async () => {
    await run('CREATE OR REPLACE TABLE d.names AS SELECT id, UPPER(name) AS name FROM d.t');
    await run('CREATE OR REPLACE TABLE d.names AS SELECT name FROM d.names WHERE id = 9');
    await fixture.bigquery
      .dataset('d')
      .createTable('v', { view: { query: 'SELECT name AS n FROM d.names', useLegacySql: false } });
    expect(await run('SELECT n FROM d.v')).toEqual([{ n: 'NINE' }]);
    await run('TRUNCATE TABLE d.names');
    expect(await run('SELECT COUNT(*) AS n FROM d.v')).toEqual([{ n: 0 }]);
  });

  it('copies tables', async () => {
    const dataset = fixture.bigquery.dataset('d');
    await run('CREATE TABLE d.source AS SELECT 1 AS id');
    await dataset.table('source').copy(dataset.table('copy'));
    expect(await run('SELECT id FROM d.copy')).toEqual([{ id: 1 }]);
    await expect(dataset.table('source').copy(dataset.table('copy'))).rejects.toThrow('Already Exists');
  });
});
