import { type Account, evolve } from '../account/account.ts';
import { evolveAll } from '../account/account-fold.ts';
import { amountText, equityOf } from '../account/equity.ts';
import type { AccountEvent, LimitTripped } from '../account/events.ts';
import { Conversion, type Rate, maxRates } from '../market/rate.ts';
import type { Market } from '../market/symbol-prices.ts';
import { closingValue, valuationPrice } from '../position/value-position.ts';
import { type Money, add, compare, decimal, greatest, zero } from '../units.ts';
import type { RiskContext } from './check-entry.ts';
import { isInForce } from './evolve-risk.ts';
import { equityAtDawn, lossesOf, measuresEquity } from './losses.ts';
import { type EquityBase, dayOf, nextDay } from './risk-state.ts';

/**
 * What an account's limits have to say of a decision, to be committed with it: the equity that losses are counted from,
 * where it moved, and each limit that is reached, once for as long as it is in force. Nothing while the
 * account has no such limits.
 *
 * What comes from outside (deposits, adopted positions) is neither gain nor loss: it moves what losses are
 * counted from.
 */
export function watchLimits(
  before: Account,
  events: readonly AccountEvent[],
  context: RiskContext,
): readonly AccountEvent[] {
  if (!hasLimits(before) && !events.some(({ type }) => type === 'AccountConfigured')) return [];
  if (events.length === 0) return [];
  const after = evolveAll(before, events);
  const guarded = after.risk.stops === before.risk.stops ? undefined : guardedBy(after, events);
  return [
    ...(guarded === undefined ? [] : [guarded]),
    ...(measuresEquity(after) ? equityEvents(before, after, events, context) : []),
  ];
}

function hasLimits(account: Account): boolean {
  return account.settings.limits.stopGuard !== undefined || measuresEquity(account);
}

/**
 * The stop guard's trip, where the latest stops, as many as it counts, lie within its window: by the times at which they
 * closed their positions, in whatever order they were committed.
 */
function guardedBy({ risk, settings }: Account, events: readonly AccountEvent[]): LimitTripped | undefined {
  const { stopGuard } = settings.limits;
  const isClosed = events.some(({ type }) => type === 'PositionClosed');
  const at = risk.stops.at(-1);
  if (stopGuard === undefined || !isClosed || at === undefined) return undefined;
  const counted = risk.stops.filter((stop) => stop > at - stopGuard.windowMs).length;
  const isTripped = risk.trips.some((trip) => trip.limit === 'stopGuard' && isInForce(trip, at));
  if (counted < stopGuard.stops || isTripped) return undefined;
  return {
    type: 'LimitTripped',
    limit: 'stopGuard',
    allowed: String(stopGuard.stops),
    reached: String(counted),
    at,
    until: at + stopGuard.pauseMs,
  };
}

function equityEvents(
  before: Account,
  after: Account,
  events: readonly AccountEvent[],
  context: RiskContext,
): AccountEvent[] {
  const { market, now } = context;
  const { currency } = after.settings;
  const conversion = new Conversion(currency, market);
  const flow = flowOf(events, conversion, market);
  const known = after.risk.equity;
  const shifted = known === undefined || flow === undefined ? undefined : movedBy(known, flow);
  const equity = equityOf(after, market);
  const at = Math.round(now);
  if (!equity.ok) return marked(known, shifted, { at, currency, rates: conversion.rates });

  const worth = decimal(equity.value.equity);
  const earlier = equityAtDawn(before, context);
  const atDawn = earlier !== undefined && flow !== undefined ? add(earlier, flow) : worth;
  const base = baseWith(shifted, { worth, atDawn, now });
  const rates = [
    ...conversion.rates,
    ...equity.value.rates.filter(({ from }) => !isIn(conversion.rates, from)),
  ].slice(0, maxRates);
  const mark = { at, currency, equity: equity.value.equity, rates };
  const said = marked(known, base, mark);
  return [...said, ...trippedBy(said.reduce(evolve, after), worth, now)];
}

/** What came from outside, in the account's currency; `undefined` where no rate tells. */
function flowOf(events: readonly AccountEvent[], conversion: Conversion, market: Market): Money | undefined {
  let flow: Money = zero;
  for (const event of events) {
    const { amount, currency } = outsideOf(event, market);
    const converted = conversion.convert(amount, currency);
    if (converted === undefined) return undefined;
    flow = add(flow, converted);
  }
  return flow;
}

/** An adopted position counts as what it is worth now, or at its entry where no price is known. */
function outsideOf(
  event: AccountEvent,
  market: Market,
): { readonly amount: Money; readonly currency: string } {
  if (event.type === 'FundsDeposited' || event.type === 'DepositReversed')
    return { amount: decimal(event.amount), currency: event.currency };
  if (event.type !== 'PositionAdopted') return { amount: zero, currency: '' };
  const { position } = event;
  const price = valuationPrice(position, market) ?? decimal(position.entryPrice);
  return { amount: closingValue(position, price), currency: position.contract.currency };
}

function movedBy({ day, dayEquity, peakEquity }: EquityBase, flow: Money): EquityBase {
  return {
    day,
    dayEquity: amountText(add(decimal(dayEquity), flow)),
    peakEquity: amountText(add(decimal(peakEquity), flow)),
  };
}

function baseWith(
  base: EquityBase | undefined,
  { worth, atDawn, now }: { readonly worth: Money; readonly atDawn: Money; readonly now: number },
): EquityBase {
  const day = dayOf(now);
  if (base === undefined) return { day, dayEquity: amountText(worth), peakEquity: amountText(worth) };
  const isNewDay = base.day < day;
  return {
    day: isNewDay ? day : base.day,
    dayEquity: isNewDay ? amountText(atDawn) : base.dayEquity,
    peakEquity: amountText(greatest(decimal(base.peakEquity), worth)),
  };
}

/** The mark, where it says anything new. */
function marked(
  before: EquityBase | undefined,
  base: EquityBase | undefined,
  mark: {
    readonly at: number;
    readonly currency: string;
    readonly equity?: string;
    readonly rates: readonly Rate[];
  },
): AccountEvent[] {
  const isSame =
    before?.day === base?.day &&
    before?.dayEquity === base?.dayEquity &&
    before?.peakEquity === base?.peakEquity;
  if (isSame) return [];
  return [{ type: 'EquityMarked', ...mark, ...(base === undefined ? {} : { base }) }];
}

function trippedBy(account: Account, equity: Money, now: number): AccountEvent[] {
  const at = Math.round(now);
  return lossesOf(account, equity, now).flatMap(({ limits: limit, limit: allowed, loss }): AccountEvent[] => {
    const isTripped = account.risk.trips.some((trip) => trip.limit === limit && isInForce(trip, now));
    if (isTripped || compare(loss, decimal(allowed)) < 0) return [];
    const { currency } = account.settings;
    const until = limit === 'dailyLoss' ? { until: nextDay(dayOf(now)) } : {};
    return [{ type: 'LimitTripped', limit, allowed, reached: amountText(loss), currency, at, ...until }];
  });
}

function isIn(rates: readonly Rate[], from: string): boolean {
  return rates.some((rate) => rate.from === from);
}
