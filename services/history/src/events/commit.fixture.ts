import type { Commit, ScopeCommit, ScopeRef } from '@bellwether/contracts';

/** A commit of `{uid}.main` with two events. Its hashes are not real: history does not check them. */
export function commitOf(seq: number, uid = 'ann'): Commit {
  return {
    schema: 2,
    tenant: 'demo',
    uid,
    accountId: `${uid}.main`,
    seq,
    commitId: `commit-${uid}-${seq}`,
    cause: { kind: 'command', name: 'ResumeTrading', key: `key-${seq}` },
    events: [
      { type: 'TradingHalted', actor: 'cli', reason: `first of ${seq}` },
      { type: 'TradingResumed', actor: 'cli', reason: `second of ${seq}` },
    ],
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    previousHash: '',
    hash: `hash-${seq}`,
  };
}

/** A commit of a scope with one event; its hashes are as unreal. */
export function scopeCommitOf(seq: number, scope: ScopeRef): ScopeCommit {
  const { commitId, cause, traceparent, previousHash, hash } = commitOf(seq);
  const events: ScopeCommit['events'] = [{ type: 'TradingHalted', actor: 'cli', reason: `scope ${seq}` }];
  return { schema: 1, scope, seq, commitId, cause, events, traceparent, previousHash, hash };
}
