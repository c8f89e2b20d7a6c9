import type { Commit } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { hashCommit, hashRequest, hashStored } from './commit-hash.ts';

const commit: Omit<Commit, 'hash'> = {
  schema: 2,
  tenant: 'acme',
  uid: 'ann',
  accountId: 'ann.main',
  seq: 2,
  commitId: 'c2',
  cause: { kind: 'command', name: 'ResumeTrading', key: 'k' },
  events: [{ type: 'TradingResumed', actor: 'test', reason: 'grün' }],
  traceparent: '',
  previousHash: 'aa',
};

describe('the hash of a commit', () => {
  it('stays what it was when it was stored', () => {
    expect(hashCommit(commit)).toBe('a319c72e53882ad69c3dea722d9500db4ed38d9372533e3ed5f178ffa67526df');
    const first = { ...commit, schema: 1 };
    expect(hashStored(first)).toBe('afef60163be6d82ba51555b0ea00bd39f45dc6e3d4c25317777b5a15151013dc');
  });

  it('does not depend on the order of fields, which Firestore does not keep', () => {
    const { events, seq, ...rest } = commit;
    const [event] = events;
    const reordered = { ...rest, events: [{ reason: 'grün', ...event! }], seq };
    expect(hashCommit(reordered)).toBe(hashCommit(commit));
  });

  it.each<[string, Partial<Commit>]>([
    ['sequence', { seq: 3 }],
    ['account', { accountId: 'bob.main' }],
    ['entry before', { previousHash: 'ab' }],
    ['cause', { cause: { kind: 'command', name: 'ResumeTrading', key: 'j' } }],
    ['events', { events: [{ type: 'TradingResumed', actor: 'test', reason: 'grun' }] }],
    ['order of events', { events: [...commit.events, { type: 'TradingHalted', actor: 'a', reason: '' }] }],
  ])('changes with the %s', (_what, change) => {
    expect(hashCommit({ ...commit, ...change })).not.toBe(hashCommit(commit));
  });
});

describe('the hash of a request', () => {
  it('takes a missing field and an undefined one for the same, and lists in their order', () => {
    expect(hashRequest({ a: 1, b: undefined })).toBe(hashRequest({ a: 1 }));
    expect(hashRequest({ a: null })).not.toBe(hashRequest({}));
    expect(hashRequest([1, 2])).not.toBe(hashRequest([2, 1]));
  });
});
