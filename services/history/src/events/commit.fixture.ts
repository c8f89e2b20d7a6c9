import type { Commit } from '@bellwether/contracts';

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
