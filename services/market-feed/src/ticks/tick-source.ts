import type { Tick } from './tick.ts';

/** Where ticks come from. */
export interface TickSource {
  /** Begins a pass over the source's ticks. @param now epoch milliseconds. */
  open(now: number): TickPass;
}

/** One pass: it becomes one epoch of the feed. */
export interface TickPass {
  /** The exchange time that pacing counts from, epoch milliseconds. */
  readonly startsAt: number;
  /** For a re-based tape: what is added to the tape's times, milliseconds. */
  readonly rebasedByMs?: number;
  /** In order of exchange time. Ending the iteration early frees what the pass holds. */
  readonly batches: AsyncIterable<readonly Tick[]>;
}
