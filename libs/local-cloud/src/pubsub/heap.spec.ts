import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Heap } from './heap.ts';

interface Item {
  place: number;
  readonly value: number;
}

describe('Heap', () => {
  it('gives back what it was given less what was removed, in order', () => {
    const values = fc.array(fc.record({ value: fc.nat(50), isRemoved: fc.boolean() }));
    fc.assert(
      fc.property(values, (given) => {
        const heap = new Heap<Item>((a, b) => a.value < b.value);
        const items = given.map(({ value, isRemoved }) => ({ place: -1, value, isRemoved }));
        for (const item of items) heap.add(item);
        for (const item of items) if (item.isRemoved) heap.remove(item);
        const kept = items.filter(({ isRemoved }) => !isRemoved).map(({ value }) => value);
        const taken: number[] = [];
        for (let item = heap.take(); item !== undefined; item = heap.take()) taken.push(item.value);
        expect(taken).toEqual(kept.toSorted((a, b) => a - b));
        expect(items.every(({ place }) => place === -1)).toBe(true);
      }),
    );
  });
});
