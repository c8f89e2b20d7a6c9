import { createHash } from 'node:crypto';
import type { Commit, ScopeCommit } from '@bellwether/contracts';

/** SHA-256, hex, over the commit as JSON with sorted keys, its own hash left out. */
export function hashCommit(commit: Omit<Commit, 'hash'> | Omit<ScopeCommit, 'hash'>): string {
  return hashStored(commit);
}

/** The same over an entry as it lies in the journal, whatever its schema, its own hash left out. */
export function hashStored(entry: object): string {
  return createHash('sha256').update(canonicalJson(entry)).digest('hex');
}

/** What makes two requests the same: SHA-256, hex, over their JSON with sorted keys. */
export function hashRequest(request: unknown): string {
  return createHash('sha256').update(canonicalJson(request)).digest('hex');
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value);
}
