import { describe, expect, it } from '@jest/globals';

import { readTable } from '../catalogue/table.ts';
import type { TableReference } from '../catalogue/table.ts';
import { notFound } from '../errors.ts';
import { translateStatement } from './statement.ts';
import { typeText } from './type.ts';

const fields = [
  { name: 'id', type: 'INT64' },
  { name: 'price', type: 'NUMERIC' },
  { name: 'size', type: 'FLOAT64' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'tags', type: 'STRING', mode: 'REPEATED' },
];

const catalogue = {
  dataset: (project: string, id: string) => ({
    project,
    id,
    location: 'US',
    settings: {},
    createdAtMs: 0,
    modifiedAtMs: 0,
  }),
  table(reference: TableReference) {
    if (reference.table !== 't' || reference.dataset !== 'd') throw notFound('Table');
    return readTable(reference, { schema: { fields } }, 7, 0);
  },
  datasets: () => [],
  tables: () => [],
  routines: () => [],
  routine() {
    throw notFound('Routine');
  },
};

const translate = (statement: string, parameters: readonly object[] = []) =>
  translateStatement(statement, { catalogue, project: 'p', parameters, nowMicros: 0n });

describe('the types of a query', () => {
  it.each([
    ['1', 'INT64'],
    ['1.0', 'FLOAT64'],
    ['NULL', 'INT64'],
    ['1 / 2', 'FLOAT64'],
    ['price / 2', 'NUMERIC'],
    ['price * 1.5', 'NUMERIC'],
    ['price * size', 'FLOAT64'],
    ['id + price', 'NUMERIC'],
    ['SUM(id)', 'INT64'],
    ['AVG(id)', 'FLOAT64'],
    ['AVG(price)', 'NUMERIC'],
    ['MIN_BY(at, price)', 'TIMESTAMP'],
    ['COUNTIF(id > 1)', 'INT64'],
    ['IF(id > 1, NULL, price)', 'NUMERIC'],
    ['COALESCE(id, 1.5)', 'FLOAT64'],
    ['DATE(at)', 'DATE'],
    ['TIMESTAMP_DIFF(at, at, DAY)', 'INT64'],
    ['ROUND(id)', 'FLOAT64'],
    ["CONCAT('a', 'b')", 'STRING'],
    ['tags', 'ARRAY<STRING>'],
    ['at > "2024-01-01"', 'BOOL'],
  ])('%s is %s', async (expression, expected) => {
    const { columns } = await translate(`SELECT ${expression} AS x FROM d.t`);
    expect(columns.map(({ name, type }) => [name, typeText(type)])).toEqual([['x', expected]]);
  });

  it('names columns as BigQuery does', async () => {
    const { columns } = await translate('SELECT 1, id, 2, t.price AS p FROM d.t');
    expect(columns.map(({ name }) => name)).toEqual(['f0_', 'id', 'f1_', 'p']);
  });
});

const text = (value: string): object => ({
  name: 's',
  parameterType: { type: 'STRING' },
  parameterValue: { value },
});

describe('parameters', () => {
  it('stay values whatever they hold', async () => {
    const { sql } = await translate('SELECT @s', [text(`'); DROP TABLE x; --`)]);
    expect(sql).toBe(`SELECT CAST('''); DROP TABLE x; --' AS VARCHAR) AS "f0_"`);
    expect((await translate('SELECT @s', [text('a\0b')])).sql).toBe(
      `SELECT decode(from_hex('610062')) AS "f0_"`,
    );
  });

  it('must exist and fit their type', async () => {
    await expect(translate('SELECT @x', [text('a')])).rejects.toThrow("Query parameter 'x' not found");
    await expect(translate('SELECT ?', [text('a')])).rejects.toThrow('number 1 is not defined');
    const number = { name: 'n', parameterType: { type: 'INT64' }, parameterValue: { value: 'x' } };
    await expect(translate('SELECT @n', [number])).rejects.toThrow('"x" is not a INT64');
  });
});

describe('names in tables', () => {
  it.each([
    'SELECT id FROM d.t',
    'SELECT id FROM p.d.t',
    'SELECT id FROM `p.d.t`',
    'SELECT ID FROM `d`.t AS x WHERE X.Id > 1',
  ])('resolves %s', async (statement) => {
    expect((await translate(statement)).sql).toContain('FROM stored.t7 AS s1');
  });

  it('quotes what a statement calls its columns', async () => {
    expect((await translate('SELECT 1 AS `a "b" c`')).sql).toContain('AS "a ""b"" c"');
  });
});

describe('what is not known to mean the same', () => {
  it.each([
    ["SELECT rb'x'", 'Syntax error'],
    [`SELECT 'a' "b"`, 'Syntax error'],
    ["SELECT 'a''b'", 'string literal'],
    ["SELECT b'\\xff'", 'string literal'],
    ['SELECT 0x1F', 'hex number literal'],
    ['SELECT CAST(id AS INTERVAL) FROM d.t', 'INTERVAL'],
    ['SELECT CAST(id AS NUMERIC(10, 2)) FROM d.t', 'NUMERIC'],
    ['SELECT SUM(id ORDER BY id) FROM d.t', 'with order by'],
    ['SELECT SUM(DISTINCT id) OVER () FROM d.t', 'DISTINCT in a window function'],
    ['SELECT ANY_VALUE(id HAVING MAX at) FROM d.t', 'with having max'],
    ['SELECT TIMESTAMP_TRUNC(at, ISOYEAR) FROM d.t', 'ISOYEAR'],
    ['SELECT TIMESTAMP_DIFF(at, at, WEEK) FROM d.t', 'WEEK'],
    ['SELECT id FROM d.t NATURAL JOIN d.t', 'NATURAL join'],
    ['SELECT id FROM d.t, UNNEST(id) AS tag', 'must be arrays'],
    ['SELECT id, id FROM d.t', 'Duplicate column names'],
    ['SELECT id FROM d.t LIMIT id', 'LIMIT expects'],
    ['SELECT id FROM d.t FOR UPDATE', 'with locks'],
    ['SELECT id FROM d.t EXCEPT ALL SELECT 1', 'EXCEPT ALL'],
    ['SELECT id + 1 AS id FROM d.t GROUP BY id', 'ambiguous'],
    ['DELETE FROM d.t WHERE TRUE', 'DELETE'],
    ['SELECT id FROM d.t WHERE tags = tags', 'No matching signature'],
    ['SELECT @@project_id', 'not supported'],
    ['SELECT id ILIKE "x" FROM d.t', 'I LIKE'],
  ])('is refused: %s', async (statement, message) => {
    await expect(translate(statement)).rejects.toMatchObject({
      reason: 'invalidQuery',
      message: expect.stringContaining(message) as unknown,
    });
  });
});
