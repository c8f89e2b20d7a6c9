import { describe, expect, it } from '@jest/globals';
import { readWriteProfile, writeProfiles } from './profiles.ts';

describe('the profile of the environment', () => {
  it.each([
    ['default', 500, 50, 5_000],
    ['conservative', 300, 30, 10_000],
    ['aggressive', 700, 70, 2_000],
  ])('%s: %i writes a second, %i to a document, %i ms of cool-down', (name, ...limits) => {
    const profile = readWriteProfile({ WRITE_LIMITS: name });
    expect([profile?.writesPerSecond, profile?.perDocument, profile?.coolDownMs]).toEqual(limits);
  });

  it('is the default where nothing is said, and none where it is off', () => {
    expect(readWriteProfile({})).toBe(writeProfiles.default);
    expect(readWriteProfile({ WRITE_LIMITS: 'off' })).toBeUndefined();
  });

  it.each(['', 'fast', 'DEFAULT', 'toString'])('cannot be "%s"', (name) => {
    expect(() => readWriteProfile({ WRITE_LIMITS: name })).toThrow(
      `WRITE_LIMITS must be one of default, conservative, aggressive, off, not "${name}"`,
    );
  });
});
