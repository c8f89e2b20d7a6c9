import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { objectOf } from '../src/bigquery/json.ts';
import { systemClock } from '../src/core/clock.ts';
import { startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

const hourMs = 3_600_000;
const fields = [{ name: 'n', type: 'INT64' }];

describe('the expiration of tables', () => {
  let directory: string;
  let fixture: Fixture;
  let passedMs = 0;
  const machine = systemClock();
  const clock = { nowMicros: () => machine.nowMicros() + BigInt(passedMs) * 1000n };
  const start = async (): Promise<void> => {
    fixture = await startFixture(directory, clock);
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bigquery-expiration-'));
    await start();
  });
  afterAll(async () => {
    await fixture.server.close();
    await rm(directory, { recursive: true });
  });

  const names = async (dataset: string): Promise<(string | undefined)[]> =>
    (await fixture.bigquery.dataset(dataset).getTables())[0].map(({ id }) => id);

  it('takes a table away at its time, and lets its name be used anew', async () => {
    const [dataset] = await fixture.bigquery.createDataset('own');
    const expirationTime = String(Number(clock.nowMicros() / 1000n) + hourMs);
    const [table] = await dataset.createTable('t', { schema: { fields }, expirationTime });
    await table.insert([{ n: 1 }]);
    expect(await names('own')).toEqual(['t']);
    passedMs += hourMs;
    expect(await names('own')).toEqual([]);
    expect(await table.exists()).toEqual([false]);
    await expect(fixture.bigquery.query('SELECT n FROM own.t')).rejects.toMatchObject({ code: 404 });
    await dataset.createTable('t', { schema: { fields } });
    expect((await fixture.bigquery.query('SELECT n FROM own.t'))[0]).toEqual([]);
    await fixture.server.close();
    await start();
    expect((await fixture.bigquery.query('SELECT n FROM own.t'))[0]).toEqual([]);
  });

  it('comes from the dataset where the table has none, for tables of queries too', async () => {
    const [dataset] = await fixture.bigquery.createDataset('lent', {
      defaultTableExpirationMs: String(hourMs),
    });
    const [table] = await dataset.createTable('made', { schema: { fields } });
    await fixture.bigquery.query('CREATE TABLE lent.selected AS SELECT 1 AS n');
    await dataset.createTable('view', { view: { query: 'SELECT 1 AS n', useLegacySql: false } });
    const nowMs = Number(clock.nowMicros() / 1000n);
    const expiresAtMs = Number(objectOf(table.metadata)['expirationTime']);
    expect(expiresAtMs).toBeGreaterThan(nowMs);
    expect(expiresAtMs).toBeLessThanOrEqual(nowMs + hourMs);
    passedMs += hourMs / 2;
    await table.setMetadata({ expirationTime: String(nowMs + 2 * hourMs) });
    passedMs += hourMs / 2;
    expect(await names('lent')).toEqual(['made', 'view']);
  });
});

describe('the expiration of partitions', () => {
  const dayMs = 24 * hourMs;
  let fixture: Fixture;
  let nowMs = Date.parse('2024-03-02T12:00:00Z');
  const clock = { nowMicros: () => BigInt(nowMs) * 1000n };
  const schema = { fields: [...fields, { name: 'day', type: 'DATE' }] };
  const rows = ['2024-02-29', '2024-03-01', '2024-03-02', null].map((day, n) => ({ n, day }));

  beforeAll(async () => {
    fixture = await startFixture(undefined, clock);
  });
  afterAll(() => fixture.server.close());

  const left = async (table: string): Promise<unknown[]> =>
    (await fixture.bigquery.query(`SELECT n FROM ${table} ORDER BY n`))[0].map((row) => objectOf(row)['n']);

  it('drops the rows of whole partitions when their lifetime from their start is over', async () => {
    const [dataset] = await fixture.bigquery.createDataset('own');
    const [table] = await dataset.createTable('t', {
      schema,
      timePartitioning: { type: 'DAY', field: 'day', expirationMs: String(2 * dayMs) },
    });
    await table.insert(rows);
    expect(await left('own.t')).toEqual([1, 2, 3]);
    nowMs = Date.parse('2024-03-02T23:59:59.999Z');
    expect(await left('own.t')).toEqual([1, 2, 3]);
    nowMs += 1;
    expect(await left('own.t')).toEqual([2, 3]);
    expect((await table.getRows())[0]).toHaveLength(2);
    await fixture.bigquery.query('INSERT INTO own.t VALUES (4, DATE "2024-03-01"), (5, DATE "2024-03-03")');
    expect(await left('own.t')).toEqual([2, 3, 5]);
  });

  it('comes from the dataset, before the expiration of its tables, and ends when a patch removes it', async () => {
    const [dataset] = await fixture.bigquery.createDataset('lent', {
      defaultPartitionExpirationMs: String(2 * dayMs),
      defaultTableExpirationMs: String(hourMs),
    });
    const [table] = await dataset.createTable('t', {
      schema,
      timePartitioning: { type: 'DAY', field: 'day' },
    });
    expect(table.metadata).toMatchObject({ timePartitioning: { expirationMs: String(2 * dayMs) } });
    expect(objectOf(table.metadata)['expirationTime']).toBeUndefined();
    await table.insert(rows);
    expect(await left('lent.t')).toEqual([2, 3]);
    await table.setMetadata({ timePartitioning: { type: 'DAY', field: 'day' } });
    nowMs += 30 * dayMs;
    expect(await left('lent.t')).toEqual([2, 3]);
  });
});
