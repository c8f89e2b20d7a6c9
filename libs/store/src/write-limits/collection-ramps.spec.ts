import { describe, expect, it } from '@jest/globals';
import { CollectionRamps } from './collection-ramps.ts';

const fiveMinutes = 5 * 60_000;

describe('the ramps of collections', () => {
  function known(others: number): number {
    const ramps = new CollectionRamps();
    ramps.note('old', 0);
    for (let i = 0; i < others; i += 1) ramps.note(`other${i}`, 0);
    return ramps.limitOf('old', fiveMinutes);
  }

  it('know the collections of the last writes, and not all that ever were', () => {
    expect([known(0), known(9_998), known(15_000), known(25_000)]).toEqual([750, 750, 750, 500]);
  });
});
