import type { RefusedTick } from '@bellwether/contracts';
import { type Instrument, type Tick, middleOf } from '../ticks/tick.ts';
import { impossibilityOf, isKnownSymbol } from './impossible.ts';
import { LastTrades } from './last-trades.ts';
import { Refusals, type SanityRefusal } from './refusals.ts';
import { type SanityRules, defaultSanityRules } from './sanity-rules.ts';

/** What became of ticks when one more came in. */
export interface Verdict {
  /** Valid now, in order: what was held and is confirmed, then the tick itself. */
  readonly valid: readonly Tick[];
  /** Not believed: the tick itself, or what was held and is not confirmed. */
  readonly refused: readonly { readonly tick: Tick; readonly reason: SanityRefusal }[];
}

const mostHeld = 1_000;

/**
 * Tells ticks that can be true from those that cannot. It knows no clock: the same ticks at the same times
 * get the same verdicts.
 *
 * A tick inside the band around the last prices of its instrument is valid. One outside is held. It becomes
 * valid, with all that was held since, when enough ticks of later exchange times agree with it in time, or
 * when another instrument of the symbol has come to the same price meanwhile; it is refused when a tick is
 * inside the band again, disagrees with it, or comes too late. What prints within one millisecond counts as one.
 *
 * At the start, and after a silence, there is no price to compare with: the first tick is held likewise,
 * unless after a silence it is inside the band.
 */
export class Sanity {
  readonly #rules: SanityRules;
  readonly #markets = new Map<Instrument, Market>();
  /** The instruments of each symbol: the other sources of its price. */
  readonly #bySymbol = new Map<string, Market[]>();
  readonly #refusals = new Refusals();
  #accepted = 0;

  constructor(rules: SanityRules = defaultSanityRules) {
    this.#rules = rules;
  }

  /** How many ticks were refused so far, by reason. */
  get refusals(): Readonly<Partial<Record<SanityRefusal, number>>> {
    return this.#refusals.counts;
  }

  /** The first refused ticks of each reason. */
  get samples(): readonly RefusedTick[] {
    return this.#refusals.samples;
  }

  /** @param presentAt when the tick came in, epoch milliseconds on the axis of exchange times. */
  judge(tick: Tick, presentAt: number): Verdict {
    const market = this.#marketOf(tick.instrument);
    const impossible = market.isKnown
      ? impossibilityOf(tick, presentAt, market, this.#rules)
      : 'unknownSymbol';
    if (impossible !== undefined) return this.#conclude([], [{ tick, reason: impossible }], presentAt);
    if (tick.sequence !== undefined) market.sequence = tick.sequence;
    if (isWithin(tick, market.last.median, market.band)) {
      const refused = outliers(market.takeHeld());
      this.#accept(market, tick, presentAt);
      return refused.length === 0 ? { valid: [tick], refused } : this.#conclude([tick], refused, presentAt);
    }
    return this.#hold(market, tick, presentAt);
  }

  /** The feed ends: what is still held is refused. @param presentAt as for `judge`. */
  finish(presentAt: number): Verdict {
    const held = [...this.#markets.values()].flatMap((market) => market.takeHeld());
    return this.#conclude([], outliers(held), presentAt);
  }

  #hold(market: Market, tick: Tick, presentAt: number): Verdict {
    const { agreement, confirmations, seedConfirmations, confirmWithinMs, silenceMs } = this.#rules;
    const isSeed = market.last.median === undefined || presentAt - market.acceptedAt > silenceMs;
    const last = market.held.at(-1);
    const isAgreed =
      last !== undefined &&
      tick.exchangeAt >= last.exchangeAt &&
      isNear(tick, last, agreement) &&
      (isSeed || presentAt - market.heldFrom <= confirmWithinMs);
    const refused = isAgreed ? [] : outliers(market.takeHeld());
    if (market.held.length === mostHeld) return this.#conclude([], outliers([tick]), presentAt);
    market.hold(tick, presentAt);
    const isConfirmed = market.confirmations >= (isSeed ? seedConfirmations : confirmations);
    if (!isConfirmed && !this.#isConfirmedElsewhere(market, tick, presentAt))
      return this.#conclude([], refused, presentAt);
    return this.#release(market, refused, presentAt);
  }

  /** What has waited too long confirms what followed it, but is itself no news any more. */
  #release(market: Market, refused: Verdict['refused'], presentAt: number): Verdict {
    const held = market.takeHeld();
    const isOver = ({ exchangeAt }: Tick): boolean => exchangeAt < presentAt - this.#rules.silenceMs;
    const valid = held.filter((tick) => !isOver(tick));
    market.last.clear();
    for (const tick of valid) this.#accept(market, tick, presentAt);
    const late = held.filter(isOver).map((tick) => ({ tick, reason: 'stale' as const }));
    return this.#conclude(valid, [...refused, ...late], presentAt);
  }

  /** Whether another instrument of the symbol had an accepted price later than this one, and it is the tick's. */
  #isConfirmedElsewhere(market: Market, tick: Tick, presentAt: number): boolean {
    const others = this.#bySymbol.get(tick.instrument.symbol) ?? [];
    return others.some(
      (other) =>
        other.order > market.order &&
        presentAt - other.acceptedAt <= this.#rules.confirmWithinMs &&
        other.price !== undefined &&
        isWithin(
          tick,
          other.price * 10 ** (tick.instrument.priceScale - other.priceScale),
          this.#rules.agreement,
        ),
    );
  }

  #accept(market: Market, tick: Tick, presentAt: number): void {
    this.#accepted += 1;
    market.accept(tick, presentAt, this.#accepted);
  }

  #conclude(valid: readonly Tick[], refused: Verdict['refused'], presentAt: number): Verdict {
    for (const { tick, reason } of refused) this.#refusals.add(tick, reason, presentAt);
    return { valid, refused };
  }

  #marketOf(instrument: Instrument): Market {
    const known = this.#markets.get(instrument);
    if (known !== undefined) return known;
    const { band, bands } = this.#rules;
    const { symbol } = instrument;
    const market = new Market(instrument, bands.get(symbol) ?? band, isKnownSymbol(instrument, this.#rules));
    this.#markets.set(instrument, market);
    this.#bySymbol.set(symbol, [...(this.#bySymbol.get(symbol) ?? []), market]);
    return market;
  }
}

/** What is known of one instrument. */
class Market {
  readonly isKnown: boolean;
  readonly band: number;
  readonly priceScale: number;
  readonly last = new LastTrades();
  /** The last accepted price. */
  price: number | undefined;
  /** Exchange time of the last accepted tick. */
  exchangeAt = -Infinity;
  /** When the last accepted tick was accepted. */
  acceptedAt = -Infinity;
  /** Which acceptance, of all instruments, was the last of this one. */
  order = 0;
  sequence: number | bigint | undefined;
  held: Tick[] = [];
  /** When the first held tick came in. */
  heldFrom = 0;
  /** How many exchange times later than that of the first held tick there are among the held ones. */
  confirmations = 0;

  constructor({ priceScale }: Instrument, band: number, isKnown: boolean) {
    this.priceScale = priceScale;
    this.band = band;
    this.isKnown = isKnown;
  }

  accept(tick: Tick, presentAt: number, order: number): void {
    this.price = middleOf(tick);
    this.last.add(this.price);
    this.exchangeAt = tick.exchangeAt;
    this.acceptedAt = presentAt;
    this.order = order;
  }

  hold(tick: Tick, presentAt: number): void {
    const before = this.held.at(-1);
    if (before === undefined) this.heldFrom = presentAt;
    else if (tick.exchangeAt > before.exchangeAt) this.confirmations += 1;
    this.held.push(tick);
  }

  takeHeld(): readonly Tick[] {
    if (this.held.length === 0) return none;
    const { held } = this;
    this.held = [];
    this.confirmations = 0;
    return held;
  }
}

const none: readonly Tick[] = [];

function outliers(ticks: readonly Tick[]): Verdict['refused'] {
  return ticks.map((tick) => ({ tick, reason: 'outlier' as const }));
}

/** Whether a trade's price, or both prices of a quote, lie within a share of the reference. */
function isWithin(
  { instrument, first, second }: Tick,
  reference: number | undefined,
  share: number,
): boolean {
  if (reference === undefined) return false;
  const reach = reference * share;
  const isNearTo = (price: number): boolean => Math.abs(price - reference) <= reach;
  return isNearTo(first) && (instrument.kind !== 'quote' || isNearTo(second));
}

/** Whether both prices of a quote, or the price of a trade, lie within a share of those of another. */
function isNear(tick: Tick, other: Tick, share: number): boolean {
  const isAlike = (a: number, b: number): boolean => Math.abs(a - b) <= b * share;
  return (
    isAlike(tick.first, other.first) &&
    (tick.instrument.kind !== 'quote' || isAlike(tick.second, other.second))
  );
}
