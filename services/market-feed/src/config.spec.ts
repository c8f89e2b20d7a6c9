import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';
import { defaultHealthRules } from './health/symbol-health.ts';
import { defaultSanityRules } from './sanity/sanity-rules.ts';

describe('readConfig', () => {
  it('needs only the tapes', () => {
    expect(readConfig({ TAPES: 'a.csv.gz,b.csv.gz' })).toEqual({
      tapes: ['a.csv.gz', 'b.csv.gz'],
      speed: 1,
      isLooped: false,
      isRebased: false,
      isSanityOn: true,
      sanity: defaultSanityRules,
      health: defaultHealthRules,
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
      SANITY_BAND: '0.25',
      SANITY_BANDS: 'BTC-USDT:0.05,BTC/USD:0.5',
      CONFIRMATIONS: '3',
      CONFIRM_WITHIN_MS: '1000',
      STALE_AFTER_MS: '2000',
      SILENT_AFTER_MS: '60000',
      FEED_NAME: 'demo',
      SHARDS: '8',
    };
    expect(readConfig(environment)).toEqual({
      tapes: ['a'],
      speed: 'max',
      isLooped: true,
      isRebased: true,
      isSanityOn: false,
      sanity: {
        ...defaultSanityRules,
        band: 0.25,
        bands: new Map([
          ['BTC-USDT', 0.05],
          ['BTC/USD', 0.5],
        ]),
        confirmations: 3,
        confirmWithinMs: 1_000,
        staleAfterMs: 2_000,
      },
      health: { ...defaultHealthRules, silentAfterMs: 60_000 },
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
    [{ TAPES: 'a', SANITY_BAND: '0' }, 'must be a share above 0'],
    [{ TAPES: 'a', SANITY_BANDS: 'BTC-USDT:0.1,btc:0.1' }, 'is not at "btc:0.1"'],
    [{ TAPES: 'a', SANITY_BANDS: 'BTC-USDT:2' }, 'is not at "BTC-USDT:2"'],
    [{ TAPES: 'a', SILENT_AFTER_MS: '0' }, 'SILENT_AFTER_MS'],
  ])('refuses %j', (environment, reason) => {
    expect(() => readConfig(environment)).toThrow(reason);
  });
});
