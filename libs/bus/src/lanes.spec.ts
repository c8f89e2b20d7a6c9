import { describe, expect, it } from '@jest/globals';
import { Lanes } from './lanes.ts';

describe('Lanes', () => {
  it('runs the tasks of one lane one after another, in order of arrival', async () => {
    const lanes = new Lanes();
    const log: string[] = [];
    const task = (name: string) => async () => {
      log.push(`${name} starts`);
      await Promise.resolve();
      log.push(`${name} ends`);
    };
    await Promise.all([lanes.run('a', task('1')), lanes.run('a', task('2')), lanes.run('a', task('3'))]);
    expect(log).toEqual(['1 starts', '1 ends', '2 starts', '2 ends', '3 starts', '3 ends']);
  });

  it('runs lanes side by side', async () => {
    const lanes = new Lanes();
    const { promise: first, resolve } = Promise.withResolvers<void>();
    const waits = lanes.run('a', () => first);
    await lanes.run('b', async () => resolve());
    await expect(waits).resolves.toBeUndefined();
  });

  it('goes on after a failure, which the caller sees', async () => {
    const lanes = new Lanes();
    const fails = lanes.run('a', () => Promise.reject(new Error('no')));
    const follows = lanes.run('a', () => Promise.resolve('yes'));
    await expect(fails).rejects.toThrow('no');
    await expect(follows).resolves.toBe('yes');
  });

  it('forgets a lane when it is empty', async () => {
    const lanes = new Lanes();
    const done = Promise.all([
      lanes.run('a', () => Promise.resolve()),
      lanes.run('a', () => Promise.reject(new Error('no'))).catch(() => undefined),
      lanes.run('b', () => Promise.resolve()),
    ]);
    expect(lanes.size).toBe(2);
    await done;
    await Promise.resolve();
    expect(lanes.size).toBe(0);
  });
});
