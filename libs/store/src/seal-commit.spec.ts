import { Commit, commitBody } from '@bellwether/contracts';
import type { AccountEvent } from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import { hashStored } from './commit-hash.ts';
import { sealCommit } from './seal-commit.ts';

const unhashed: Parameters<typeof sealCommit>[0] = {
  tenant: 'acme',
  uid: 'ann',
  accountId: 'ann.main',
  seq: 2,
  commitId: 'c2',
  cause: { kind: 'command', name: 'ResumeTrading', key: 'k' },
  events: [
    { type: 'TradingResumed', actor: 'test', reason: 'grün, "now"\n' },
    { type: 'TradingHalted', actor: 'test', reason: '' },
    { type: 'TradingResumed', actor: 'test', reason: '' },
  ],
  traceparent: '',
  previousHash: 'aa',
};

describe('a sealed commit', () => {
  const { commit, document } = sealCommit(unhashed);

  it('is what its document reads as, and what its message says', () => {
    expect(commit).toMatchObject({ schema: 2, ...unhashed });
    expect(Commit.parse(document)).toEqual(commit);
    expect(Commit.parse(JSON.parse(commitBody(commit, document.events).toString()))).toEqual(commit);
    expect(commitBody(commit)).toEqual(commitBody(commit, document.events));
  });

  it('names the types of its events once each, and holds the events as one text', () => {
    expect(document.eventTypes).toEqual(['TradingResumed', 'TradingHalted']);
    expect(JSON.parse(document.events)).toEqual(unhashed.events);
  });

  it('has the hash of everything that its document holds', () => {
    const { hash, ...rest } = document;
    expect(hash).toBe('61a36a04cc9a714fd9be749dfcdcaa3d39237582f63c4e0afb3f217df1fe0349');
    expect(hashStored({ ...rest })).toBe(hash);
    expect(hashStored({ ...rest, hash })).toBe(hash);
    const { events, ...head } = rest;
    expect(hashStored({ events, ...head })).toBe(hash);
  });

  it.each([
    ['sequence', { seq: 3 }],
    ['account', { accountId: 'bob.main' }],
    ['entry before', { previousHash: 'ab' }],
    ['cause', { cause: { kind: 'command', name: 'ResumeTrading', key: 'j' } }],
    ['types', { eventTypes: ['TradingResumed'] }],
    ['text of the events', { events: `${document.events} ` }],
  ])('has another hash with another %s', (_what, change) => {
    const { hash, ...rest } = document;
    expect(hashStored({ ...rest, ...change })).not.toBe(hash);
  });

  it('is refused with more than a journal takes, counted in bytes', () => {
    expect(() => sealCommit({ ...unhashed, events: [resumedBecause(210_000)] })).toThrow('more than 204800');
    expect(sealCommit({ ...unhashed, events: [resumedBecause(200_000)] }).commit.seq).toBe(2);
  });
});

function resumedBecause(bytes: number): AccountEvent {
  return { type: 'TradingResumed', actor: 'test', reason: 'ü'.repeat(bytes / 2) };
}
