import type { Extreme, SeriesExtremes } from '@bellwether/contracts';
import {
  type Armed,
  type Line,
  type LineMemory,
  type SeriesPoint,
  decimal,
  floorAt,
  isAtOrAfter,
} from '@bellwether/domain';

/** What a checkpoint remembers of ticks before it, for lines that count from before it. */
export class Restored {
  readonly #points = new Map<string, readonly Extreme[]>();
  readonly #scales = new Map<string, number>();

  constructor(extremes: readonly SeriesExtremes[]) {
    for (const { symbol, series, direction, windowMs, points } of extremes) {
      this.#points.set(keyOf(symbol, series, direction, windowMs), points);
      const scales = points.map(({ price }) => decimal(price).scale);
      this.#scales.set(
        symbol,
        scales.reduce((a, b) => Math.max(a, b), this.scaleOf(symbol)),
      );
    }
  }

  /** A scale at which all remembered prices of the symbol are whole. */
  scaleOf(symbol: string): number {
    return this.#scales.get(symbol) ?? 0;
  }

  /** What ticks that count for the line have left, at the book's scale. */
  memoryOf({ symbol, armedFrom, line }: Armed, scale: number): LineMemory {
    const pointsOf = (direction: 'highest' | 'lowest', windowMs?: number): SeriesPoint[] =>
      (this.#points.get(keyOf(symbol, line.series, direction, windowMs)) ?? [])
        .filter((point) => isAtOrAfter(point, armedFrom))
        .map((point) => atScale(point, scale));
    switch (line.kind) {
      case 'trailing': {
        const [best] = pointsOf(line.follows);
        return best === undefined ? {} : { best };
      }
      case 'move':
        return {
          window: { lowest: pointsOf('lowest', line.windowMs), highest: pointsOf('highest', line.windowMs) },
        };
      case 'fixed':
      case 'time':
        return {};
    }
  }
}

function keyOf(symbol: string, series: Line['series'], direction: string, windowMs?: number): string {
  return `${series} ${direction} ${windowMs ?? ''} ${symbol}`;
}

function atScale({ epoch, ordinal, exchangeAt, price }: Extreme, scale: number): SeriesPoint {
  return { place: { epoch, ordinal, exchangeAt }, price: Number(floorAt(decimal(price), scale)) };
}
