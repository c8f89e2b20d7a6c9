import type { Instrument, Tick } from '../ticks/tick.ts';
import type { SanityRules } from './sanity-rules.ts';

/** A tick and when it came in. */
export interface Arrival {
  readonly tick: Tick;
  readonly at: number;
}

interface Past {
  readonly arrival: Arrival;
  /** `held` while it is not known, `late` for what was confirmed, but by then too old. */
  fate: string;
  /** Rank among all that were accepted, when it was accepted, and the last time that prices began anew by then. */
  rank?: number;
  acceptedAt?: number;
  beginning?: number;
}

/**
 * What becomes of each tick and in which order the valid ones leave, worked out anew from the whole past at every
 * tick, without keeping anything but the fates.
 */
export function expectedFates(
  arrivals: readonly Arrival[],
  rules: SanityRules,
): {
  /** `valid`, or why not. */
  readonly fates: readonly string[];
  readonly valid: readonly Tick[];
} {
  const past: Past[] = [];
  const valid: Tick[] = [];
  const of = (instrument: Instrument): Past[] =>
    past.filter((each) => each.arrival.tick.instrument === instrument);
  const accepted = (instrument: Instrument): Past[] =>
    of(instrument)
      .filter(({ fate }) => fate === 'valid')
      .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const accept = (each: Past, at: number, beginning: number): void => {
    Object.assign(each, { fate: 'valid', rank: valid.length, acceptedAt: at, beginning });
    valid.push(each.arrival.tick);
  };

  for (const arrival of arrivals) {
    const { tick, at } = arrival;
    const { instrument } = tick;
    const entry: Past = { arrival, fate: 'held' };
    const before = accepted(instrument);
    const last = before.at(-1);
    const impossible = impossibility(arrival, last?.arrival.tick, of(instrument), rules);
    const held = of(instrument).filter(({ fate }) => fate === 'held');
    past.push(entry);
    if (impossible !== undefined) {
      entry.fate = impossible;
      continue;
    }
    const current = before.filter(({ beginning }) => beginning === last?.beginning).slice(-5);
    const reference = median(current.map((each) => middle(each.arrival.tick)));
    if (reference !== undefined && prices(tick).every((price) => near(price, reference, rules.band))) {
      for (const each of held) each.fate = 'outlier';
      accept(entry, at, last?.beginning ?? 0);
      continue;
    }
    const isSeed = last?.acceptedAt === undefined || at - last.acceptedAt > rules.silenceMs;
    const latest = held.at(-1)?.arrival.tick;
    const isInTime = isSeed || held.every((each) => at - each.arrival.at <= rules.confirmWithinMs);
    const joins =
      latest !== undefined &&
      latest.exchangeAt <= tick.exchangeAt &&
      prices(tick).every((price, i) => near(price, prices(latest)[i] ?? 0, rules.agreement)) &&
      isInTime;
    if (!joins) for (const each of held) each.fate = 'outlier';
    const group = joins ? [...held, entry] : [entry];
    const moments = new Set(group.map((each) => each.arrival.tick.exchangeAt)).size;
    const elsewhere = past.some((other) => {
      const { instrument: there } = other.arrival.tick;
      if (there === instrument || there.symbol !== instrument.symbol) return false;
      if (other !== accepted(there).at(-1) || other.acceptedAt === undefined) return false;
      if ((other.rank ?? 0) < (last?.rank ?? -1) || at - other.acceptedAt > rules.confirmWithinMs)
        return false;
      const price = middle(other.arrival.tick) * 10 ** (instrument.priceScale - there.priceScale);
      return prices(tick).every((mine) => near(mine, price, rules.agreement));
    });
    if (moments - 1 < (isSeed ? rules.seedConfirmations : rules.confirmations) && !elsewhere) continue;
    const beginning = past.length;
    for (const each of group) {
      if (each.arrival.tick.exchangeAt < at - rules.silenceMs) each.fate = 'late';
      else accept(each, at, beginning);
    }
  }
  return { fates: past.map(({ fate }) => toFate(fate)), valid };
}

/** What is held to the end is never confirmed. */
function toFate(fate: string): string {
  return { held: 'outlier', late: 'stale' }[fate] ?? fate;
}

function impossibility(
  { tick, at }: Arrival,
  last: Tick | undefined,
  before: readonly Past[],
  rules: SanityRules,
): string | undefined {
  const { first, second, exchangeAt, sequence, instrument } = tick;
  if ([first, second, exchangeAt].some((value) => !Number.isSafeInteger(value))) return 'notANumber';
  if (first <= 0 || second < 0 || (instrument.kind === 'quote' && second === 0)) return 'nonPositive';
  if (instrument.kind === 'quote' && first > second) return 'crossed';
  if (at - exchangeAt > rules.staleAfterMs) return 'stale';
  if (exchangeAt - at > rules.staleAfterMs) return 'future';
  const seen = before
    .filter(({ fate }) => fate === 'valid' || fate === 'held' || fate === 'outlier' || fate === 'late')
    .flatMap(({ arrival }) => (arrival.tick.sequence === undefined ? [] : [Number(arrival.tick.sequence)]));
  if (sequence !== undefined && seen.length > 0) {
    if (Number(sequence) === Math.max(...seen)) return 'duplicate';
    if (Number(sequence) < Math.max(...seen)) return 'regressed';
  }
  return last !== undefined && exchangeAt < last.exchangeAt ? 'regressed' : undefined;
}

function prices({ instrument, first, second }: Tick): number[] {
  return instrument.kind === 'quote' ? [first, second] : [first];
}

function middle(tick: Tick): number {
  return prices(tick).reduce((a, b) => a + b, 0) / prices(tick).length;
}

function near(price: number, reference: number, share: number): boolean {
  return Math.abs(price - reference) <= reference * share;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
