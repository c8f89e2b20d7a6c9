import type { RefusedTick } from '@bellwether/contracts';
import type { Tick } from '../ticks/tick.ts';
import type { Impossibility } from './impossible.ts';

/** Why a tick is not believed. `outlier`: outside the band, and nothing confirmed it in time. */
export type SanityRefusal = Impossibility | 'outlier';

const samplesPerReason = 3;

/** What was refused: how many by reason, and the first of each as samples. */
export class Refusals {
  readonly #counts = new Map<SanityRefusal, number>();
  readonly #samples: RefusedTick[] = [];
  #total = 0;

  get total(): number {
    return this.#total;
  }

  get counts(): Readonly<Partial<Record<SanityRefusal, number>>> {
    return Object.fromEntries(this.#counts);
  }

  get samples(): readonly RefusedTick[] {
    return this.#samples;
  }

  /** @param refusedAt epoch milliseconds, on the axis of exchange times. */
  add(tick: Tick, reason: SanityRefusal, refusedAt: number): void {
    const count = (this.#counts.get(reason) ?? 0) + 1;
    this.#counts.set(reason, count);
    this.#total += 1;
    if (count <= samplesPerReason) this.#samples.push(sampleOf(tick, reason, refusedAt));
  }
}

/** As text, since what is refused may be no number at all. */
function sampleOf(
  { instrument, exchangeAt, first, second, sequence }: Tick,
  reason: string,
  refusedAt: number,
): RefusedTick {
  const { symbol, venue, kind, priceScale } = instrument;
  return {
    reason,
    symbol: symbol.slice(0, 64),
    venue: venue.slice(0, 64),
    kind,
    first: String(first),
    second: String(second),
    priceScale,
    exchangeAt: String(exchangeAt),
    refusedAt,
    ...(sequence === undefined ? {} : { sequence: String(sequence) }),
  };
}
