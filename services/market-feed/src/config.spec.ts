import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('needs only the tapes', () => {
    expect(readConfig({ TAPES: 'a.csv.gz,b.csv.gz' })).toEqual({
      tapes: ['a.csv.gz', 'b.csv.gz'],
      speed: 1,
      isLooped: false,
      isRebased: false,
      isSanityOn: true,
      feed: 'tape',
      shards: 2,
    });
  });

  it('reads everything', () => {
    const environment = {
      TAPES: 'a',
      TAPE_SPEED: 'max',
      TAPE_LOOP: 'on',
      TAPE_REBASE: 'on',
      SANITY: 'off',
      FEED_NAME: 'demo',
      SHARDS: '8',
    };
    expect(readConfig(environment)).toEqual({
      tapes: ['a'],
      speed: 'max',
      isLooped: true,
      isRebased: true,
      isSanityOn: false,
      feed: 'demo',
      shards: 8,
    });
    expect(readConfig({ ...environment, TAPE_SPEED: '2.5' }).speed).toBe(2.5);
  });

  it.each([
    [{}, 'TAPES'],
    [{ TAPES: ',' }, 'must name at least one tape'],
    [{ TAPES: 'a', TAPE_SPEED: '0' }, 'must be "max" or a number above 0'],
    [{ TAPES: 'a', TAPE_SPEED: 'fast' }, 'must be "max" or a number above 0'],
    [{ TAPES: 'a', TAPE_LOOP: 'yes' }, 'TAPE_LOOP'],
    [{ TAPES: 'a', FEED_NAME: 'a-b' }, 'must be a letter and up to 31 letters or digits'],
    [{ TAPES: 'a', SHARDS: '0' }, 'SHARDS'],
  ])('refuses %j', (environment, reason) => {
    expect(() => readConfig(environment)).toThrow(reason);
  });
});
