/** Armed lines that are kept elsewhere, by rows, and are no objects until they fire or change. */
export interface ColdLines {
  /** The exchange time from which ticks count for a line; before everything where it counts from a place. */
  countsFrom(row: number): number;
  /** Makes a line an object: its book has been told by `thaw` when this returns. */
  thaw(row: number): void;
}
