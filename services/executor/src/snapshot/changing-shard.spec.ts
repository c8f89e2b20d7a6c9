import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changesArb } from './changing-shard.arbitrary.ts';
import { ChangingShard } from './changing-shard.simulation.ts';

describe('a book that starts from a snapshot', () => {
  it('is what all documents say, whoever changed them, whenever it was written and the process died', () => {
    let startsFromSnapshot = 0;
    fc.assert(
      fc.property(changesArb, (steps) => {
        const shard = new ChangingShard();
        for (const step of steps) shard.run(step);
        shard.check();
        startsFromSnapshot += shard.startsFromSnapshot;
      }),
      { numRuns: 1_000 },
    );
    expect(startsFromSnapshot).toBeGreaterThan(200);
  });
});
