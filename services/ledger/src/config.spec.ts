import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

describe("the ledger's environment", () => {
  it.each([
    [{}, 3_600_000],
    [{ VERIFY_EVERY_MS: '60000' }, 60_000],
    [{ VERIFY_EVERY_MS: 'off' }, 'off'],
  ])('%j verifies every %s', (environment, verifyEveryMs) => {
    expect(readConfig(environment)).toEqual({ verifyEveryMs });
  });

  it.each(['never', '10', '-1'])('refuses %s, and names the variable', (text) => {
    expect(() => readConfig({ VERIFY_EVERY_MS: text })).toThrow(/VERIFY_EVERY_MS/);
  });
});
