import type { Limits } from '../account/settings.ts';
import {
  type PlainHoldings,
  PlainMoney,
  type PlainPosition,
  type PlainPrices,
  type PlainRate,
  plainEquity,
  plainNotional,
  plainPrice,
} from '../account/worth.oracle.ts';
import { Exact } from '../exact.oracle.ts';

/** What one commit decided, in plain facts. */
export type PlainFact =
  | { readonly is: 'deposit' | 'gain'; readonly amount: string; readonly currency: string }
  | { readonly is: 'adopt'; readonly position: PlainPosition & { readonly entryPrice: string } }
  | { readonly is: 'close'; readonly id: string }
  /** It closed a position, by the time of that. */
  | { readonly is: 'stop'; readonly at: number }
  | { readonly is: 'configure'; readonly currency: string; readonly limits: Limits }
  | { readonly is: 'reset'; readonly cash: Readonly<Record<string, string>> };

export interface PlainCommit {
  readonly now: number;
  readonly prices: PlainPrices;
  /** The last prices of the day before, as far as somebody remembers them. */
  readonly dawn: PlainPrices;
  readonly facts: readonly PlainFact[];
}

interface Base {
  readonly day: number;
  readonly dayEquity: Exact;
  readonly peakEquity: Exact;
}
type Limit = 'dailyLoss' | 'drawdown' | 'stopGuard';
type Said = Readonly<Record<string, unknown>>;

const dayMs = 86_400_000;

/**
 * What limits say of each of these commits, by the rules in words.
 *
 * Losses are counted from the equity at which the day was first looked at, and from the highest that any commit has seen.
 * Money from outside, an adopted position at what closing it would bring, moves both along; where its worth is not known both
 * are counted anew, as after a reset and when the currency or one of the two limits changes. A day begins with what the
 * account was worth before its first commit, at the last prices of the day before; where nobody remembers one, at the last. A limit that is reached trips once while it is in force: the daily loss until
 * midnight UTC, the drawdown without end. The stop guard trips when the latest stops, as many as it counts, lie
 * within its window, and counts from none then.
 */
export function plainWatch(commits: readonly PlainCommit[]): Said[][] {
  let limits: Limits = {};
  let currency = 'USD';
  let base: Base | undefined;
  let stops: number[] = [];
  let trips: { readonly limit: Limit; readonly until?: number }[] = [];
  const cash: Record<string, string> = {};
  let positions: PlainPosition[] = [];

  const isTripped = (limit: Limit, at: number): boolean => {
    const trip = trips.findLast((each) => each.limit === limit);
    return trip !== undefined && (trip.until === undefined || trip.until > at);
  };
  const receive = (of: string, amount: string): void => {
    if (cash[of] !== undefined || Exact.of(amount).against(0) !== 0)
      cash[of] = String(Exact.of(cash[of] ?? '0').plus(Exact.of(amount)));
  };
  const happen = (fact: PlainFact): void => {
    switch (fact.is) {
      case 'deposit':
      case 'gain':
        receive(fact.currency, fact.amount);
        break;
      case 'adopt':
        positions.push(fact.position);
        break;
      case 'close':
        positions = positions.filter(({ id }) => id !== fact.id);
        break;
      case 'stop':
        if (limits.stopGuard !== undefined) stops.push(fact.at);
        break;
      case 'configure': {
        const differs = (limit: keyof Limits) =>
          JSON.stringify(limits[limit]) !== JSON.stringify(fact.limits[limit]);
        const isOther = currency !== fact.currency;
        if (isOther || differs('maxDailyLoss') || differs('maxDrawdown')) base = undefined;
        if (differs('stopGuard')) stops = [];
        const isOver = {
          dailyLoss: isOther || differs('maxDailyLoss'),
          drawdown: isOther || differs('maxDrawdown'),
          stopGuard: differs('stopGuard'),
        };
        trips = trips.filter(({ limit }) => !isOver[limit]);
        ({ limits, currency } = fact);
        break;
      }
      case 'reset':
        for (const of of Object.keys(cash)) delete cash[of];
        Object.assign(cash, fact.cash);
        base = undefined;
        stops = [];
        trips = [];
    }
  };

  return commits.map(({ now, prices, dawn, facts }) => {
    const said: Said[] = [];
    const told = (): Base | undefined => base;
    const holdings = (): PlainHoldings => ({ currency, cash, positions, prices });
    const before = plainEquity({ ...holdings(), prices: atDawnOf(prices, dawn) });
    for (const fact of facts) happen(fact);
    const { stopGuard, maxDailyLoss, maxDrawdown } = limits;
    const trip = (limit: Limit, allowed: string, reached: string, at: number, until?: number): void => {
      if (isTripped(limit, at)) return;
      const end = until === undefined ? {} : { until };
      trips.push({ limit, ...end });
      if (limit === 'stopGuard') stops = [];
      const of = limit === 'stopGuard' ? {} : { currency };
      said.push({ type: 'LimitTripped', limit, allowed, reached, ...of, at, ...end });
    };
    if (stopGuard !== undefined && facts.some(({ is }) => is === 'stop')) {
      const { stops: count, windowMs, pauseMs } = stopGuard;
      const latest = stops.toSorted((a, b) => b - a).slice(0, count);
      const [newest = 0] = latest;
      const within = latest.filter((at) => at > newest - windowMs);
      if (within.length === count) trip('stopGuard', String(count), String(count), newest, newest + pauseMs);
    }
    if (maxDailyLoss === undefined && maxDrawdown === undefined) return said;

    const money = new PlainMoney(currency, prices);
    const flow = flowOf(facts, money, prices);
    const from = told();
    if (flow === undefined) base = undefined;
    else if (from !== undefined)
      base = {
        day: from.day,
        dayEquity: from.dayEquity.plus(flow).digits(18, 'even'),
        peakEquity: from.peakEquity.plus(flow).digits(18, 'even'),
      };
    const after = plainEquity(holdings());
    const today = Math.floor(now / dayMs) * dayMs;
    if ('value' in after) {
      const equity = after.value;
      const moved = told();
      const atDawn =
        'value' in before && flow !== undefined ? before.value.plus(flow).digits(18, 'even') : equity;
      const peak = moved?.peakEquity ?? equity;
      const isNewDay = moved !== undefined && moved.day < today;
      base = {
        day: moved === undefined || isNewDay ? today : moved.day,
        dayEquity: moved === undefined ? equity : isNewDay ? atDawn : moved.dayEquity,
        peakEquity: peak.against(equity) > 0 ? peak : equity,
      };
    }
    const stands = told();
    if (inWords(from) !== inWords(stands))
      said.push({
        type: 'EquityMarked',
        at: now,
        currency,
        ...('value' in after ? { equity: String(after.value) } : {}),
        ...(stands === undefined ? {} : { base: textOf(stands) }),
        rates: 'value' in after ? both(money.rates, after.rates) : money.rates,
      });
    if (!('value' in after) || stands === undefined) return said;
    const losses = [
      { limit: 'dailyLoss', allowed: maxDailyLoss, from: stands.dayEquity, until: today + dayMs },
      { limit: 'drawdown', allowed: maxDrawdown, from: stands.peakEquity, until: undefined },
    ] as const;
    for (const { limit, allowed, from: start, until } of losses) {
      const loss = start.minus(after.value);
      if (allowed !== undefined && loss.against(allowed) >= 0) trip(limit, allowed, String(loss), now, until);
    }
    return said;
  });
}

/** What a symbol last traded at before the day, where that is known, else what it trades at. */
export function atDawnOf(prices: PlainPrices, dawn: PlainPrices): PlainPrices {
  const known = Object.entries(dawn).filter(([, series]) => Object.keys(series).length > 0);
  return { ...prices, ...Object.fromEntries(known) };
}

function flowOf(facts: readonly PlainFact[], money: PlainMoney, prices: PlainPrices): Exact | undefined {
  let flow = Exact.of(0);
  for (const fact of facts) {
    const worth =
      fact.is === 'adopt'
        ? money.in(broughtBy(fact.position, prices), fact.position.contract.currency)
        : fact.is === 'deposit'
          ? money.in(Exact.of(fact.amount), fact.currency)
          : { value: Exact.of(0) };
    if ('refusal' in worth) return undefined;
    flow = flow.plus(worth.value);
  }
  return flow;
}

function broughtBy(position: PlainPosition & { readonly entryPrice: string }, prices: PlainPrices): Exact {
  const { symbol, side, quantity, contract, entryPrice } = position;
  const at = plainPrice(symbol, side === 'long' ? 'sell' : 'buy', prices);
  const price = 'price' in at ? at.price : Exact.of(entryPrice);
  const brings = (side === 'long') === (contract.kind === 'linear') ? 1 : -1;
  return plainNotional(contract, Exact.of(quantity), price).times(brings);
}

function textOf({ day, dayEquity, peakEquity }: Base) {
  return { day, dayEquity: String(dayEquity), peakEquity: String(peakEquity) };
}

function inWords(base: Base | undefined): string {
  return base === undefined ? 'none' : Object.values(textOf(base)).join(' ');
}

function both(a: readonly PlainRate[], b: readonly PlainRate[]): readonly PlainRate[] {
  return [...a, ...b.filter(({ from }) => a.every((known) => known.from !== from))];
}
