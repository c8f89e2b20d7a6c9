import { describe, expect, it } from '@jest/globals';
import { parseIndexFile } from './index-file.ts';

const index = {
  collectionGroup: 'openPositions',
  queryScope: 'COLLECTION_GROUP',
  fields: [
    { fieldPath: 'shard', order: 'ASCENDING' },
    { fieldPath: 'tags', arrayConfig: 'CONTAINS' },
  ],
};
const override = { collectionGroup: 'outbox', fieldPath: '*', ttl: true, indexes: [{ order: 'DESCENDING' }] };

describe('the index file', () => {
  it('reads what the Firebase CLI writes', () => {
    const file = { indexes: [{ ...index, density: 'SPARSE_ALL' }], fieldOverrides: [override] };
    expect(parseIndexFile(file)).toEqual({ indexes: [index], fieldOverrides: [override] });
    expect(parseIndexFile({})).toEqual({ indexes: [], fieldOverrides: [] });
  });

  it('reads vector indexes', () => {
    const vector = { fieldPath: 'shape', vectorConfig: { dimension: 3, flat: {} } };
    const file = { indexes: [{ ...index, fields: [vector] }], fieldOverrides: [] };
    expect(parseIndexFile(file)).toEqual(file);
  });

  it('leaves the indexes of a field alone where an override lists none', () => {
    const expiring = { collectionGroup: 'outbox', fieldPath: 'expireAt', ttl: true };
    expect(parseIndexFile({ fieldOverrides: [expiring] }).fieldOverrides).toEqual([expiring]);
    const exempt = { ...expiring, indexes: [] };
    expect(parseIndexFile({ fieldOverrides: [exempt] }).fieldOverrides).toEqual([exempt]);
  });

  it.each([
    ['the file must be an object', []],
    ['indexes must be a list', { indexes: {} }],
    ['indexes[1].collectionGroup must be text', { indexes: [index, {}] }],
    [
      'indexes[0].queryScope must be COLLECTION or COLLECTION_GROUP',
      { indexes: [{ ...index, queryScope: 'X' }] },
    ],
    ['indexes[0].fields must be a list that is not empty', { indexes: [{ ...index, fields: [] }] }],
    [
      'indexes[0].fields[0].order must be ASCENDING or DESCENDING',
      { indexes: [{ ...index, fields: [{ fieldPath: 'shard' }] }] },
    ],
    [
      'indexes[0].fields[0].vectorConfig.dimension must be a whole number above 0',
      { indexes: [{ ...index, fields: [{ fieldPath: 'shape', vectorConfig: { dimension: 0 } }] }] },
    ],
    ['fieldOverrides[0].ttl must be true or false', { fieldOverrides: [{ ...override, ttl: 'yes' }] }],
    ['fieldOverrides[0].indexes[0] must be an object', { fieldOverrides: [{ ...override, indexes: ['x'] }] }],
  ])('%s', (message, file) => {
    expect(() => parseIndexFile(file)).toThrow(message);
  });
});
