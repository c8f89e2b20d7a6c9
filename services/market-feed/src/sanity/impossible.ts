import { MarketSymbol, largestFrameInteger } from '@bellwether/contracts';
import type { Instrument, Tick } from '../ticks/tick.ts';
import type { SanityRules } from './sanity-rules.ts';

/**
 * Why a tick cannot be true, or not be of now.
 *
 * `notANumber`: NaN, infinite, or no integer that a frame carries. `regressed`: its exchange time
 * or sequence is before that of a tick that was believed. `future`: its exchange time is ahead of the clock.
 */
export type Impossibility =
  | 'unknownSymbol'
  | 'notANumber'
  | 'nonPositive'
  | 'crossed'
  | 'stale'
  | 'future'
  | 'regressed'
  | 'duplicate';

/** What of the ticks before decides whether another can follow them. */
export interface Precedent {
  /** The exchange time of the last tick that was believed, epoch milliseconds. */
  readonly exchangeAt: number;
  /** The highest sequence that was seen. */
  readonly sequence: number | bigint | undefined;
}

/** @param presentAt when the tick came in, epoch milliseconds on the axis of exchange times. */
export function impossibilityOf(
  tick: Tick,
  presentAt: number,
  before: Precedent | undefined,
  rules: Pick<SanityRules, 'staleAfterMs'>,
): Impossibility | undefined {
  const { instrument, exchangeAt, first, second, sequence } = tick;
  const isQuote = instrument.kind === 'quote';
  if (!isCount(Math.abs(first)) || !isCount(Math.abs(second)) || !isCount(exchangeAt)) return 'notANumber';
  if (!(first > 0) || !(isQuote ? second > 0 : second >= 0)) return 'nonPositive';
  if (isQuote && second < first) return 'crossed';
  if (exchangeAt < presentAt - rules.staleAfterMs) return 'stale';
  if (exchangeAt > presentAt + rules.staleAfterMs) return 'future';
  if (before === undefined) return undefined;
  if (sequence !== undefined && before.sequence !== undefined) {
    if (sequence === before.sequence) return 'duplicate';
    if (sequence < before.sequence) return 'regressed';
  }
  return exchangeAt < before.exchangeAt ? 'regressed' : undefined;
}

/** False for another case of a known symbol, look-alike letters, and what no venue lists. */
export function isKnownSymbol({ symbol }: Instrument, { symbols }: Pick<SanityRules, 'symbols'>): boolean {
  return MarketSymbol.safeParse(symbol).success && (symbols?.has(symbol) ?? true);
}

/** An integer that a frame carries. */
function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= largestFrameInteger;
}
