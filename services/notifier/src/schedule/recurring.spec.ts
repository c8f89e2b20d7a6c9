import { describe, expect, it } from '@jest/globals';
import { Recurring } from './recurring.ts';

describe('what is done again and again', () => {
  it('goes on after a failure, and ends after the time under way', async () => {
    const did: string[] = [];
    const underway = Promise.withResolvers<void>();
    let times = 0;
    const recurring = new Recurring({
      work: async () => {
        times += 1;
        did.push(`work ${times}`);
        if (times === 1) throw new Error('away');
        if (times === 3) await underway.promise;
      },
      failed: () => did.push('failed'),
      everyMs: 7,
      sleep: async (ms) => {
        did.push(`sleep ${ms}`);
        return Promise.resolve();
      },
    });
    recurring.start();
    recurring.start();
    await new Promise(setImmediate);
    let isClosed = false;
    const closing = recurring.close().then(() => (isClosed = true));
    await new Promise(setImmediate);
    expect(isClosed).toBe(false);
    underway.resolve();
    await closing;
    expect(did).toEqual(['work 1', 'failed', 'sleep 7', 'work 2', 'sleep 7', 'work 3', 'sleep 7']);
  });
});
