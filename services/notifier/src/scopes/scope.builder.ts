import type { ScopeCommit, ScopeEvent, ScopeRef } from '@bellwether/contracts';
import { hashCommit } from '@bellwether/store';

/** Valid data for specs. */

export const place = { shard: 0, epoch: 'tape-0000000001', frame: 3, index: 0, ordinal: 7 };

export function paused(symbol: string, health: 'stale' | 'suspect' = 'stale'): ScopeEvent {
  return {
    type: 'SymbolPaused',
    symbol,
    health,
    reason: 'no tick for 30 s',
    since: 1_795_252_613_123,
    place,
  };
}

export function resumed(symbol: string): ScopeEvent {
  return { type: 'SymbolResumed', symbol, reason: 'ticks again', since: 1_795_252_613_123, place };
}

export function differed(...accountIds: readonly string[]): ScopeEvent {
  return {
    type: 'ReconciliationDiffered',
    accounts: 9,
    differing: accountIds.length,
    differences: accountIds.length,
    examples: accountIds.map((accountId) => ({
      accountId,
      about: 'books',
      what: 'cash is 5, not 4',
      repair: 'rebuild its books',
    })),
  };
}

export function scopeCommitOf(scope: ScopeRef, events: readonly ScopeEvent[], seq = 1): ScopeCommit {
  const unhashed = {
    schema: 1,
    scope,
    seq,
    commitId: `commit-${seq}`,
    cause: { kind: 'command', name: 'HaltTrading', key: `key-${seq}` },
    events: [...events],
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    previousHash: '',
  } satisfies Omit<ScopeCommit, 'hash'>;
  return { ...unhashed, hash: hashCommit(unhashed) };
}
