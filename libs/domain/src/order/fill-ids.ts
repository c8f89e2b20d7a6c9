/** So many ids of an order's fills are kept: a broker that reports later ones no longer changes the order of these. */
export const maxFillIds = 200;

/** The ids with one more: the oldest goes where there are too many. */
export function withFillId(ids: readonly string[] = [], id: string): readonly string[] {
  return [...ids, id].slice(-maxFillIds);
}

/**
 * Which of a broker's fills are not recorded yet. What stands before the oldest id that is kept was recorded
 * before it.
 *
 * @param fills all of an order's fills, oldest first.
 */
export function unrecorded<Fill extends { readonly id: string }>(
  ids: readonly string[] = [],
  fills: readonly Fill[],
): readonly Fill[] {
  const known = new Set(ids);
  const oldest = ids.length < maxFillIds ? 0 : fills.findIndex(({ id }) => known.has(id));
  return oldest < 0 ? [] : fills.slice(oldest).filter(({ id }) => !known.has(id));
}
