import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrderedSet } from './ordered-set.ts';

interface Item {
  readonly key: number;
  readonly version: number;
}

const byKey = (a: Item, b: Item): number => a.key - b.key;

describe('OrderedSet', () => {
  it('holds the same items in the same order as a sorted array', () => {
    const operations = fc.array(
      fc.record({ key: fc.integer({ min: 0, max: 3000 }), remove: fc.boolean(), version: fc.nat() }),
      { minLength: 100, maxLength: 3000, size: 'max' },
    );
    fc.assert(
      fc.property(operations, fc.integer({ min: 0, max: 3000 }), (list, bound) => {
        const set = new OrderedSet(byKey);
        const model = new Map<number, Item>();
        for (const { key, version, remove } of list) {
          if (remove) set.remove({ key, version });
          else set.put({ key, version });
          if (remove) model.delete(key);
          else model.set(key, { key, version });
        }
        const sorted = [...model.values()].toSorted(byKey);
        expect([...set.ascending()]).toEqual(sorted);
        expect([...set.descending()]).toEqual(sorted.toReversed());
        expect(set.size).toBe(sorted.length);
        const below = sorted.filter(({ key }) => key < bound);
        expect(set.rank(({ key }) => key < bound)).toBe(below.length);
        expect([...set.ascending(({ key }) => key < bound)]).toEqual(sorted.slice(below.length));
        expect([...set.descending(({ key }) => key < bound)]).toEqual(below.toReversed());
      }),
      { numRuns: 20 },
    );
  });

  it('keeps order over many chunks, filled upwards, downwards and at once', () => {
    const keys = Array.from({ length: 5000 }, (_, key) => ({ key, version: 0 }));
    const upwards = new OrderedSet(byKey);
    const downwards = new OrderedSet(byKey);
    for (const item of keys) upwards.put(item);
    for (const item of keys.toReversed()) downwards.put(item);
    expect([...upwards.ascending()]).toEqual(keys);
    expect([...downwards.ascending()]).toEqual(keys);
    expect([...new OrderedSet(byKey, keys.toReversed()).ascending()]).toEqual(keys);
  });
});
