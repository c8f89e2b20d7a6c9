import { describe, expect, it } from '@jest/globals';

import { patchTable, readTable, toTableResource } from './table.ts';

const reference = { project: 'p', dataset: 'd', table: 't' };
const fields = [
  { name: 'id', type: 'INTEGER', mode: 'REQUIRED' },
  { name: 'at', type: 'TIMESTAMP' },
];
const table = readTable(
  reference,
  { schema: { fields }, timePartitioning: { field: 'AT', type: 'HOUR' }, labels: { a: '1', b: '2' } },
  1,
  10,
);

describe('a table', () => {
  it('keeps what it was created with', () => {
    expect(table.partitioning).toEqual({ column: 'at', unit: 'HOUR', requireFilter: false });
    expect(toTableResource(table, 'US', 3)).toMatchObject({
      id: 'p:d.t',
      schema: { fields: [fields[0], { name: 'at', type: 'TIMESTAMP' }] },
      creationTime: '10',
      numRows: '3',
    });
  });

  it.each([
    [{ schema: { fields: [...fields, { name: 'ID', type: 'STRING' }] } }, 'already exists in schema'],
    [{ schema: { fields: [{ name: 'a b!', type: 'STRING' }] } }, 'Invalid field name'],
    [{ schema: { fields: [{ name: 'g', type: 'INTERVAL' }] } }, 'type INTERVAL is not supported'],
    [{ schema: { fields: [{ name: 'g', type: 'RANGE' }] } }, 'needs a rangeElementType'],
    [
      { schema: { fields: [{ name: 'g', type: 'RANGE', rangeElementType: { type: 'TIME' } }] } },
      'needs a rangeElementType',
    ],
    [{ schema: { fields }, timePartitioning: { field: 'id' } }, 'not a TIMESTAMP or DATE column'],
    [{ schema: { fields }, timePartitioning: { type: 'DAY' } }, 'by ingestion time'],
    [
      { schema: { fields }, timePartitioning: { field: 'at', expirationMs: 'soon' } },
      'Invalid value for timePartitioning.expirationMs: "soon"',
    ],
    [{ view: { query: 'SELECT 1' } }, 'Views in legacy SQL'],
    [{ schema: { fields }, expirationTime: 'soon' }, 'Invalid value for expirationTime: "soon"'],
  ])('is refused as %j', (body, message) => {
    expect(() => readTable(reference, body, 1, 0)).toThrow(message);
  });
});

describe('a patch', () => {
  it('merges labels, removes what is null and leaves the rest', () => {
    const patched = patchTable(table, { labels: { a: null, c: '3' }, timePartitioning: null }, 20);
    expect(patched.settings).toEqual({ labels: { b: '2', c: '3' } });
    expect(patched).toMatchObject({ partitioning: undefined, createdAtMs: 10, modifiedAtMs: 20 });
  });

  it('adds columns behind the old ones and relaxes REQUIRED', () => {
    const schema = {
      fields: [{ name: 'new', type: 'STRING' }, { ...fields[0], mode: 'NULLABLE' }, fields[1]],
    };
    expect(patchTable(table, { schema }, 20).columns.map(({ name, mode }) => `${name} ${mode}`)).toEqual([
      'id NULLABLE',
      'at NULLABLE',
      'new NULLABLE',
    ]);
  });

  it.each([
    [[fields[0]], 'Field at is missing in new schema'],
    [[{ ...fields[0], type: 'STRING' }, fields[1]], 'changed type from INT64 to STRING'],
    [[fields[0], { ...fields[1], mode: 'REQUIRED' }], 'changed mode from NULLABLE to REQUIRED'],
    [[...fields, { name: 'x', type: 'STRING', mode: 'REQUIRED' }], 'Cannot add required fields'],
  ])('is refused as %j', (patched, message) => {
    expect(() => patchTable(table, { schema: { fields: patched } }, 20)).toThrow(message);
  });
});
