import { describe, expect, it } from '@jest/globals';
import { commitMessageType, isOtherThanCommit } from './commit.ts';
import { paths } from '../paths.ts';
import { type ScopeCommit, type ScopeRef, scopeAttributes, scopeId, sourceOf } from './scope-commit.ts';

const scopes: readonly ScopeRef[] = [
  { kind: 'system' },
  { kind: 'tenant', tenant: 'acme' },
  { kind: 'user', tenant: 'acme', uid: 'ann' },
];

function commitOf(scope: ScopeRef): ScopeCommit {
  const place = { shard: 1, epoch: 'tape-0000000001', frame: 2, index: 0, ordinal: 5 };
  return {
    schema: 1,
    scope,
    seq: 7,
    commitId: 'c',
    cause: { kind: 'frame', shard: 1, epoch: 'tape-0000000001', number: 2 },
    events: [{ type: 'SymbolResumed', symbol: 'SPY', reason: 'ticks again', since: 3, place }],
    traceparent: 'trace',
    previousHash: '',
    hash: 'h',
  };
}

describe('a commit of a scope', () => {
  it('says in its attributes whose it is and what it holds', () => {
    expect(scopes.map((scope) => scopeAttributes(commitOf(scope)))).toEqual([
      expect.objectContaining({ 'ce-id': 'system:0000000007', scope: 'system', events: 'SymbolResumed' }),
      expect.objectContaining({ 'ce-id': 'tenant:acme:0000000007', tenant: 'acme' }),
      expect.objectContaining({ 'ce-id': 'user:ann:0000000007', tenant: 'acme' }),
    ]);
    expect(scopeAttributes(commitOf({ kind: 'system' }))).not.toHaveProperty('tenant');
  });

  it('is passed over by whoever knows only commits of accounts', () => {
    expect(isOtherThanCommit(scopeAttributes(commitOf({ kind: 'system' })))).toBe(true);
    expect(isOtherThanCommit({ 'ce-type': commitMessageType })).toBe(false);
    expect(isOtherThanCommit({})).toBe(false);
  });

  it('has its journal and pointer where no other scope and no account has them', () => {
    const heads = scopes.map((scope) => paths.scopeJournalEntry(scope, 7));
    expect(heads).toEqual([
      'ops_safety/system/journal/0000000007',
      'tenants/acme/ops_safety/tenant/journal/0000000007',
      'users/ann/ops_safety/user/journal/0000000007',
    ]);
    expect(scopes.map((scope) => sourceOf({ scope }))).toEqual(scopes.map(scopeId));
    expect(sourceOf({ accountId: 'ann.main' })).toBe('ann.main');
  });
});
