/** The pause before the next try, after that many failures in a row. */
export function backoffMs(failures: number, firstMs: number): number {
  return Math.min(longestBackoffMs, firstMs * 2 ** (failures - 1));
}

const longestBackoffMs = 30_000;
