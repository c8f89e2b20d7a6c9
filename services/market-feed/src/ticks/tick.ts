import type { FrameInstrument } from '@bellwether/contracts';

/** A symbol at a venue: how its numbers are counted and where its ticks travel. One object each per run. */
export interface Instrument extends FrameInstrument {
  readonly shard: number;
}

/** One market update, its numbers counted in 10^-scale of its instrument. */
export interface Tick {
  readonly instrument: Instrument;
  /** Epoch milliseconds. */
  readonly exchangeAt: number;
  /** A trade's price, a quote's bid. */
  readonly first: number;
  /** A trade's size, a quote's ask. */
  readonly second: number;
  /** When a venue's tick came in, epoch milliseconds; a tape's ticks come in when they are due. */
  readonly receivedAt?: number;
  /** The venue's number of it, where its numbers rise within the instrument. */
  readonly sequence?: number | bigint;
}

/** What a quote or trade is worth as one price: a trade's price, the middle of a quote. */
export function middleOf({ instrument, first, second }: Tick): number {
  return instrument.kind === 'quote' ? (first + second) / 2 : first;
}
