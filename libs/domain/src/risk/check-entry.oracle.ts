import {
  PlainMoney,
  type PlainHoldings,
  type PlainRate,
  type PlainRefusal,
  plainEquity,
  plainNotional,
  plainPrice,
} from '../account/worth.oracle.ts';
import type { Limits } from '../account/settings.ts';
import { Exact } from '../exact.oracle.ts';
import type { Contract } from '../market/instrument.ts';
import type { OrderKind } from '../order/order.ts';

/** An account in plain facts, each list in the order in which its journal tells it. */
export interface PlainAccount extends PlainHoldings {
  readonly trading: 'active' | 'reducing' | 'halted';
  readonly limits: Limits;
  readonly orders: readonly PlainOrder[];
  readonly stops: readonly { readonly symbol: string; readonly at: number }[];
  readonly locks: readonly {
    readonly symbol: string;
    readonly reason: string;
    /** `unlock` ends it. */
    readonly until?: number | 'unlock';
  }[];
  readonly trips: readonly {
    readonly limit: 'dailyLoss' | 'drawdown' | 'stopGuard';
    readonly until?: number;
  }[];
  readonly base?: { readonly day: number; readonly dayEquity: string; readonly peakEquity: string };
}

export interface PlainOrder {
  readonly positionId: string;
  readonly symbol: string;
  readonly enters: 'long' | 'short' | undefined;
  readonly quantity: string;
  readonly filled: string;
  readonly contract: Contract;
  readonly placedAt: number;
  readonly isWorking: boolean;
}

export interface PlainEntry {
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly quantity: string;
  readonly contract: Contract;
  readonly how: OrderKind;
  /** At which it would be bought or sold now. */
  readonly last: string;
}

type Checked = { readonly rates: readonly PlainRate[] } | { readonly refusal: PlainRefusal };

const minute = 60_000;
const day = 86_400_000;

/** What the limits say to an entry, one after the other; the first that is broken speaks. */
export function plainCheck(account: PlainAccount, entry: PlainEntry, now: number): Checked {
  const held =
    switched(account) ??
    locked(account, entry, now) ??
    tripped(account, now) ??
    coolingDown(account, entry, now) ??
    tooMany(account, entry) ??
    tooFar(account, entry) ??
    tooOften(account, now);
  if (held !== undefined) return { refusal: held };
  const exposed = tooMuch(account, entry);
  if ('refusal' in exposed) return exposed;
  const lost = tooMuchLost(account, now);
  if ('refusal' in lost) return { refusal: lost.refusal };
  const others = lost.rates.filter(({ from }) => exposed.rates.every((rate) => rate.from !== from));
  return { rates: [...exposed.rates, ...others] };
}

type Maybe = PlainRefusal | undefined;

function switched({ trading }: PlainAccount): Maybe {
  return trading === 'active' ? undefined : { reason: `TRADING_${trading.toUpperCase()}` };
}

function locked({ locks }: PlainAccount, { symbol }: PlainEntry, now: number): Maybe {
  const lock = locks.findLast((each) => each.symbol === symbol);
  if (lock === undefined || lock.until === 'unlock') return undefined;
  const { until, reason } = lock;
  if (until !== undefined && until <= now) return undefined;
  return { reason: 'SYMBOL_LOCKED', symbol, because: reason, ...(until === undefined ? {} : { until }) };
}

function tripped({ trips }: PlainAccount, now: number): Maybe {
  const last = trips.filter((trip, i) => trips.findLastIndex(({ limit }) => limit === trip.limit) === i);
  const trip = last.find(({ until }) => until === undefined || until > now);
  return trip && { reason: 'LIMIT_TRIPPED', ...trip };
}

function coolingDown({ stops, limits }: PlainAccount, { symbol }: PlainEntry, now: number): Maybe {
  const times = stops.filter((stop) => stop.symbol === symbol).map(({ at }) => at);
  const { coolDownAfterStopMs: lasts } = limits;
  const until = Math.max(...times) + (lasts ?? 0);
  if (lasts === undefined || until <= now) return undefined;
  return { reason: 'COOLING_DOWN', symbol, until, byMs: until - now };
}

function tooMany({ limits, positions, orders }: PlainAccount, { positionId }: PlainEntry): Maybe {
  const entering = orders.filter(({ isWorking, enters }) => isWorking && enters !== undefined);
  const ids = new Set([...positions.map(({ id }) => id), ...entering.map((order) => order.positionId)]);
  const limit = limits.maxOpenPositions ?? 1_000;
  const by = new Set([...ids, positionId]).size - limit;
  return ids.has(positionId) || by <= 0
    ? undefined
    : { reason: 'TOO_MANY_OPEN_POSITIONS', limit, open: ids.size, by };
}

function tooFar({ limits }: PlainAccount, { how, last }: PlainEntry): Maybe {
  const { collarPercent: limit } = limits;
  if (limit === undefined) return undefined;
  const prices: [string, string | undefined][] = [
    ['stopPrice', 'stopPrice' in how ? how.stopPrice : undefined],
    ['limitPrice', 'limitPrice' in how ? how.limitPrice : undefined],
  ];
  for (const [name, price] of prices) {
    if (price === undefined) continue;
    const percent = Exact.of(price).minus(Exact.of(last)).size.times(100).dividedBy(Exact.of(last));
    if (percent.against(limit) <= 0) continue;
    const distance = percent.digits(6, 'up');
    const by = String(distance.minus(Exact.of(limit)));
    return {
      reason: 'PRICE_COLLAR',
      field: `how.${name}`,
      price,
      last,
      limit,
      distance: String(distance),
      by,
    };
  }
  return undefined;
}

/** Of more entries than are allowed no more are counted than that: they were placed before the limit was. */
function tooOften({ limits, orders }: PlainAccount, now: number): Maybe {
  const { maxOrdersPerMinute: limit } = limits;
  if (limit === undefined) return undefined;
  const placed = orders.filter(({ enters }) => enters !== undefined).map(({ placedAt }) => placedAt);
  const recent = placed.filter((at) => at > now - minute).toSorted((a, b) => b - a);
  const first = recent[limit - 1];
  return first === undefined
    ? undefined
    : { reason: 'ORDER_RATE', limit, orders: limit + 1, by: 1, until: first + minute };
}

function tooMuch(account: PlainAccount, entry: PlainEntry): Checked {
  const { currency, prices, limits, positions, orders } = account;
  const { maxSymbolExposure: most, maxTotalExposure: mostInAll } = limits;
  const money = new PlainMoney(currency, prices);
  if (most === undefined && mostInAll === undefined) return money;
  const held = [
    { ...entry, way: entryWay(entry.side), left: Exact.of(entry.quantity) },
    ...positions.map((each) => ({
      ...each,
      way: entryWay(each.side === 'long' ? 'short' : 'long'),
      left: Exact.of(each.quantity),
    })),
    ...orders.flatMap((each) =>
      each.isWorking && each.enters !== undefined
        ? [
            {
              ...each,
              way: entryWay(each.enters),
              left: Exact.of(each.quantity).minus(Exact.of(each.filled)),
            },
          ]
        : [],
    ),
  ];
  let [ofSymbol, inAll] = [Exact.of(0), Exact.of(0)];
  for (const { symbol, contract, left, way: side } of held) {
    if (symbol !== entry.symbol && mostInAll === undefined) continue;
    const at = plainPrice(symbol, side, prices);
    if ('refusal' in at) return at;
    const worth = money.in(plainNotional(contract, left, at.price), contract.currency);
    if ('refusal' in worth) return worth;
    inAll = inAll.plus(worth.value);
    if (symbol === entry.symbol) ofSymbol = ofSymbol.plus(worth.value);
  }
  const sums = [
    { reason: 'SYMBOL_EXPOSURE', limit: most, amount: ofSymbol.digits(18, 'even') },
    { reason: 'TOTAL_EXPOSURE', limit: mostInAll, amount: inAll.digits(18, 'even') },
  ];
  for (const { reason, limit, amount } of sums)
    if (limit !== undefined && amount.against(limit) > 0) {
      const by = String(amount.minus(Exact.of(limit)).digits(18, 'even'));
      return { refusal: { reason, limit, amount: String(amount), by, currency } };
    }
  return money;
}

function entryWay(side: 'long' | 'short'): 'buy' | 'sell' {
  return side === 'long' ? 'buy' : 'sell';
}

/** Money that is lost is lost when the limit is reached, not only when it is passed. */
function tooMuchLost(account: PlainAccount, now: number): Checked {
  const { limits, base, currency } = account;
  const { maxDailyLoss, maxDrawdown } = limits;
  if (maxDailyLoss === undefined && maxDrawdown === undefined) return { rates: [] };
  const equity = plainEquity(account);
  if ('refusal' in equity) return equity;
  const isToday = base !== undefined && base.day + day > now;
  const losses = [
    { reason: 'DAILY_LOSS', limit: maxDailyLoss, from: isToday ? base.dayEquity : undefined },
    { reason: 'DRAWDOWN', limit: maxDrawdown, from: base?.peakEquity },
  ];
  for (const { reason, limit, from } of losses) {
    if (limit === undefined) continue;
    const loss = from === undefined ? Exact.of(0) : Exact.of(from).minus(equity.value);
    if (loss.against(limit) < 0) continue;
    const by = String(loss.minus(Exact.of(limit)));
    return { refusal: { reason, limit, amount: String(loss), by, currency } };
  }
  return equity;
}
