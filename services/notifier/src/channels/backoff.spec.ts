import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.ts';

describe('the pause after a failure', () => {
  it('is twice as long each time, up to 30 s', () => {
    expect([1, 2, 3, 7, 8].map((failures) => backoffMs(failures, 500))).toEqual([
      500, 1_000, 2_000, 30_000, 30_000,
    ]);
  });
});
