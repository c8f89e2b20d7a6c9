/** What limits are counted from. Amounts are decimal text, in the account's currency. */
export interface EquityBase {
  /** Midnight UTC at which the day began, epoch milliseconds. */
  readonly day: number;
  /**
   * The equity as the day began, at the last prices of the day before, or of the day's first commit where nobody remembers
   * those; what came from outside since moves it along.
   */
  readonly dayEquity: string;
  /** The highest that a commit of the account has seen; moved along likewise. */
  readonly peakEquity: string;
}

export type TrippingLimit = 'dailyLoss' | 'drawdown' | 'stopGuard';

/** No entries because of a limit that was reached. */
export interface Trip {
  readonly limit: TrippingLimit;
  /** Epoch milliseconds; absent where it ends only when the account is configured anew or reset. */
  readonly until?: number;
}

/** No entries into a symbol. */
export interface SymbolLock {
  readonly symbol: string;
  readonly actor: string;
  readonly reason: string;
  /** When it ends by itself, epoch milliseconds. */
  readonly until?: number;
}

/** What limits remember, as the account's events tell it. A limit that is off remembers nothing. */
export interface RiskState {
  /** When the latest orders that enter were placed, epoch milliseconds, as many as one minute allows. */
  readonly entries: readonly number[];
  /** When the latest positions were closed by a stop, epoch milliseconds, as many as the stop guard counts. */
  readonly stops: readonly number[];
  /** The latest stop of each symbol, epoch milliseconds, as far as it cools down. */
  readonly stoppedAt: readonly { readonly symbol: string; readonly at: number }[];
  readonly locks: readonly SymbolLock[];
  readonly trips: readonly Trip[];
  /** Absent before the first equity of an account with such limits is known. */
  readonly equity?: EquityBase;
}

export const noRisk: RiskState = { entries: [], stops: [], stoppedAt: [], locks: [], trips: [] };

/** How many symbols an account may have locked, and how many are remembered as stopped. */
export const maxLocks = 100;
export const maxStoppedSymbols = 500;

export const minuteMs = 60_000;
const dayMs = 24 * 3_600_000;

/** Midnight UTC before a moment, epoch milliseconds. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs) * dayMs;
}

/** The midnight after. */
export function nextDay(day: number): number {
  return day + dayMs;
}
