import { describe as suite, expect, it } from '@jest/globals';
import { describe, opsUrl } from './indexes-command.ts';

suite('bellwether indexes', () => {
  it('says what each query lacked, then the entries to paste', () => {
    const composite = {
      collectionGroup: 'orders',
      queryScope: 'COLLECTION_GROUP',
      fields: [
        { fieldPath: 'tags', arrayConfig: 'CONTAINS' },
        { fieldPath: 'placedAt', order: 'DESCENDING' },
        { fieldPath: 'shape', vectorConfig: { dimension: 3 } },
      ],
    };
    const indexes = [{ order: 'ASCENDING' }, { order: 'DESCENDING', queryScope: 'COLLECTION_GROUP' }];
    const override = { collectionGroup: 'orders', fieldPath: 'owner', indexes };
    const file = { indexes: [composite], fieldOverrides: [override] };
    const missing = [
      { definition: composite, queries: 2 },
      { definition: override, queries: 1 },
    ];
    const [first, second, ...rest] = describe({ missing, file }).split('\n');
    expect(first).toBe(
      '2 queries: orders (COLLECTION_GROUP) tags CONTAINS, placedAt DESCENDING, shape VECTOR(3)',
    );
    expect(second).toBe('1 query: orders (COLLECTION_GROUP) owner DESCENDING');
    expect(rest.slice(0, 2)).toEqual(['', 'Add to firestore.indexes.json:']);
    expect(JSON.parse(rest.slice(2).join('\n'))).toEqual(file);
    expect(describe({ missing: [], file: { indexes: [], fieldOverrides: [] } })).toBe(
      'No query lacked an index.\n',
    );
  });

  it.each([
    ['127.0.0.1:8181', 'http://127.0.0.1:8181/indexes'],
    ['http://localhost:8181', 'http://localhost:8181/indexes'],
  ])('asks the ops server at %s', (text, url) => {
    expect(opsUrl(text).href).toBe(url);
  });

  it.each([undefined, '', 'http://', 'a b'])('names the option when it is %p', (text) => {
    expect(() => opsUrl(text)).toThrow('--ops');
  });
});
