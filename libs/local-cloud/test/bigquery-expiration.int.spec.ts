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
