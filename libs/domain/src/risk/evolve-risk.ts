import type { Account } from '../account/account.ts';
import type { AccountEvent, ExitTriggeredEvent, PositionClosed } from '../account/events.ts';
import type { AccountSettings, Limits } from '../account/settings.ts';
import { contentOf } from '../content.ts';
import { isStop } from '../position/position.ts';
import { type RiskState, type SymbolLock, maxStoppedSymbols, noRisk } from './risk-state.ts';

type RiskEvent = Extract<
  AccountEvent,
  {
    type:
      | 'AccountConfigured'
      | 'ShadowReset'
      | 'OrderPlaced'
      | ExitTriggeredEvent['type']
      | 'PositionClosed'
      | 'SymbolLocked'
      | 'SymbolUnlocked'
      | 'EquityMarked'
      | 'LimitTripped';
  }
>;

/** What the account's limits remember after an event. Its other parts are left alone. */
export function evolveRisk(account: Account, event: RiskEvent): Account {
  const risk = riskAfter(account, event);
  return risk === account.risk ? account : { ...account, risk };
}

function riskAfter(account: Account, event: RiskEvent): RiskState {
  const { risk, settings } = account;
  const { limits } = settings;
  switch (event.type) {
    case 'AccountConfigured':
      return configured(risk, settings, event.settings);
    case 'ShadowReset':
      return { ...noRisk, locks: risk.locks };
    case 'OrderPlaced': {
      const { purpose, placedAt } = event.order;
      const kept = limits.maxOrdersPerMinute;
      if (purpose.kind !== 'enter' || kept === undefined) return risk;
      return { ...risk, entries: latest([...risk.entries, placedAt], kept) };
    }
    case 'StopTriggered':
    case 'TrailingStopTriggered':
      return cooling(risk, limits, event.symbol, event.tick.exchangeAt);
    case 'TargetTriggered':
    case 'TimeExitTriggered':
      return risk;
    case 'PositionClosed': {
      const { stopGuard } = limits;
      if (stopGuard === undefined || !isStoppedOut(account, event)) return risk;
      return { ...risk, stops: latest([...risk.stops, event.closedAt], stopGuard.stops) };
    }
    case 'SymbolLocked': {
      const { symbol, actor, reason, until, at } = event;
      const lock: SymbolLock = { symbol, actor, reason, ...(until === undefined ? {} : { until }) };
      const others = risk.locks.filter((other) => other.symbol !== symbol && isInForce(other, at));
      return { ...risk, locks: [...others, lock] };
    }
    case 'SymbolUnlocked':
      return { ...risk, locks: risk.locks.filter(({ symbol }) => symbol !== event.symbol) };
    case 'EquityMarked': {
      const { equity: _before, ...rest } = risk;
      const { base } = event;
      return base === undefined ? rest : { ...rest, equity: base };
    }
    case 'LimitTripped': {
      const { limit, until } = event;
      const trip = { limit, ...(until === undefined ? {} : { until }) };
      const trips = [...risk.trips.filter((other) => other.limit !== limit), trip];
      return { ...risk, trips, stops: limit === 'stopGuard' ? [] : risk.stops };
    }
  }
}

/** Whether something that ends by itself has not yet at `now`. */
export function isInForce({ until }: { readonly until?: number }, now: number): boolean {
  return until === undefined || now < until;
}

/** A limit that changes is counted anew, and what it had tripped is over. */
function configured(risk: RiskState, before: AccountSettings, after: AccountSettings): RiskState {
  const { equity, ...rest } = risk;
  const changed = (limit: keyof Limits): boolean =>
    contentOf(before.limits[limit] ?? null) !== contentOf(after.limits[limit] ?? null);
  const isRecounted = before.currency !== after.currency;
  const isOver = { dailyLoss: 'maxDailyLoss', drawdown: 'maxDrawdown', stopGuard: 'stopGuard' } as const;
  const keepsEquity = !isRecounted && !changed('maxDailyLoss') && !changed('maxDrawdown');
  const kept = after.limits.maxOrdersPerMinute ?? 0;
  return {
    ...rest,
    entries: kept === 0 ? [] : risk.entries.slice(-kept),
    stops: changed('stopGuard') ? [] : risk.stops,
    stoppedAt: after.limits.coolDownAfterStopMs === undefined ? [] : risk.stoppedAt,
    trips: risk.trips.filter(
      ({ limit }) => !changed(isOver[limit]) && !(isRecounted && limit !== 'stopGuard'),
    ),
    ...(equity === undefined || !keepsEquity ? {} : { equity }),
  };
}

/** A symbol cools down from when its stop was reached, again with each order that its broker refused meanwhile. */
function cooling(
  risk: RiskState,
  { coolDownAfterStopMs: coolDownMs }: Limits,
  symbol: string,
  at: number,
): RiskState {
  if (coolDownMs === undefined) return risk;
  const others = risk.stoppedAt.filter((other) => other.symbol !== symbol && at < other.at + coolDownMs);
  const before = risk.stoppedAt.find((other) => other.symbol === symbol);
  const last = { symbol, at: Math.max(at, before?.at ?? at) };
  return { ...risk, stoppedAt: [...others, last].slice(-maxStoppedSymbols) };
}

/** Whether a stop has closed a position, or a part of it: that is once, however many orders it took, whichever fills last. */
function isStoppedOut({ positions }: Account, { positionId, reason }: PositionClosed): boolean {
  return isStop(reason) || positions.get(positionId)?.isStopped === true;
}

/**
 * The latest of some moments, earliest first. They come out of order: each is of its own symbol's feed, or of a command's
 * clock, and one shard may be behind another.
 */
function latest(moments: readonly number[], count: number): readonly number[] {
  return moments.toSorted((a, b) => a - b).slice(-count);
}
