import { isAtOrAfter } from '../market/tick.ts';
import type { PriceSeries } from '../market/tick.ts';
import { type Decimal, add, compare, formatDecimal, multiply, subtract, zero } from '../units.ts';
import {
  type Armed,
  type Line,
  type LineReason,
  type MoveLine,
  type TrailingLine,
  precedence,
} from './line.ts';
import type { Place } from './place.ts';

interface Watched {
  readonly armed: Armed;
  /** Every price of its series that counts for it, oldest first. */
  readonly seen: { readonly price: Decimal; readonly at: number }[];
  /** What a trailing line follows, its start included. */
  best: Decimal;
  hasFired: boolean;
}

interface Found {
  readonly key: string;
  readonly reason: LineReason;
  readonly level: Decimal;
  readonly isFall: boolean;
}

/** What should fire, worked out line by line with exact decimals and the whole past; nothing clever. */
export class SymbolBookOracle {
  readonly #watched = new Map<string, Watched>();

  arm(armed: Armed): void {
    const best = armed.line.kind === 'trailing' ? armed.line.start : zero;
    this.#watched.set(armed.key, { armed, seen: [], best, hasFired: false });
  }

  /** What has fired counts again; it has seen what passed meanwhile. */
  rearm(key: string): void {
    const found = this.#watched.get(key);
    if (found !== undefined) found.hasFired = false;
  }

  disarm(key: string): void {
    this.#watched.delete(key);
  }

  get size(): number {
    return [...this.#watched.values()].filter(({ hasFired }) => !hasFired).length;
  }

  tick(place: Place, prices: readonly { readonly series: PriceSeries; readonly price: Decimal }[]) {
    const fired: Found[] = [];
    for (const watched of this.#watched.values()) {
      const { armed, seen } = watched;
      const price = prices.find(({ series }) => series === armed.line.series)?.price;
      if (price === undefined || !isAtOrAfter(place, armed.armedFrom)) continue;
      seen.push({ price, at: place.exchangeAt });
      const found = reachedBy(armed.line, watched, price, place.exchangeAt);
      if (found === undefined || watched.hasFired) continue;
      watched.hasFired = true;
      fired.push({ key: armed.key, reason: armed.line.reason, ...found });
    }
    return fired
      .toSorted((a, b) => byProtection(a, b))
      .map(({ key, reason, level }) => ({ key, reason, level: formatDecimal(level) }));
  }
}

type Level = Pick<Found, 'level' | 'isFall'>;

function reachedBy(line: Line, watched: Watched, price: Decimal, now: number): Level | undefined {
  switch (line.kind) {
    case 'fixed':
      return isPast(price, line.price, line.fires === 'atOrBelow')
        ? { level: line.price, isFall: line.fires === 'atOrBelow' }
        : undefined;
    case 'trailing': {
      if (isPast(price, watched.best, line.follows === 'lowest')) watched.best = price;
      const level = stopOf(line, watched.best);
      const isFall = line.follows === 'highest';
      return isPast(price, level, isFall) ? { level, isFall } : undefined;
    }
    case 'time':
      return now >= line.at ? { level: price, isFall: true } : undefined;
    case 'move':
      return moved(line, watched.seen, price, now);
  }
}

function stopOf({ follows, distance }: TrailingLine, best: Decimal): Decimal {
  if (follows === 'highest')
    return 'ppm' in distance ? share(best, 1_000_000 - distance.ppm) : subtract(best, distance.absolute);
  return 'ppm' in distance ? share(best, 1_000_000 + distance.ppm) : add(best, distance.absolute);
}

function moved(line: MoveLine, seen: Watched['seen'], price: Decimal, now: number): Level | undefined {
  const recent = seen.filter(({ at }) => at >= now - line.windowMs).map((each) => each.price);
  const up = share(
    recent.reduce((a, b) => (compare(b, a) < 0 ? b : a)),
    1_000_000 + line.ppm,
  );
  if (line.direction !== 'down' && compare(price, up) >= 0) return { level: up, isFall: false };
  const down = share(
    recent.reduce((a, b) => (compare(b, a) > 0 ? b : a)),
    1_000_000 - line.ppm,
  );
  return line.direction !== 'up' && compare(price, down) <= 0 ? { level: down, isFall: true } : undefined;
}

function share(price: Decimal, ppm: number): Decimal {
  return multiply(price, { units: BigInt(ppm), scale: 6 });
}

function isPast(price: Decimal, level: Decimal, isFall: boolean): boolean {
  return isFall ? compare(price, level) <= 0 : compare(price, level) >= 0;
}

function byProtection(a: Found, b: Found): number {
  const byReason = precedence[a.reason] - precedence[b.reason];
  const byDirection = Number(b.isFall) - Number(a.isFall);
  const byLevel = compare(a.level, b.level) * (a.isFall ? -1 : 1);
  return byReason || byDirection || byLevel || (a.key < b.key ? -1 : 1);
}
