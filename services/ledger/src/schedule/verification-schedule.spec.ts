import { ScopeEvent, mainAccount } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { differenceOf } from '../verify/difference.ts';
import { reconciliationDiffered } from './verification-schedule.ts';

const counts = { accounts: 12, commits: 90, entries: 40, trades: 20 };
const [ann, bob] = [mainAccount('t1', 'ann'), mainAccount('t1', 'bob')];

describe('the event that tells differences', () => {
  it('says how many there are of how many accounts, each with its repair', () => {
    const differences = [
      differenceOf(ann, 'state', 'the account is at entry 3 of 2'),
      differenceOf(bob, 'books', 'trade b has no entry'),
      differenceOf(bob, 'books', 'trade c has no entry'),
    ];
    const event = reconciliationDiffered({ ...counts, differences });
    expect(event).toMatchObject({ accounts: 12, differing: 2, differences: 3 });
    expect(event).toHaveProperty('examples.0', {
      accountId: 'ann.main',
      about: 'state',
      what: 'the account is at entry 3 of 2',
      repair: 'bellwether rebuild --account ann.main --write --yes',
    });
  });

  it('stays a stored event however many and however long they are', () => {
    const differences = Array.from({ length: 1_000 }, () => differenceOf(ann, 'books', 'x'.repeat(5_000)));
    const event = reconciliationDiffered({ ...counts, differences });
    expect(ScopeEvent.parse(event)).toMatchObject({ differences: 1_000, differing: 1 });
    expect(event).toHaveProperty('examples.length', 20);
  });
});
