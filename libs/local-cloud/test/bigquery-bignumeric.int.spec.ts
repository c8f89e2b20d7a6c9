import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adapt, managedwriter } from '@google-cloud/bigquery-storage';

import { formatBigNumeric, parseBigNumeric } from '../src/bigquery/values/numeric.ts';
import { closeWriterClient, newWriterClient, plain, project, startFixture } from './bigquery-fixture.ts';
import type { Fixture } from './bigquery-fixture.ts';

const digits76 = '12345678901234567890123456789012345678.12345678901234567890123456789012345679';
const greatest = '578960446186580977117854925043439539266.34992332820282019728792003956564819967';
const smallest = '0.00000000000000000000000000000000000001';
const halfOfSmallest = '0.000000000000000000000000000000000000005';

/** Worked out by hand. */
const answers: readonly (readonly [string, readonly unknown[]])[] = [
  [`SELECT BIGNUMERIC '${digits76}', BIGDECIMAL "-${digits76}"`, [digits76, `-${digits76}`]],
  [`SELECT BIGNUMERIC '0.1' + BIGNUMERIC '0.2', BIGNUMERIC '0.1' - BIGNUMERIC '0.3'`, ['0.3', '-0.2']],
  [`SELECT BIGNUMERIC '1' - BIGNUMERIC '${smallest}'`, [`0.${'9'.repeat(38)}`]],
  [
    `SELECT BIGNUMERIC '${'9'.repeat(38)}.${'9'.repeat(38)}' + BIGNUMERIC '${smallest}'`,
    [`1${'0'.repeat(38)}`],
  ],
  [`SELECT BIGNUMERIC '${halfOfSmallest}', BIGNUMERIC '-${halfOfSmallest}'`, [smallest, `-${smallest}`]],
  [`SELECT -BIGNUMERIC '1.5', BIGNUMERIC '1.5' + 1, BIGNUMERIC '1.5' + NUMERIC '-0.5'`, ['-1.5', '2.5', '1']],
  [`SELECT 2 - BIGNUMERIC '0.5', NUMERIC '-0.5' - BIGNUMERIC '1'`, ['1.5', '-1.5']],
  [`SELECT BIGNUMERIC '0.5' + CAST(0.25 AS FLOAT64)`, [0.75]],
  [
    `SELECT BIGNUMERIC '2' = 2, BIGNUMERIC '1.5' > NUMERIC '1.4', BIGNUMERIC '-2' < BIGNUMERIC '-1', BIGNUMERIC '10' > BIGNUMERIC '9'`,
    [true, true, true, true],
  ],
  [`SELECT BIGNUMERIC '1' IN (1, 2), BIGNUMERIC '1.5' BETWEEN 1 AND 2`, [true, true]],
  [`SELECT CAST(BIGNUMERIC '2.5' AS INT64), CAST(BIGNUMERIC '-2.5' AS INT64)`, [3, -3]],
  [
    `SELECT CAST(BIGNUMERIC '1.0000000005' AS NUMERIC), CAST(BIGNUMERIC '-1.0000000005' AS NUMERIC)`,
    ['1.000000001', '-1.000000001'],
  ],
  [
    `SELECT CAST(BIGNUMERIC '-0.5' AS STRING), CAST(BIGNUMERIC '10' AS STRING), CAST(BIGNUMERIC '0' AS STRING)`,
    ['-0.5', '10', '0'],
  ],
  [`SELECT CAST(BIGNUMERIC '${digits76}' AS STRING)`, [digits76]],
  [
    `SELECT CAST(BIGNUMERIC '0.25' AS FLOAT64), CAST(3 AS BIGNUMERIC), CAST(-3 AS BIGNUMERIC)`,
    [0.25, '3', '-3'],
  ],
  [`SELECT CAST(NUMERIC '-0.000000001' AS BIGNUMERIC)`, ['-0.000000001']],
  [`SELECT SAFE_CAST('x' AS BIGNUMERIC), SAFE_CAST(BIGNUMERIC '1e30' AS INT64)`, [null, null]],
  [`SELECT CAST(NULL AS BIGNUMERIC) + 1, COALESCE(NULL, BIGNUMERIC '3')`, [null, '3']],
  [`SELECT GREATEST(BIGNUMERIC '1', 2, BIGNUMERIC '1.5'), LEAST(BIGNUMERIC '1', 2)`, ['2', '1']],
  [
    `SELECT ARRAY(SELECT CAST(x AS BIGNUMERIC) FROM UNNEST(['1.5', ' +2. ', '.25', '-${halfOfSmallest}', '007']) x WITH OFFSET o ORDER BY o)`,
    [['1.5', '2', '0.25', `-${smallest}`, '7']],
  ],
  [
    `SELECT SUM(x), MIN(x), MAX(x), COUNT(DISTINCT x) FROM UNNEST([BIGNUMERIC '0.1', BIGNUMERIC '0.2', BIGNUMERIC '-7', BIGNUMERIC '0.1']) x`,
    ['-6.6', '-7', '0.2', 3],
  ],
  [
    `SELECT ARRAY(SELECT x FROM UNNEST([BIGNUMERIC '9', BIGNUMERIC '-10', BIGNUMERIC '10', BIGNUMERIC '-9', BIGNUMERIC '0']) x ORDER BY x)`,
    [['-10', '-9', '0', '9', '10']],
  ],
  [`SELECT 'é BIGNUMERIC', x AS BIGNUMERIC FROM UNNEST([BIGNUMERIC '1']) x`, ['é BIGNUMERIC', '1']],
];

const refusals: readonly (readonly [string, string])[] = [
  [`SELECT BIGNUMERIC '${greatest}' + BIGNUMERIC '${smallest}'`, 'BIGNUMERIC overflow'],
  [
    `SELECT SUM(x) FROM UNNEST([BIGNUMERIC '${greatest}', BIGNUMERIC '${greatest}']) x`,
    'BIGNUMERIC overflow',
  ],
  [`SELECT BIGNUMERIC '6e38'`, 'Could not cast literal'],
  [`SELECT CAST(x AS BIGNUMERIC) FROM UNNEST(['1e3']) x`, 'exponent'],
  [`SELECT SAFE_CAST(x AS BIGNUMERIC) FROM UNNEST(['1e3']) x`, 'exponent'],
  [`SELECT CAST(x AS BIGNUMERIC) FROM UNNEST(['one']) x`, 'Bad BIGNUMERIC value'],
  [`SELECT CAST(x AS BIGNUMERIC) FROM UNNEST([1.5]) x`, 'not supported'],
  [`SELECT BIGNUMERIC '2' * 2`, 'BIGNUMERIC in operator *'],
  [`SELECT 1 / BIGNUMERIC '2'`, 'BIGNUMERIC in operator /'],
  [`SELECT SAFE_DIVIDE(BIGNUMERIC '2', 1)`, 'BIGNUMERIC in function SAFE_DIVIDE'],
  [`SELECT AVG(x) FROM UNNEST([BIGNUMERIC '2']) x`, 'BIGNUMERIC in aggregate function AVG'],
  [`SELECT ABS(BIGNUMERIC '-2')`, 'BIGNUMERIC in function ABS'],
  [`SELECT ROUND(BIGNUMERIC '2.5')`, 'BIGNUMERIC in function ROUND'],
  [`SELECT SQRT(BIGNUMERIC '4')`, 'BIGNUMERIC in function SQRT'],
  [`SELECT FORMAT('%f', BIGNUMERIC '4')`, 'not supported'],
  [`SELECT TO_JSON_STRING(BIGNUMERIC '4')`, 'TO_JSON_STRING of BIGNUMERIC'],
];

describe('BIGNUMERIC', () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await startFixture();
    await fixture.bigquery.createDataset('d');
  });
  afterAll(() => fixture.server.close());

  const valuesOf = async (query: string): Promise<unknown[]> => {
    const [rows] = await fixture.bigquery.query(query);
    return plain(rows).flatMap((row) => Object.values(row));
  };

  it.each(answers)('answers %s', async (query, expected) => {
    expect(await valuesOf(query)).toEqual(expected);
  });

  it.each(refusals)('refuses %s', async (query, message) => {
    await expect(fixture.bigquery.query(query)).rejects.toMatchObject({
      errors: [{ reason: 'invalidQuery', message: expect.stringContaining(message) as unknown }],
    });
  });

  it('adds, subtracts and orders as integers of 1e-38 do', async () => {
    const value = fc.bigInt({ min: -(2n ** 253n), max: 2n ** 253n });
    await fc.assert(
      fc.asyncProperty(value, value, async (a, b) => {
        const [left = '', right = ''] = [a, b].map((count) => `BIGNUMERIC '${formatBigNumeric(count)}'`);
        const [sum, difference, isLess] = await valuesOf(
          `SELECT ${left} + ${right}, ${left} - ${right}, ${left} < ${right}`,
        );
        expect([parseBigNumeric(String(sum)), parseBigNumeric(String(difference)), isLess]).toEqual([
          a + b,
          a - b,
          a < b,
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('goes through tables, parameters and both ways of streaming', async () => {
    const schema = [
      { name: 'v', type: 'BIGNUMERIC' },
      { name: 'list', type: 'BIGDECIMAL', mode: 'REPEATED' },
    ];
    const [table] = await fixture.bigquery.dataset('d').createTable('t', { schema });
    expect(table.metadata).toMatchObject({
      schema: { fields: [{ type: 'BIGNUMERIC' }, { type: 'BIGNUMERIC' }] },
    });
    await table.insert([{ v: digits76, list: ['-1', smallest] }, { v: 2 }]);
    await expect(table.insert([{ v: '6e38' }])).rejects.toMatchObject({ name: 'PartialFailureError' });

    const stored = adapt.convertBigQuerySchemaToStorageTableSchema({
      fields: schema.map((field) => ({ ...field, type: 'BIGNUMERIC' })),
    });
    const client = newWriterClient(fixture.server.storagePort);
    const connection = await client.createStreamConnection({
      streamId: managedwriter.DefaultStream,
      destinationTable: `projects/${project}/datasets/d/tables/t`,
    });
    const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(stored, 'root');
    const writer = new managedwriter.JSONWriter({ connection, protoDescriptor });
    await writer.appendRows([{ v: `-${digits76}`, list: [] }]).getResult();
    connection.close();
    await closeWriterClient(client);

    const [rows] = await fixture.bigquery.query({
      query: 'SELECT v, list FROM d.t WHERE v <= @limit AND v IN UNNEST(@wanted) ORDER BY v',
      params: { limit: digits76, wanted: [`-${digits76}`, digits76] },
      types: { limit: 'BIGNUMERIC', wanted: ['BIGNUMERIC'] },
    });
    expect(plain(rows)).toEqual([
      { v: `-${digits76}`, list: [] },
      { v: digits76, list: ['-1', smallest] },
    ]);
    expect(await valuesOf('SELECT SUM(v) FROM d.t')).toEqual(['2']);
  });
});
