import { mainAccount, sequenceId } from '@bellwether/contracts';
import { hashStored } from '@bellwether/store';
import { describe, expect, it } from '@jest/globals';
import { adopted, commitOf, opened, positionOf, stopped } from '../commits/commit.builder.ts';
import { JournalCheck } from './journal-check.ts';

const ref = mainAccount('t1', 'u1');
const long = positionOf('p1');

/** Entries as a journal stores them, each chained to the one before. */
function chained(entries: readonly object[]): Record<string, unknown>[] {
  let previousHash = '';
  return entries.map((entry) => {
    const { hash: _, ...rest } = { hash: '', ...entry, previousHash };
    previousHash = hashStored(rest);
    return { ...rest, hash: previousHash };
  });
}

const journal = chained([
  commitOf(ref, 1, [opened(ref)]),
  commitOf(ref, 2, [adopted(long)]),
  commitOf(ref, 3, stopped(long, '94')),
]);

function check(entries: readonly Record<string, unknown>[], watermark = 3): JournalCheck {
  const found = new JournalCheck(ref, watermark);
  for (const entry of entries) found.take(sequenceId(Number(entry['seq'])), entry);
  return found;
}

describe('following a journal', () => {
  it('finds nothing in a whole one, and folds it', () => {
    const found = check(journal, 2);
    expect(found.differences).toEqual([]);
    expect(found.head).toEqual({ seq: 3, hash: journal[2]?.['hash'] });
    expect([found.account?.cash, found.booked?.cash]).toEqual([{ USDT: '47' }, {}]);
  });

  it('gives on each entry in order, and none once something is wrong', () => {
    const given: number[] = [];
    const found = new JournalCheck(ref, 3, ({ seq }) => given.push(seq));
    const [first = {}, second = {}, third = {}] = journal;
    found.take(sequenceId(1), first);
    found.take(sequenceId(2), { ...second, commitId: 'another' });
    found.take(sequenceId(3), third);
    expect([given, found.differences]).toEqual([[1], ['entry 2 is not what its hash was made of']]);
  });

  it('follows the hashes of entries of schema 1 as they were stored', () => {
    const by = { actor: 'test', reason: '' };
    const old = { ...commitOf(ref, 1, []), schema: 1, events: [{ type: 'TradingResumed', ...by }] };
    const found = check(chained([old, commitOf(ref, 2, [adopted(long)])]));
    expect([found.differences, found.head.seq]).toEqual([[], 2]);
  });

  it.each<[string, readonly (Record<string, unknown> | undefined)[], readonly string[]]>([
    ['a gap', [journal[0], journal[2]], ['the entries 2 to 2 are missing']],
    [
      'an entry that was changed',
      [journal[0], { ...journal[1], commitId: 'forged' }, journal[2]],
      ['entry 2 is not what its hash was made of'],
    ],
    [
      'an entry that was changed with its hash',
      [journal[0], ...chained([{ ...journal[1], commitId: 'forged' }]), journal[2]],
      ['entry 2 does not follow the entry before', 'entry 3 does not follow the entry before'],
    ],
    [
      'an entry of another account',
      chained([commitOf(mainAccount('t1', 'u2'), 1, [adopted(long)])]),
      ['entry 1 says to be entry 1 of u2.main of u2 in t1'],
    ],
    [
      'an entry that nobody can read',
      chained([{ ...journal[0], cause: undefined }]),
      ['entry 1 does not read: cause: Invalid input: expected object, received undefined'],
    ],
  ])('names %s, and folds no further', (_, entries, differences) => {
    const found = check(entries.filter((entry) => entry !== undefined));
    expect(found.differences).toEqual(differences);
    expect([found.account, found.booked]).toEqual([undefined, undefined]);
  });
});
