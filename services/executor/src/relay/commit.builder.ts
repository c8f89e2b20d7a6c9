import type { Commit } from '@bellwether/contracts';
import type { StoredCommit } from '@bellwether/store';
import { Timestamp } from '@google-cloud/firestore';
import { ann } from '../ticks/armed.builder.ts';

/** A commit for specs: Ann resumed trading. */
export function commitOf(seq: number, account = ann): Commit {
  return {
    schema: 2,
    ...account,
    seq,
    commitId: `c${seq}`,
    cause: { kind: 'command', name: 'ResumeTrading', key: `k${seq}` },
    events: [{ type: 'TradingResumed', actor: 'test', reason: '' }],
    traceparent: '',
    previousHash: '',
    hash: '',
  };
}

export function storedCommit(seq: number, account = ann): StoredCommit {
  return { commit: commitOf(seq, account), committedAt: seq, commitTime: Timestamp.fromMillis(seq) };
}
