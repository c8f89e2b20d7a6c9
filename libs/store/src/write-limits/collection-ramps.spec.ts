import { describe, expect, it } from '@jest/globals';
import { CollectionRamps } from './collection-ramps.ts';

const fiveMinutes = 5 * 60_000;

/** How far a collection has come after five minutes, where so many others came after it. */
function limitAfter(others: number): number {
  const ramps = new CollectionRamps();
  ramps.note('old', 0);
  for (let i = 0; i < others; i += 1) ramps.note(`other${i}`, 0);
  return ramps.limitOf('old', fiveMinutes);
}

describe('the ramps of collections', () => {
  it('know the collections of the last writes, and not all that ever were', () => {
    expect([0, 9_998, 15_000, 25_000].map(limitAfter)).toEqual([750, 750, 750, 500]);
  });
});
