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
  return hasNumberedKeys(value) ? spelled(value) : JSON.stringify(ordered(value));
}

/** Whether an object cannot keep its keys in their order as text: it puts `9` before `10`. */
function hasNumberedKeys(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasNumberedKeys);
  for (const [key, field] of Object.entries(value))
    if (numberedKey.test(key) || hasNumberedKeys(field)) return true;
  return false;
}
const numberedKey = /^[0-9]+$|^__proto__$/;

/** The same value with its keys in order: the engine writes that faster than we spell it. */
function ordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const fields: [string, unknown][] = Object.entries(value).toSorted(byKey);
  return Object.fromEntries(fields.map(([key, field]) => [key, ordered(field)]));
}

function spelled(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(byKey)
      .map(([key, field]) => `${JSON.stringify(key)}:${spelled(field)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
