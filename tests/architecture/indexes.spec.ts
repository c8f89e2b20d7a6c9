import { type QuerySpec, queries } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../support/root.ts';

const IndexFile = z.strictObject({
  indexes: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      queryScope: z.enum(['COLLECTION', 'COLLECTION_GROUP']),
      fields: z.array(z.strictObject({ fieldPath: z.string(), order: z.enum(['ASCENDING', 'DESCENDING']) })),
    }),
  ),
  fieldOverrides: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      fieldPath: z.string(),
      ttl: z.literal(true).optional(),
      indexes: z.array(z.unknown()),
    }),
  ),
});
const { indexes, fieldOverrides } = IndexFile.parse(
  JSON.parse(readFileSync(join(root, 'firestore.indexes.json'), 'utf8')),
);

/** Automatic single-field indexes serve what one field alone filters or sorts, inside one collection. */
function isAutomatic({ scope, equal, orderBy }: QuerySpec): boolean {
  return scope === 'COLLECTION' && equal.length + orderBy.length <= 1;
}

function indexOf({ collection, scope, equal, orderBy }: QuerySpec) {
  return {
    collectionGroup: collection,
    queryScope: scope,
    fields: [
      ...equal.map((fieldPath) => ({ fieldPath, order: 'ASCENDING' })),
      ...orderBy.map(({ field: fieldPath, direction: order }) => ({ fieldPath, order })),
    ],
  };
}

describe('the query catalogue and firestore.indexes.json', () => {
  const catalogue: readonly QuerySpec[] = queries;
  const needed = catalogue.filter((query) => !isAutomatic(query)).map(indexOf);

  it('have an index for every query that needs one', () => {
    expect(needed.filter((index) => !indexes.some((found) => same(found, index)))).toEqual([]);
  });

  it('have a query for every index', () => {
    expect(indexes.filter((index) => !needed.some((found) => same(found, index)))).toEqual([]);
  });

  it('exempt no field that a query needs', () => {
    const exempt = catalogue.filter(({ collection, equal, orderBy }) =>
      fieldOverrides.some(
        ({ collectionGroup, fieldPath }) =>
          collectionGroup === collection &&
          [...equal, ...orderBy.map(({ field }) => field)].some(
            (field) => fieldPath === '*' || fieldPath === field,
          ),
      ),
    );
    expect(exempt).toEqual([]);
  });

  it('index no field that holds an expiry time', () => {
    expect(fieldOverrides.filter(({ ttl, indexes: kept }) => ttl === true && kept.length > 0)).toEqual([]);
  });
});

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
