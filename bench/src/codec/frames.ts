import { type Frame, encodeFrame } from '@bellwether/contracts';
import { formatDecimal } from '@bellwether/domain';
import { middle, quiet } from '../book/lines.ts';
import { seededRandom } from '../runner/random.ts';

/** Frames of trades of one symbol that walk within the quiet prices of a filled book, 37 ms apart. */
export function tradeFrames(count: number, ticks: number, scale = 2): Frame[] {
  const random = seededRandom(9);
  let at = 1_700_000_000_000;
  let price = middle;
  return Array.from({ length: count }, (_, index) => {
    const exchangeAt = Float64Array.from({ length: ticks }, () => (at += Math.floor(random() * 74)));
    const first = Float64Array.from({ length: ticks }, () => {
      price += Math.floor(random() * 7) - 3;
      return (price = Math.min(middle + quiet - 1, Math.max(middle - quiet + 1, price)));
    });
    return {
      shard: 0,
      epoch: 'tape-0000000001',
      number: index + 1,
      firstOrdinal: index * ticks,
      receivedAt: at,
      isLast: false,
      instruments: [{ symbol: 'BTC-USDT', venue: 'kucoin', kind: 'trade', priceScale: scale, sizeScale: 8 }],
      length: ticks,
      instrument: new Uint16Array(ticks),
      exchangeAt,
      first,
      second: Float64Array.from({ length: ticks }, () => Math.floor(random() * 200_000_000)),
    };
  });
}

export function encoded(frames: readonly Frame[]): Uint8Array[] {
  return frames.map((frame) => encodeFrame(frame).slice());
}

/** The same ticks as JSON with decimal strings, one list a frame. */
export function asJson({ instruments, length, instrument, exchangeAt, first, second }: Frame): string {
  const ticks = Array.from({ length }, (_, i) => {
    const { symbol, venue, kind, priceScale, sizeScale } = instruments[instrument[i] ?? 0] ?? fail();
    return {
      symbol,
      venue,
      kind,
      price: formatDecimal({ units: BigInt(first[i] ?? 0), scale: priceScale }),
      size: formatDecimal({ units: BigInt(second[i] ?? 0), scale: sizeScale }),
      exchangeAt: new Date(exchangeAt[i] ?? 0).toISOString(),
      ordinal: i,
    };
  });
  return JSON.stringify(ticks);
}

function fail(): never {
  throw new Error('a tick without its instrument');
}
