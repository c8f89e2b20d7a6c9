import { type CollectionSpec, type QuerySpec, collections, queries } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IndexFile, lintIndexes } from '../support/lint-indexes.ts';
import { root } from '../support/root.ts';

const file = IndexFile.parse(JSON.parse(readFileSync(join(root, 'firestore.indexes.json'), 'utf8')));
const catalogue: readonly QuerySpec[] = Object.values(queries);

describe('firestore.indexes.json', () => {
  it('holds the index of every query, and nothing that costs a write without serving one', () => {
    expect(lintIndexes(file, catalogue, Object.values(collections))).toEqual([]);
  });
});

const collection: CollectionSpec = {
  path: 'tenants/{t}/trades/{id}',
  owners: ['ledger'],
  retention: 'kept',
  isImmutable: false,
  arrays: {},
};
const byStatus: QuerySpec = {
  owner: 'cli',
  collection: 'trades',
  scope: 'COLLECTION_GROUP',
  equal: ['status'],
  orderBy: [],
};
const latest: QuerySpec = {
  ...byStatus,
  equal: ['shard'],
  orderBy: [{ field: 'closedAt', direction: 'DESCENDING' }],
};
const exempt = { collectionGroup: 'trades', fieldPath: '*', indexes: [] };
const expiry = { collectionGroup: 'trades', fieldPath: 'expireAt', ttl: true, indexes: [] } as const;
const statusIndex = {
  collectionGroup: 'trades',
  fieldPath: 'status',
  indexes: [{ order: 'ASCENDING', queryScope: 'COLLECTION_GROUP' }],
} as const;
const latestIndex = {
  collectionGroup: 'trades',
  queryScope: 'COLLECTION_GROUP',
  fields: [
    { fieldPath: 'shard', order: 'ASCENDING' },
    { fieldPath: 'closedAt', order: 'DESCENDING' },
  ],
} as const;

describe('the check of an index file', () => {
  it('finds nothing where each query has its index, and each index its query', () => {
    const whole = { indexes: [latestIndex], fieldOverrides: [exempt, statusIndex] };
    expect(lintIndexes(copy(whole), [byStatus, latest], [collection])).toEqual([]);
  });

  it.each<[string, readonly QuerySpec[], object, readonly string[]]>([
    [
      'a query without its index',
      [latest],
      { indexes: [], fieldOverrides: [exempt] },
      ['no index trades COLLECTION_GROUP shard ASCENDING, closedAt DESCENDING'],
    ],
    [
      'an index in the other scope',
      [byStatus],
      {
        indexes: [],
        fieldOverrides: [
          exempt,
          { ...statusIndex, indexes: [{ order: 'ASCENDING', queryScope: 'COLLECTION' }] },
        ],
      },
      [
        'no index trades COLLECTION_GROUP status ASCENDING',
        'no query needs trades COLLECTION status ASCENDING',
      ],
    ],
    [
      'an index without a query',
      [],
      { indexes: [latestIndex], fieldOverrides: [exempt] },
      ['no query needs trades COLLECTION_GROUP shard ASCENDING, closedAt DESCENDING'],
    ],
    [
      'an index that grows with time and has no shard in front',
      [{ ...latest, equal: ['status'] }],
      {
        indexes: [
          {
            ...latestIndex,
            fields: [{ fieldPath: 'status', order: 'ASCENDING' }, latestIndex.fields[1]],
          },
        ],
        fieldOverrides: [exempt],
      },
      ['grows in one place: trades COLLECTION_GROUP status ASCENDING, closedAt DESCENDING'],
    ],
    [
      'a time that is indexed alone',
      [{ ...byStatus, equal: ['details.openedAt'] }],
      { indexes: [], fieldOverrides: [exempt, { ...statusIndex, fieldPath: 'details.openedAt' }] },
      ['grows in one place: trades COLLECTION_GROUP details.openedAt ASCENDING'],
    ],
    [
      'a collection with automatic indexes',
      [],
      { indexes: [], fieldOverrides: [] },
      ['trades indexes fields that nothing asks for'],
    ],
    [
      'an exemption that lists the automatic indexes again',
      [],
      {
        indexes: [],
        fieldOverrides: [
          exempt,
          {
            collectionGroup: 'trades',
            fieldPath: 'quantity',
            indexes: [
              { order: 'ASCENDING', queryScope: 'COLLECTION' },
              { order: 'DESCENDING', queryScope: 'COLLECTION' },
            ],
          },
        ],
      },
      [
        'no query needs trades COLLECTION quantity ASCENDING',
        'no query needs trades COLLECTION quantity DESCENDING',
      ],
    ],
    [
      'an exemption of what is exempt',
      [],
      { indexes: [], fieldOverrides: [exempt, { ...exempt, fieldPath: 'changedAt' }] },
      ['exempts nothing: trades.changedAt'],
    ],
    ['the same twice', [], { indexes: [], fieldOverrides: [exempt, exempt] }, ['twice: trades.*']],
    [
      'an exemption of no collection',
      [],
      { indexes: [], fieldOverrides: [exempt, { ...exempt, collectionGroup: 'fills' }] },
      ['no collection for fills.*'],
    ],
    [
      'an expiry that no collection declares',
      [],
      { indexes: [], fieldOverrides: [exempt, expiry] },
      ['no collection expires by trades.expireAt'],
    ],
  ])('names %s', (_what, asked, bad, problems) => {
    expect(lintIndexes(copy(bad), asked, [collection])).toEqual(problems);
  });

  it('names an expiry that is indexed, and one that is missing', () => {
    const expiring: CollectionSpec = { ...collection, retention: 'expireAt' };
    const indexed = { ...expiry, indexes: statusIndex.indexes };
    expect(lintIndexes(copy({ indexes: [], fieldOverrides: [exempt, indexed] }), [], [expiring])).toEqual([
      'no query needs trades COLLECTION_GROUP expireAt ASCENDING',
      'grows in one place: trades COLLECTION_GROUP expireAt ASCENDING',
      'indexes expiry: trades.expireAt',
    ]);
    expect(lintIndexes(copy({ indexes: [], fieldOverrides: [exempt] }), [], [expiring])).toEqual([
      'nothing expires by trades.expireAt',
    ]);
  });
});

function copy(bad: object): IndexFile {
  return IndexFile.parse(structuredClone(bad));
}
