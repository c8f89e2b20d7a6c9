import type { Copies } from './copies.ts';

/** The set with one id more, or the same set. */
export function including(ids: ReadonlySet<string>, id: string, copies: Copies): ReadonlySet<string> {
  return ids.has(id) ? ids : copies.ofSet(ids).add(id);
}

/** The set with one id less, or the same set. */
export function excluding(ids: ReadonlySet<string>, id: string, copies: Copies): ReadonlySet<string> {
  if (!ids.has(id)) return ids;
  const rest = copies.ofSet(ids);
  rest.delete(id);
  return rest;
}
