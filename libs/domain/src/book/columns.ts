/** Columns that hold nothing yet, shared by all that start so. */
export const noNumbers = new Float64Array(0);
export const noIndexes = new Uint32Array(0);
export const noBytes = new Uint8Array(0);

/** A longer column with the same numbers. */
export function longerNumbers(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(column);
  return longer;
}

export function longerIndexes(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length);
  longer.set(column);
  return longer;
}

export function longerBytes(column: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(length);
  longer.set(column);
  return longer;
}

/** The next length of columns that are full: a quarter more, so that little of it stays empty. */
export function nextLength(length: number): number {
  return Math.max(16, length + (length >>> 2));
}

/** Of two numbers, faster than `Math.max`, which also looks for the sign of zero. */
export function greater(a: number, b: number): number {
  return a > b ? a : b;
}

export function lesser(a: number, b: number): number {
  return a < b ? a : b;
}
