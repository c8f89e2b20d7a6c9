import type { Frame } from '@bellwether/contracts';
import type { Candle, Market } from '../src/index.ts';

/** A tick as plain decimals would have it: `first` and `second` counted in 1e-18. */
interface SlowTick {
  readonly at: number;
  readonly first: bigint;
  readonly second: bigint;
}

const scale = 18;
const one = 10n ** BigInt(scale);

/** Candles by their definition, tick by tick over all frames in order of publication, in integers. */
export function candlesByHand(frames: readonly Frame[], market: Market, stepMs: number): Candle[] {
  const buckets = new Map<number, SlowTick[]>();
  for (const tick of frames.flatMap((frame) => ticksOf(frame, market))) {
    const openAt = tick.at - (tick.at % stepMs);
    buckets.set(openAt, [...(buckets.get(openAt) ?? []), tick]);
  }
  return [...buckets]
    .toSorted(([a], [b]) => a - b)
    .map(([openAt, unsorted]) => {
      const ticks = unsorted.toSorted((a, b) => a.at - b.at); // stable: of equal times the first published is first
      const values = ticks.map(({ first, second }) =>
        market.kind === 'quote' ? (first + second) / 2n : first,
      );
      const ordered = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const volume = ticks.reduce((sum, { second }) => sum + second, 0n);
      const turnover = ticks.reduce((sum, { first, second }) => sum + first * second, 0n);
      const isTraded = market.kind === 'trade';
      return {
        openAt,
        open: textOf(values[0]),
        high: textOf(ordered.at(-1)),
        low: textOf(ordered[0]),
        close: textOf(values.at(-1)),
        volume: isTraded ? textOf(volume) : null,
        vwap: isTraded && volume > 0n ? textOf(turnover / volume) : null,
        count: ticks.length,
      };
    });
}

function ticksOf(frame: Frame, market: Market): SlowTick[] {
  const ticks: SlowTick[] = [];
  for (let i = 0; i < frame.length; i += 1) {
    const instrument = frame.instruments[frame.instrument[i] ?? 0];
    if (instrument === undefined) throw new Error('a tick without its instrument');
    const { symbol, venue, kind, priceScale, sizeScale } = instrument;
    if (symbol !== market.symbol || venue !== market.venue || kind !== market.kind) continue;
    ticks.push({
      at: frame.exchangeAt[i] ?? 0,
      first: BigInt(frame.first[i] ?? 0) * 10n ** BigInt(scale - priceScale),
      second:
        BigInt(frame.second[i] ?? 0) * 10n ** BigInt(scale - (kind === 'quote' ? priceScale : sizeScale)),
    });
  }
  return ticks;
}

function textOf(units = 0n): string {
  const fraction = (units % one).toString().padStart(scale, '0').replace(/0+$/, '');
  return fraction === '' ? `${units / one}` : `${units / one}.${fraction}`;
}
