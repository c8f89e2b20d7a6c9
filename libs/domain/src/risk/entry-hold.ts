import type { Account } from '../account/account.ts';
import { isInForce } from './evolve-risk.ts';
import type { TrippingLimit } from './risk-state.ts';

/** Why nothing enters for now, whatever its size. `until`: when that ends by itself, epoch milliseconds. */
export type EntryHold =
  | {
      readonly reason: 'SYMBOL_LOCKED';
      readonly symbol: string;
      readonly because: string;
      readonly until?: number;
    }
  | { readonly reason: 'LIMIT_TRIPPED'; readonly limit: TrippingLimit; readonly until?: number }
  | {
      readonly reason: 'COOLING_DOWN';
      readonly symbol: string;
      readonly until: number;
      readonly byMs: number;
    };

/** What holds entries into a symbol at `now`, epoch milliseconds; `undefined` where nothing does. */
export function entryHold({ risk, settings }: Account, symbol: string, now: number): EntryHold | undefined {
  const lock = risk.locks.find((each) => each.symbol === symbol && isInForce(each, now));
  if (lock !== undefined)
    return { reason: 'SYMBOL_LOCKED', symbol, because: lock.reason, ...endOf(lock.until) };
  const trip = risk.trips.find((each) => isInForce(each, now));
  if (trip !== undefined) return { reason: 'LIMIT_TRIPPED', limit: trip.limit, ...endOf(trip.until) };
  const { coolDownAfterStopMs: coolDownMs } = settings.limits;
  const stop = risk.stoppedAt.find((each) => each.symbol === symbol);
  if (coolDownMs === undefined || stop === undefined) return undefined;
  const until = stop.at + coolDownMs;
  return now < until ? { reason: 'COOLING_DOWN', symbol, until, byMs: Math.ceil(until - now) } : undefined;
}

function endOf(until: number | undefined): { readonly until?: number } {
  return until === undefined ? {} : { until };
}

/** An order that would enter while nothing may is cancelled: what was asked for earlier must not wait behind a limit. */
export function becauseOf(hold: EntryHold): string {
  switch (hold.reason) {
    case 'SYMBOL_LOCKED':
      return `${hold.symbol} is locked: ${hold.because}`.slice(0, 512);
    case 'LIMIT_TRIPPED':
      return `the limit ${hold.limit} was reached`;
    case 'COOLING_DOWN':
      return `${hold.symbol} cools down after a stop`;
  }
}
