import * as z from 'zod';
import { sequenceId } from '../ids.ts';
import { Cause, causation } from './commit.ts';
import { ScopeEvent } from './scope-event.ts';

/** What a journal apart from those of the accounts is about: a user, a tenant, or the whole system. */
export const ScopeRef = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('system') }),
  z.strictObject({ kind: z.literal('tenant'), tenant: z.string() }),
  z.strictObject({ kind: z.literal('user'), tenant: z.string(), uid: z.string() }),
]);
export type ScopeRef = z.infer<typeof ScopeRef>;

export const systemScope: ScopeRef = { kind: 'system' };

/** One commit of one scope: what its journal stores as `journal/{seq}` and what `events` carries as JSON. */
export const ScopeCommit = z.strictObject({
  /** The shape of this record. */
  schema: z.literal(1),
  scope: ScopeRef,
  /** Gapless per scope, from 1. */
  seq: z.int().positive(),
  /** Drawn once per commit: tells our own commit from another's after an unclear answer. */
  commitId: z.string(),
  cause: Cause,
  events: z.array(ScopeEvent).min(1),
  /** W3C trace context of the frame or command that caused it. */
  traceparent: z.string(),
  /** Hash of the entry before; empty for the first. */
  previousHash: z.string(),
  /** SHA-256 over all of the above, hex. */
  hash: z.string(),
});
export type ScopeCommit = z.infer<typeof ScopeCommit>;

export const scopeMessageType = 'bellwether.scope.v1';

/** As it stands before the sequence in ids of events and outbox pointers; no account's id looks like it. */
export function scopeId(scope: ScopeRef): string {
  if (scope.kind === 'system') return 'system';
  return scope.kind === 'tenant' ? `tenant:${scope.tenant}` : `user:${scope.uid}`;
}

/** Whose journal an entry, or its outbox pointer, belongs to: the account's id or the scope's. */
export function sourceOf(entry: { readonly accountId: string } | { readonly scope: ScopeRef }): string {
  return 'scope' in entry ? scopeId(entry.scope) : entry.accountId;
}

/** CloudEvents 1.0 binary mode, as `commitAttributes` has it for accounts. */
export function scopeAttributes(commit: ScopeCommit): Record<string, string> {
  const { scope, cause } = commit;
  const id = scopeId(scope);
  return {
    'ce-specversion': '1.0',
    'ce-type': scopeMessageType,
    'ce-id': `${id}:${sequenceId(commit.seq)}`,
    'ce-source': `//bellwether/scopes/${id}`,
    'ce-traceparent': commit.traceparent,
    ...(scope.kind === 'system' ? {} : { tenant: scope.tenant }),
    scope: id,
    seq: String(commit.seq),
    events: [...new Set(commit.events.map((event) => event.type))].join(','),
    causation: causation(cause),
  };
}
