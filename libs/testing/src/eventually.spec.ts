import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('answers the first value that is not false', async () => {
    const answers = [false, false, 'ready'] as const;
    let tries = 0;
    expect(await eventually(() => answers[tries++], { intervalMs: 1 })).toBe('ready');
    expect(tries).toBe(3);
  });

  it('tries again after a throw', async () => {
    let tries = 0;
    await eventually(async () => expect(await Promise.resolve((tries += 1))).toBe(3), { intervalMs: 1 });
    expect(tries).toBe(3);
  });

  it('says why it gave up', async () => {
    const failure = new Error('2 messages, not 3');
    const giveUp = eventually(() => Promise.reject(failure), { timeoutMs: 20, intervalMs: 1 });
    await expect(giveUp).rejects.toThrow(/^not within 20 ms, in \d+ tries; last: 2 messages, not 3$/);
    await expect(giveUp).rejects.toHaveProperty('cause', failure);
    await expect(eventually(() => false, { timeoutMs: 1 })).rejects.toThrow('it is still false');
  });

  it('gives up on a try that never settles', async () => {
    await expect(eventually(() => new Promise(() => undefined), { timeoutMs: 20 })).rejects.toThrow(
      'in 1 tries',
    );
  });
});
