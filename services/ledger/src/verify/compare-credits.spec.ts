import type { CreditTransactionDocument } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { type StoredCredits, compareCredits } from './compare-credits.ts';

const granted: CreditTransactionDocument = {
  eventId: 'ann.main:0000000002:0',
  tenantId: 't1',
  accountId: 'ann.main',
  seq: 2,
  kind: 'grant',
  amount: '10',
  balance: '10',
  purpose: 'a gift',
  actor: 'cli:root',
  changedAt: 5,
};
const { changedAt: _changedAt, ...expected } = granted;
const sound: StoredCredits = {
  account: { credits: { available: '7', reserved: { job: '3' } } },
  balance: { available: '7', reserved: '3', version: 3, changedAt: 5 },
  transactions: [granted],
  folded: { available: '7', reserved: { job: '3' } },
  expected: [expected],
};

describe('the credits of an account', () => {
  it('are sound where they are what the journal makes of them', () => {
    expect(compareCredits(sound)).toEqual([]);
    const nothing = { account: undefined, balance: undefined, transactions: [], expected: [] };
    expect(compareCredits({ ...nothing, folded: { available: '0', reserved: {} } })).toEqual([]);
  });

  it.each<[string, Partial<StoredCredits>, string]>([
    [
      'a transaction that is gone',
      { transactions: [] },
      'credit transaction ann.main:0000000002:0 is not stored',
    ],
    [
      'a transaction of no event',
      { expected: [] },
      'credit transaction ann.main:0000000002:0 is of no event',
    ],
    [
      'a transaction that says another balance',
      { transactions: [{ ...granted, balance: '11' }] },
      'credit transaction ann.main:0000000002:0 is not what its event says',
    ],
    [
      'an account that has more',
      { account: { credits: { available: '8', reserved: { job: '3' } } } },
      'the account has 8 and 3 reserved credits, by the journal 7 and 3 reserved',
    ],
    [
      'a balance that says more',
      { balance: { available: '8', reserved: '3', version: 3, changedAt: 5 } },
      'the balance of credits says 8, the journal 7',
    ],
  ])('name %s', (_what, change, difference) => {
    expect(compareCredits({ ...sound, ...change })).toEqual([difference]);
  });
});
