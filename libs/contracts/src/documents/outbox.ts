import type { ScopeRef } from '../events/scope-commit.ts';

/** `outbox/{shard}/pending/{accountId}:{seq}`: this commit is not yet known to be published. */
export interface OutboxPointer {
  readonly tenantId: string;
  readonly uid: string;
  readonly accountId: string;
  readonly seq: number;
}

/** The same of a scope larger than an account: `outbox/{shard}/pending/{scope id}:{seq}`. */
export interface ScopePointer {
  readonly scope: ScopeRef;
  readonly seq: number;
}
