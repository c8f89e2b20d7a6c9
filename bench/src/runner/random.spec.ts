import { describe, expect, it } from '@jest/globals';
import { seededRandom } from './random.ts';

const take = (seed: number) => Array.from({ length: 100 }, seededRandom(seed));

describe('seeded numbers', () => {
  it('are the same for the same seed and others for another', () => {
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  it('spread evenly over [0, 1)', () => {
    const random = seededRandom(1);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i += 1) {
      const bucket = Math.floor(random() * 10);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    expect(counts).toHaveLength(10);
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
