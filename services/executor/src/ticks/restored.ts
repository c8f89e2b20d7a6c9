import type { Extreme, SeriesExtremes } from '@bellwether/contracts';
import {
  type Armed,
  type ArmedFrom,
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
    const { series } = line;
    switch (line.kind) {
      case 'trailing': {
        const best = this.bestOf({ symbol, series, follows: line.follows, armedFrom, scale });
        return best === undefined ? {} : { best };
      }
      case 'move': {
        const pointsOf = (direction: 'highest' | 'lowest'): SeriesPoint[] =>
          this.#pointsOf(keyOf(symbol, series, direction, line.windowMs))
            .filter((point) => isAtOrAfter(point, armedFrom))
            .map((point) => atScale(point, scale));
        return { window: { lowest: pointsOf('lowest'), highest: pointsOf('highest') } };
      }
      case 'fixed':
      case 'time':
        return {};
    }
  }

  /** The best price for a trailing line that ticks have set which count for it, at the book's scale. */
  bestOf({ symbol, series, follows, armedFrom, scale }: Trailed): SeriesPoint | undefined {
    if (this.#points.size === 0) return undefined;
    const points = this.#pointsOf(keyOf(symbol, series, follows));
    const best = points.find((point) => isAtOrAfter(point, armedFrom));
    return best && atScale(best, scale);
  }

  #pointsOf(key: string): readonly Extreme[] {
    return this.#points.get(key) ?? [];
  }
}

/** What a trailing line follows, and from when on. */
interface Trailed {
  readonly symbol: string;
  readonly series: Line['series'];
  readonly follows: 'highest' | 'lowest';
  readonly armedFrom: ArmedFrom;
  /** That of the book. */
  readonly scale: number;
}

function keyOf(symbol: string, series: Line['series'], direction: string, windowMs?: number): string {
  return `${series} ${direction} ${windowMs ?? ''} ${symbol}`;
}

function atScale({ epoch, ordinal, exchangeAt, price }: Extreme, scale: number): SeriesPoint {
  return { place: { epoch, ordinal, exchangeAt }, price: Number(floorAt(decimal(price), scale)) };
}
