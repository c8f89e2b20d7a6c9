import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { Places } from './places.ts';

describe('places', () => {
  it('are held by so many at a time, in the order of coming', async () => {
    const places = new Places(2);
    const begun: number[] = [];
    const works = [0, 1, 2, 3].map(() => Promise.withResolvers<number>());
    const held = works.map(async ({ promise }, index) =>
      places.hold(async () => {
        begun.push(index);
        return promise;
      }),
    );
    await turn();
    expect(begun).toEqual([0, 1]);
    works[1]?.resolve(1);
    expect(await held[1]).toBe(1);
    await turn();
    expect(begun).toEqual([0, 1, 2]);
    for (const [index, { resolve }] of works.entries()) resolve(index);
    expect(await Promise.all(held)).toEqual([0, 1, 2, 3]);
  });

  it('are free again after what fails', async () => {
    const places = new Places(1);
    const failed = places.hold(async () => Promise.reject(new Error('lost')));
    const next = places.hold(async () => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('lost');
    expect([await next, await places.hold(async () => Promise.resolve('again'))]).toEqual(['done', 'again']);
  });
});
