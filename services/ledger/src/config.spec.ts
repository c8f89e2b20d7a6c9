import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

const day = 86_400_000;
const usual = { name: 'ledger', verifyEveryMs: 3_600_000, archiveEveryMs: day, archiveAfterMs: 30 * day };

describe("the ledger's environment", () => {
  it.each([
    [{}, {}],
    [{ VERIFY_EVERY_MS: '60000' }, { verifyEveryMs: 60_000 }],
    [{ VERIFY_EVERY_MS: 'off' }, { verifyEveryMs: 'off' }],
    [
      { ARCHIVE_EVERY_MS: '3600000', ARCHIVE_AFTER_DAYS: '90' },
      { archiveEveryMs: 3_600_000, archiveAfterMs: 90 * day },
    ],
    [{ INSTANCE_ID: 'b' }, { name: 'ledger-b' }],
    [{ ARCHIVE_EVERY_MS: 'off' }, { archiveEveryMs: 'off' }],
  ])('%j changes %j', (environment, changes) => {
    expect(readConfig(environment)).toEqual({ ...usual, ...changes });
  });

  it.each([
    ['VERIFY_EVERY_MS', 'never'],
    ['VERIFY_EVERY_MS', '10'],
    ['ARCHIVE_EVERY_MS', '-1'],
    ['ARCHIVE_AFTER_DAYS', '6'],
    ['INSTANCE_ID', 'a.b'],
  ])('refuses %s of %s, and names the variable', (name, text) => {
    expect(() => readConfig({ [name]: text })).toThrow(name);
  });
});
