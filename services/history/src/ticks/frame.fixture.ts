import type { Frame, FrameInstrument } from '@bellwether/contracts';

export const trades: FrameInstrument = {
  symbol: 'BTC-USDT',
  venue: 'kucoin',
  kind: 'trade',
  priceScale: 2,
  sizeScale: 8,
};

/** A frame of trades, one a millisecond, priced by their ordinals. */
export function frameOf(given: Partial<Frame> & { readonly length: number }): Frame {
  const { firstOrdinal = 0, length } = given;
  const column = (value: (i: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, i) => value(i));
  return {
    shard: 0,
    epoch: 'tape-0000000001',
    number: 1,
    firstOrdinal,
    receivedAt: 1_700_000_000_500,
    isLast: false,
    instruments: [trades],
    instrument: new Uint16Array(length),
    exchangeAt: column((i) => 1_700_000_000_000 + firstOrdinal + i),
    first: column((i) => 100_000 + firstOrdinal + i),
    second: column((i) => 1 + i),
    ...given,
  };
}
