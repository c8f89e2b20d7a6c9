import { describe, expect, it } from '@jest/globals';
import { indexFileOf, MissingIndexes } from './missing-indexes.ts';

const composite = {
  collectionGroup: 'orders',
  queryScope: 'COLLECTION',
  fields: [
    { fieldPath: 'owner', order: 'ASCENDING' },
    { fieldPath: 'placedAt', order: 'DESCENDING' },
  ],
};
const automatic = { order: 'ASCENDING', queryScope: 'COLLECTION' };
const rising = { order: 'ASCENDING', queryScope: 'COLLECTION_GROUP' };
const falling = { order: 'DESCENDING', queryScope: 'COLLECTION_GROUP' };
const named = (i: number) => ({ ...composite, collectionGroup: `c${i}` });
const override = (...indexes: object[]) => ({ collectionGroup: 'orders', fieldPath: 'owner', indexes });

describe('the indexes that queries lacked', () => {
  it('are listed once each, with how many queries lacked them', () => {
    const missing = new MissingIndexes();
    for (const definition of [composite, override(automatic, rising), composite]) missing.add(definition);
    expect(missing.list()).toEqual([
      { definition: composite, queries: 2 },
      { definition: override(automatic, rising), queries: 1 },
    ]);
  });

  it('are a thousand at most; those known are counted on', () => {
    const missing = new MissingIndexes();
    for (let i = 0; i < 1001; i += 1) missing.add(named(i));
    missing.add(named(999));
    missing.add(named(1000));
    expect(missing.list()).toHaveLength(1000);
    expect(missing.list().at(-1)).toEqual({ definition: named(999), queries: 2 });
  });

  it('make one file, in which a field has one override', () => {
    const missing = new MissingIndexes();
    missing.add(override(automatic, rising));
    missing.add(composite);
    missing.add(override(automatic, falling));
    expect(indexFileOf(missing.list())).toEqual({
      indexes: [composite],
      fieldOverrides: [override(automatic, rising, falling)],
    });
    expect(indexFileOf([])).toEqual({ indexes: [], fieldOverrides: [] });
  });
});
