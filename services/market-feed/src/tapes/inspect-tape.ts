import { type MeasuredTape, measureTape } from './measure-tape.ts';
import { type SymbolScales, unifyScales } from './scales.ts';

/** What a whole, valid tape holds. */
export interface TapeSummary extends Omit<MeasuredTape, 'symbols'> {
  /** With the most decimals seen of each, zeros at the end not counted; in order of appearance. */
  readonly symbols: readonly SymbolScales[];
}

/**
 * Reads a tape from end to end and checks every row.
 *
 * @throws TapeError naming file, line, column and reason for the first thing that is wrong.
 */
export async function inspectTape(path: string): Promise<TapeSummary> {
  const tape = await measureTape(path);
  return { ...tape, symbols: [...unifyScales([tape]).values()] };
}
