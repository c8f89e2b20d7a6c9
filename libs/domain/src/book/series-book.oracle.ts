import type { Place, SeriesPoint } from './place.ts';

/** A line as the oracle sees it; prices of those that follow the lowest are as they are, not negated. */
export type SlowLine =
  | { readonly kind: 'falling' | 'rising'; readonly price: number }
  | { readonly kind: 'time'; readonly at: number }
  | {
      readonly kind: 'fromHighest' | 'fromLowest';
      readonly start: number;
      readonly offset: number;
      readonly isRelative: boolean;
    };

interface Watched {
  readonly line: SlowLine;
  isSilent: boolean;
  best?: SeriesPoint;
}

/** Looks at every line at every tick, with exact integers. */
export class SlowSeriesBook {
  readonly #lines = new Map<number, Watched>();

  arm(line: number, watched: SlowLine, best?: SeriesPoint): void {
    this.#lines.set(line, { line: watched, isSilent: false, ...(best === undefined ? {} : { best }) });
  }

  disarm(line: number): void {
    this.#lines.delete(line);
  }

  silence(line: number): void {
    const found = this.#lines.get(line);
    if (found !== undefined) found.isSilent = true;
  }

  bestOf(line: number): SeriesPoint | undefined {
    return this.#lines.get(line)?.best;
  }

  /** What a tick reaches: levels that it fell to, those that it rose to, times, and trailing stops. */
  evaluate(price: number, place: Place) {
    const falling: [number, number][] = [];
    const rising: [number, number][] = [];
    const times: number[] = [];
    const trailing: number[] = [];
    for (const [id, watched] of this.#lines) {
      const { line } = watched;
      follow(watched, price, place);
      if (watched.isSilent || !isReached(watched, price, place.exchangeAt)) continue;
      watched.isSilent = true;
      if (line.kind === 'falling') falling.push([-line.price, id]);
      else if (line.kind === 'rising') rising.push([line.price, id]);
      else if (line.kind === 'time') times.push(id);
      else trailing.push(id);
    }
    return {
      levels: [...inOrder(falling), ...inOrder(rising)],
      others: [...times, ...trailing].toSorted((a, b) => a - b),
    };
  }
}

function follow(watched: Watched, price: number, place: Place): void {
  const { line } = watched;
  if (line.kind !== 'fromHighest' && line.kind !== 'fromLowest') return;
  const sign = line.kind === 'fromHighest' ? 1 : -1;
  if (sign * price > sign * (watched.best?.price ?? line.start)) watched.best = { place, price };
}

function isReached({ line, best }: Watched, price: number, at: number): boolean {
  switch (line.kind) {
    case 'falling':
      return price <= line.price;
    case 'rising':
      return price >= line.price;
    case 'time':
      return at >= line.at;
    case 'fromHighest':
    case 'fromLowest': {
      const from = BigInt(best?.price ?? line.start);
      const fallen = (from - BigInt(price)) * (line.kind === 'fromHighest' ? 1n : -1n);
      return line.isRelative
        ? fallen * 1_000_000n >= from * BigInt(line.offset)
        : fallen >= BigInt(line.offset);
    }
  }
}

function inOrder(levels: readonly (readonly [number, number])[]): number[] {
  return levels.toSorted(([a, i], [b, j]) => a - b || i - j).map(([, id]) => id);
}
