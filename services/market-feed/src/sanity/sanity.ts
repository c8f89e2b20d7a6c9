import type { Instrument, Tick } from '../ticks/tick.ts';

/** Why a tick is not believed. `outlier`: outside the band, and no second tick confirmed it. */
export type SanityRefusal = 'nonPositive' | 'crossed' | 'stale' | 'regressed' | 'outlier';

export interface SanityRules {
  /** How far from the last accepted price a tick may lie, as a share of it. */
  readonly band: number;
  /** How near to a held outlier a second tick must lie to confirm it, as a share of it. */
  readonly confirmation: number;
  /** How far behind the feed's present a tick may be, milliseconds. */
  readonly staleAfterMs: number;
}

export const defaultSanityRules: SanityRules = { band: 0.2, confirmation: 0.01, staleAfterMs: 5_000 };

/**
 * Tells ticks that can be true from those that cannot. What is implausible is held until the next tick of
 * its instrument either confirms it (then both are valid, in order) or does not (then it is refused).
 *
 * The first tick of an instrument has nothing to be compared with and is believed.
 */
export class Sanity {
  readonly #rules: SanityRules;
  readonly #instruments = new Map<Instrument, { lastPrice: number; lastAt: number; held?: Tick }>();
  readonly #refusals = new Map<SanityRefusal, number>();

  constructor(rules: SanityRules = defaultSanityRules) {
    this.#rules = rules;
  }

  /** How many ticks were refused so far, by reason. */
  get refusals(): Readonly<Partial<Record<SanityRefusal, number>>> {
    return Object.fromEntries(this.#refusals);
  }

  /**
   * The ticks that are valid now: the given one, a held one and the given one, or none.
   *
   * @param presentAt the feed's present on the time axis of exchange times, epoch milliseconds.
   */
  judge(tick: Tick, presentAt: number): readonly Tick[] {
    const refusal = this.#refusalOf(tick, presentAt);
    if (refusal !== undefined) return this.#refuse(refusal);
    const price = priceOf(tick);
    const known = this.#instruments.get(tick.instrument);
    if (known === undefined) {
      this.#instruments.set(tick.instrument, { lastPrice: price, lastAt: tick.exchangeAt });
      return [tick];
    }
    const { held } = known;
    delete known.held;
    known.lastAt = tick.exchangeAt;
    if (isWithin(price, known.lastPrice, this.#rules.band)) {
      if (held !== undefined) this.#refuse('outlier');
      known.lastPrice = price;
      return [tick];
    }
    if (held !== undefined && isWithin(price, priceOf(held), this.#rules.confirmation)) {
      known.lastPrice = price;
      return [held, tick];
    }
    if (held !== undefined) this.#refuse('outlier');
    known.held = tick;
    return [];
  }

  /** The feed ends: what is still held is refused. */
  finish(): void {
    for (const known of this.#instruments.values()) {
      if (known.held !== undefined) this.#refuse('outlier');
      delete known.held;
    }
  }

  #refusalOf({ instrument, exchangeAt, first, second }: Tick, presentAt: number): SanityRefusal | undefined {
    const isQuote = instrument.kind === 'quote';
    if (!(first > 0) || !(isQuote ? second > 0 : second >= 0)) return 'nonPositive';
    if (isQuote && second < first) return 'crossed';
    if (exchangeAt < presentAt - this.#rules.staleAfterMs) return 'stale';
    const known = this.#instruments.get(instrument);
    return known !== undefined && exchangeAt < known.lastAt ? 'regressed' : undefined;
  }

  #refuse(reason: SanityRefusal): readonly Tick[] {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
    return [];
  }
}

/** A trade's price; the middle of a quote. */
function priceOf({ instrument, first, second }: Tick): number {
  return instrument.kind === 'quote' ? (first + second) / 2 : first;
}

function isWithin(price: number, reference: number, share: number): boolean {
  return Math.abs(price - reference) <= reference * share;
}
