/** Where time comes from. Only `main.ts` knows the real one. */
export interface Clock {
  /** Epoch milliseconds, with fraction. */
  now(): number;
}

/** Where ids and randomness come from. Only `main.ts` knows the real one. */
export interface Ids {
  /** A new id, unique in the system. */
  next(): string;
  /** Random lower-case hex digits. */
  hex(digits: number): string;
}
