import type { Armed } from './line.ts';

/** Whoever keeps what lines are in full: a book has their numbers, and asks for the rest of one when it matters. */
export interface LineKeeper {
  /** A line by its owner and its number in the book, as it was armed. */
  armedOf(owner: number, line: number): Armed;
}
