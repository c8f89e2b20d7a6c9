import type { Frame, FrameInstrument } from '@bellwether/contracts';

export interface FrameTick {
  /** Index into the frame's instruments; 0 where nothing is said. */
  readonly instrument?: number;
  readonly exchangeAt: number;
  /** A trade's price, a quote's bid; an integer at the instrument's scale. */
  readonly first: number;
  /** A quote's ask. */
  readonly second?: number;
}

type FrameParts = Partial<Omit<Frame, 'instrument' | 'exchangeAt' | 'first' | 'second' | 'length'>> & {
  readonly ticks?: readonly FrameTick[];
};

/** Trades of BTC-USDT, counted in cents. */
export const bitcoin: FrameInstrument = {
  symbol: 'BTC-USDT',
  venue: 'test',
  kind: 'trade',
  priceScale: 2,
  sizeScale: 0,
};

/** A frame for specs: the first of an epoch, of Bitcoin trades, where nothing else is said. */
export function frameOf({ ticks = [], ...parts }: FrameParts = {}): Frame {
  return {
    shard: 0,
    epoch: 'e1',
    number: 1,
    firstOrdinal: 0,
    receivedAt: Math.max(0, ...ticks.map(({ exchangeAt }) => exchangeAt)),
    isLast: false,
    instruments: [bitcoin],
    ...parts,
    length: ticks.length,
    instrument: Uint16Array.from(ticks, ({ instrument = 0 }) => instrument),
    exchangeAt: Float64Array.from(ticks, ({ exchangeAt }) => exchangeAt),
    first: Float64Array.from(ticks, ({ first }) => first),
    second: Float64Array.from(ticks, ({ second = 1 }) => second),
  };
}
