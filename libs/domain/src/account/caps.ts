/** A document lists no more of them: which limit, and by how many one more would be too many. */
export type NoRoom<Reason extends string> = {
  readonly reason: Reason;
  readonly limit: number;
  /** How many there are. */
  readonly count: number;
  readonly by: number;
};

/** Why there is no room for one more; `undefined` where there is. */
export function noRoom<Reason extends string>(
  reason: Reason,
  count: number,
  limit: number,
): NoRoom<Reason> | undefined {
  return count < limit ? undefined : { reason, limit, count, by: count + 1 - limit };
}
