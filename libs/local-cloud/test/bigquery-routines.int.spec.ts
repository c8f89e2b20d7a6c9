import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { plain, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

let directory: string;
let fixture: Fixture;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bigquery-routines-'));
  fixture = await startFixture(directory);
  await fixture.bigquery.createDataset('d');
});
afterAll(async () => {
  await fixture.server.close();
  await rm(directory, { recursive: true });
});

async function first(query: string): Promise<unknown> {
  const [rows] = await fixture.bigquery.query(query);
  return Object.values(plain(rows)[0] ?? {})[0];
}

const run = (query: string) => fixture.bigquery.query(query);

describe('a function in SQL', () => {
  it('is its body with the arguments in place of the parameters', async () => {
    await run('CREATE FUNCTION d.spread(bid NUMERIC, ask NUMERIC) RETURNS NUMERIC AS (ask - bid)');
    expect(await first('SELECT d.spread(1, 3.5)')).toBe('2.5');
    expect(await first('SELECT SUM(demo.d.spread(x, 10)) FROM UNNEST([1, 2]) x')).toBe('17');
    expect(await first('SELECT `demo.d.spread`(1, 3)')).toBe('2');
  });

  it('may query and call others, and sees nothing of its caller', async () => {
    await run(
      'CREATE FUNCTION d.total(items ARRAY<STRUCT<n INT64, v INT64>>) AS ((SELECT SUM(IF(i.n > 1, i.v, NULL)) FROM UNNEST(items) AS i))',
    );
    expect(await first('SELECT d.total([STRUCT(1, 10), STRUCT(2, 20), STRUCT(3, 30)])')).toBe(50);
    await run('CREATE FUNCTION d.twice(x ANY TYPE) AS (x * 2)');
    await run('CREATE FUNCTION d.fourfold(x INT64) AS (d.twice(d.twice(x)))');
    expect(await first('SELECT d.fourfold(y) FROM (SELECT 3 AS y)')).toBe(12);
    expect(await first('SELECT d.twice(1.5)')).toBe(3);
    await expect(run('CREATE FUNCTION d.leak() AS (y)')).rejects.toThrow('Unrecognized name: y');
    await expect(run('SELECT d.twice("a")')).rejects.toThrow('No matching signature');
    await expect(run('SELECT d.fourfold(1, 2)')).rejects.toThrow('wrong number of arguments');
    await expect(run('SELECT d.nothing(1)')).rejects.toMatchObject({ code: 404 });
  });

  it('cannot call itself without end', async () => {
    await run('CREATE FUNCTION d.loop(x INT64) RETURNS INT64 AS (x)');
    await run('CREATE OR REPLACE FUNCTION d.loop(x INT64) AS (d.loop(x) + 1)');
    await expect(run('SELECT d.loop(1)')).rejects.toThrow('nested too deeply');
  });

  it('is made once, replaced when asked, and dropped', async () => {
    await run('CREATE FUNCTION d.one() AS (1)');
    await expect(run('CREATE FUNCTION d.one() AS (2)')).rejects.toThrow('Already Exists');
    await run('CREATE FUNCTION IF NOT EXISTS d.one() AS (2)');
    expect(await first('SELECT d.one()')).toBe(1);
    await run('CREATE OR REPLACE FUNCTION d.one() AS (2)');
    expect(await first('SELECT d.one()')).toBe(2);
    await run('DROP FUNCTION d.one');
    await run('DROP FUNCTION IF EXISTS d.one');
    await expect(run('DROP FUNCTION d.one')).rejects.toThrow('Not found');
  });

  it.each([
    ['CREATE FUNCTION d.js(x INT64) RETURNS INT64 LANGUAGE js AS "return x"', 'not supported'],
    ['CREATE TEMP FUNCTION t(x INT64) AS (x)', 'not supported'],
    [
      'CREATE MODEL d.m OPTIONS (model_type="linear_reg") AS SELECT 1 AS label',
      'CREATE MODEL is not supported',
    ],
  ])('is refused as %s', async (statement, message) => {
    await expect(run(statement)).rejects.toThrow(message);
  });
});

describe('routines of the REST API', () => {
  it('are made, listed, changed and deleted, and outlive a restart', async () => {
    const routine = {
      arguments: [{ name: 'x', dataType: { typeKind: 'INT64' as const } }],
      definitionBody: 'x * 3',
      routineType: 'SCALAR_FUNCTION' as const,
    };
    const [made] = await fixture.bigquery.dataset('d').createRoutine('triple', routine);
    expect(made.metadata).toMatchObject({ returnType: { typeKind: 'INT64' }, language: 'SQL' });
    await made.setMetadata({ description: 'threefold' });
    await fixture.server.close();
    fixture = await startFixture(directory);
    const dataset = fixture.bigquery.dataset('d');
    expect((await dataset.getRoutines())[0].map(({ id }) => id)).toContain('triple');
    const found: unknown[] = await dataset.routine('triple').getMetadata();
    expect(found[0]).toMatchObject({ description: 'threefold', definitionBody: 'x * 3' });
    expect(await first('SELECT d.triple(7)')).toBe(21);
    await dataset.routine('triple').delete();
    expect(await dataset.routine('triple').exists()).toEqual([false]);
    expect((await dataset.getModels())[0]).toEqual([]);
    expect(await dataset.model('m').exists()).toEqual([false]);
  });

  it('refuse what is not an expression in SQL', async () => {
    const dataset = fixture.bigquery.dataset('d');
    const routine = {
      routineType: 'SCALAR_FUNCTION' as const,
      definitionBody: 'return 1',
      language: 'JAVASCRIPT' as const,
    };
    await expect(dataset.createRoutine('js', routine)).rejects.toThrow('in SQL only');
  });
});
