import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BigQuery, Table } from '@google-cloud/bigquery';

import { startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

let fixture: Fixture;
let bigquery: BigQuery;
let table: Table;

const sessions = [
  { name: 'symbol', type: 'STRING' },
  { name: 'open', type: 'RANGE', rangeElementType: { type: 'TIMESTAMP' } },
  { name: 'halts', type: 'RANGE', mode: 'REPEATED', rangeElementType: { type: 'DATETIME' } },
];

beforeAll(async () => {
  fixture = await startFixture();
  bigquery = fixture.bigquery;
  const [dataset] = await bigquery.createDataset('ranges');
  [table] = await dataset.createTable('sessions', { schema: sessions });
});
afterAll(() => fixture.server.close());

const day = '[2026-01-05T14:30:00Z, 2026-01-05T21:00:00Z)';
const halt = '[2026-01-05T15:00:00, 2026-01-05T15:05:00)';

interface Shown {
  readonly value: { readonly start: string; readonly end: string };
}

describe('RANGE', () => {
  it('is stored and read back, half open or unbounded, alone and repeated', async () => {
    await table.insert([
      {
        symbol: 'ES',
        open: bigquery.range(day, 'TIMESTAMP'),
        halts: [bigquery.range(halt, 'DATETIME')],
      },
      { symbol: 'BTC', open: bigquery.range('[2026-01-05T14:30:00Z, UNBOUNDED)', 'TIMESTAMP') },
      { symbol: 'NONE' },
    ]);
    expect(await table.getMetadata()).toMatchObject([{ schema: { fields: sessions } }, {}]);
    const [listed] = await table.getRows();
    const [queried] = await bigquery.query('SELECT * FROM ranges.sessions');
    for (const rows of [listed, queried]) {
      const shown = rows.map(
        ({ symbol, open, halts }: { symbol: string; open: Shown | null; halts: Shown[] }) => [
          symbol,
          open?.value,
          halts.map(({ value }) => value),
        ],
      );
      expect(shown).toEqual([
        [
          'ES',
          { start: '2026-01-05T14:30:00.000Z', end: '2026-01-05T21:00:00.000Z' },
          [{ start: '2026-01-05T15:00:00', end: '2026-01-05T15:05:00' }],
        ],
        ['BTC', { start: '2026-01-05T14:30:00.000Z', end: 'UNBOUNDED' }, []],
        ['NONE', undefined, []],
      ]);
    }
  });

  it('is there after a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ranges-'));
    const before = await startFixture(dataDir);
    const [dataset] = await before.bigquery.createDataset('kept');
    const [kept] = await dataset.createTable('sessions', { schema: sessions });
    await kept.insert([{ symbol: 'ES', open: before.bigquery.range(day, 'TIMESTAMP') }]);
    await before.server.close();

    const after = await startFixture(dataDir);
    const reopened = after.bigquery.dataset('kept').table('sessions');
    expect(await reopened.getMetadata()).toMatchObject([{ schema: { fields: sessions } }, {}]);
    const [rows] = await reopened.getRows();
    expect(rows).toMatchObject([
      {
        symbol: 'ES',
        open: { value: { start: '2026-01-05T14:30:00.000Z', end: '2026-01-05T21:00:00.000Z' } },
      },
    ]);
    await after.server.close();
    await rm(dataDir, { recursive: true });
  });

  it.each([
    ['positional', 'SELECT ? AS r', (range: unknown) => [range]],
    ['named', 'SELECT @r AS r', (range: unknown) => ({ r: range })],
  ])('is a %s parameter', async (_, query, params) => {
    const range = bigquery.range('[2026-01-05, 2026-02-01)', 'DATE');
    const [rows] = await bigquery.query({ query, params: params(range) });
    expect(rows).toEqual([
      { r: expect.objectContaining({ value: { start: '2026-01-05', end: '2026-02-01' } }) },
    ]);
  });

  it('is written by INSERT from a parameter of its own element type only', async () => {
    const query = 'INSERT INTO ranges.sessions (symbol, open) VALUES (@symbol, @open)';
    const open = bigquery.range(day, 'TIMESTAMP');
    await bigquery.query({ query, params: { symbol: 'NQ', open } });
    const [rows] = await bigquery.query("SELECT open FROM ranges.sessions WHERE symbol = 'NQ'");
    expect(rows).toHaveLength(1);
    const wrong = { symbol: 'NQ', open: bigquery.range('[2026-01-05, 2026-02-01)', 'DATE') };
    await expect(bigquery.query({ query, params: wrong })).rejects.toThrow('RANGE<DATE> as RANGE<TIMESTAMP>');
  });

  it.each([
    ['compared', 'SELECT 1 FROM ranges.sessions WHERE open = open', 'operator ='],
    ['ordered', 'SELECT symbol FROM ranges.sessions ORDER BY open', 'ORDER BY'],
    ['ordered by position', 'SELECT open FROM ranges.sessions ORDER BY 1', 'ORDER BY'],
    ["a window's order", 'SELECT RANK() OVER (ORDER BY open) FROM ranges.sessions', 'ORDER BY'],
    ['grouped', 'SELECT open FROM ranges.sessions GROUP BY open', 'GROUP BY'],
    ['read as a STRUCT', 'SELECT open.start FROM ranges.sessions', 'field access'],
    ['written as JSON', 'SELECT TO_JSON_STRING(open) FROM ranges.sessions', 'TO_JSON_STRING of RANGE'],
    ['cast', 'SELECT CAST(open AS STRING) FROM ranges.sessions', 'Invalid cast from RANGE'],
    ['a column of CREATE TABLE', 'CREATE TABLE ranges.made (r RANGE<DATE>)', 'Syntax error'],
  ])('is refused where it is %s', async (_, query, message) => {
    await expect(bigquery.query(query)).rejects.toThrow(message);
  });

  it('is refused with bounds out of order, and without a type of its elements', async () => {
    const backwards = { symbol: 'ES', open: { start: '2026-01-05T21:00:00Z', end: '2026-01-05T14:30:00Z' } };
    await expect(table.insert([backwards])).rejects.toMatchObject({
      errors: [
        {
          errors: [{ message: expect.stringContaining('Cannot convert value to range'), reason: 'invalid' }],
        },
      ],
    });
    const untyped = { schema: [{ name: 'r', type: 'RANGE' }] };
    await expect(bigquery.dataset('ranges').createTable('untyped', untyped)).rejects.toThrow(
      'rangeElementType',
    );
    const fields = sessions.map((field) =>
      field.name === 'open' ? { ...field, rangeElementType: { type: 'DATE' } } : field,
    );
    await expect(table.setMetadata({ schema: { fields } })).rejects.toThrow(
      'has changed the type of its elements',
    );
  });
});
