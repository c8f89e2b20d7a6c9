import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given, marketWith, positionWith, tickAt } from '../account/account.builder.ts';
import { evolveAll } from '../account/account-fold.ts';
import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import type { Limits } from '../account/settings.ts';
import { type PlainPrices, plainEquity } from '../account/worth.oracle.ts';
import { Exact } from '../exact.oracle.ts';
import type { Contract } from '../market/instrument.ts';
import type { Market } from '../market/symbol-prices.ts';
import type { OrderKind, OrderTerms } from '../order/order.ts';
import { checkEntry } from './check-entry.ts';
import { type PlainAccount, type PlainEntry, type PlainOrder, plainCheck } from './check-entry.oracle.ts';

/** An hour after midnight UTC, so that there is a day before. */
const now = Date.UTC(2026, 10, 27, 1);
const contracts: Readonly<Record<string, Contract>> = {
  LIN: { kind: 'linear', multiplier: '1', currency: 'USD' },
  INV: { kind: 'inverse', multiplier: '10', currency: 'BTC' },
  EUR: { kind: 'linear', multiplier: '0.5', currency: 'EUR' },
};
const contractOf = (symbol: string): Contract => contracts[symbol] ?? positionWith({}).contract;

const symbol = fc.constantFrom('LIN', 'LIN', 'INV', 'EUR');
const side = fc.constantFrom('long' as const, 'short' as const);
const price = fc.constantFrom('1', '2', '3', '0.7');
const quantity = fc.constantFrom('1', '2', '3', '0.000000000000000001');
const amount = fc.constantFrom('1', '2', '4', '6', '0.5', '0.333333333333333333', '7.000000000000000001');
const limitAmount = fc.oneof(amount, fc.constantFrom('20', '200'));
const seldom = <Value>(list: fc.Arbitrary<Value[]>) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: list });
/** Around what counts for a minute, and a little out of order. */
const moment = fc.constantFrom(-60_001, -60_000, -59_999, -5, -1, 0, 1).map((away) => now + away);
const later = fc.constantFrom(-1, 0, 1, 60_000).map((away) => now + away);

const everyLimit: Required<{ [Key in Exclude<keyof Limits, 'stopGuard'>]: fc.Arbitrary<Limits[Key]> }> = {
  maxOpenPositions: fc.integer({ min: 1, max: 6 }),
  maxSymbolExposure: limitAmount,
  maxTotalExposure: limitAmount,
  maxOrdersPerMinute: fc.integer({ min: 1, max: 5 }),
  maxDailyLoss: limitAmount,
  maxDrawdown: limitAmount,
  coolDownAfterStopMs: fc.constantFrom(1, 5, 60_000),
  collarPercent: fc.constantFrom('50', '33.333333', '33.33333333', '200', '900'),
};
/** A few of them: the first that is broken hides the others. */
const limits = fc
  .tuple(fc.record(everyLimit), fc.subarray(Object.keys(everyLimit), { minLength: 1, maxLength: 4 }))
  .map(([all, some]): Limits =>
    Object.fromEntries(Object.entries(all).filter(([name]) => some.includes(name))),
  );
const quoted = fc.record({ trade: price, bid: price, ask: price, mark: price }, { requiredKeys: [] });
const tick = fc.oneof(
  { weight: 10, arbitrary: price.map((trade) => ({ trade })) },
  { weight: 2, arbitrary: quoted },
  { weight: 1, arbitrary: fc.constant({}) },
);
const prices: fc.Arbitrary<PlainPrices> = fc
  .record({
    LIN: tick,
    INV: tick,
    EUR: tick,
    rates: fc.oneof(
      { weight: 4, arbitrary: fc.record({ 'BTC-USD': tick, EURUSD: tick }) },
      { weight: 1, arbitrary: fc.record({ USDBTC: tick, 'USD-EUR': tick }, { requiredKeys: [] }) },
      { weight: 1, arbitrary: fc.record({ 'BTC-USDT': tick, USDUSDT: tick, 'USDT-EUR': tick }) },
    ),
  })
  .map(({ rates, ...symbols }) => ({ ...symbols, ...rates }));
const order: fc.Arbitrary<PlainOrder> = fc
  .record({
    positionId: fc.constantFrom('p1', 'p2', 'p3', 'p4'),
    symbol,
    enters: fc.oneof({ weight: 3, arbitrary: side }, { weight: 1, arbitrary: fc.constant(undefined) }),
    quantity,
    hasHalf: fc.boolean(),
    placedAt: moment,
    isWorking: fc.boolean(),
  })
  .map(({ hasHalf, ...rest }) => ({
    ...rest,
    filled: hasHalf && rest.quantity === '2' ? '1' : '0',
    contract: contractOf(rest.symbol),
  }));
const how: fc.Arbitrary<OrderKind> = fc.oneof(
  fc.constant({ kind: 'market' as const }),
  price.map((limitPrice) => ({ kind: 'limit' as const, limitPrice })),
  fc.record({ kind: fc.constant('stopLimit' as const), stopPrice: price, limitPrice: price }),
);
const entry: fc.Arbitrary<PlainEntry> = fc
  .record({ positionId: fc.constantFrom('p1', 'p2', 'p9'), symbol, side, quantity, how, last: price })
  .map((plain) => ({ ...plain, contract: contractOf(plain.symbol) }));
const account: fc.Arbitrary<PlainAccount> = fc
  .record({
    currency: fc.constant('USD'),
    trading: fc.oneof(
      { weight: 20, arbitrary: fc.constant('active' as const) },
      { weight: 1, arbitrary: fc.constantFrom('reducing' as const, 'halted' as const) },
    ),
    limits,
    cash: fc.record({ USD: amount, EUR: amount, BTC: amount }, { requiredKeys: [] }),
    positions: fc.uniqueArray(
      fc
        .record({ id: fc.constantFrom('p1', 'p2', 'p3'), symbol, side, quantity })
        .map((plain) => ({ ...plain, contract: contractOf(plain.symbol) })),
      { maxLength: 3, selector: ({ id }) => id },
    ),
    prices,
    orders: fc.array(order, { maxLength: 5 }),
    // No stop comes after the moment that is asked about: what another's clock has outlived is forgotten.
    stops: fc.array(fc.record({ symbol, at: moment.filter((at) => at <= now) }), { maxLength: 3 }),
    locks: seldom(
      fc.array(
        fc.record(
          {
            symbol,
            reason: fc.constantFrom('earnings', 'a rumour'),
            until: fc.oneof(later, fc.constant('unlock' as const)),
          },
          { requiredKeys: ['symbol', 'reason'] },
        ),
        { maxLength: 3 },
      ),
    ),
    trips: seldom(
      fc.array(
        fc.record(
          {
            limit: fc.constantFrom('dailyLoss' as const, 'drawdown' as const, 'stopGuard' as const),
            until: later,
          },
          { requiredKeys: ['limit'] },
        ),
        { maxLength: 2 },
      ),
    ),
    base: fc.option(
      fc.record({
        day: fc.constantFrom(Date.UTC(2026, 10, 26), Date.UTC(2026, 10, 27), Date.UTC(2026, 10, 28)),
        lostToday: limitAmount,
        lostFromPeak: limitAmount,
      }),
      { nil: undefined },
    ),
  })
  .map(({ base, ...rest }) => {
    if (base === undefined) return rest;
    // Losses that come to a limit exactly are as likely as any.
    const equity = plainEquity(rest);
    const { day, lostToday, lostFromPeak } = base;
    const before = (lost: string) => ('value' in equity ? String(equity.value.plus(Exact.of(lost))) : lost);
    return { ...rest, base: { day, dayEquity: before(lostToday), peakEquity: before(lostFromPeak) } };
  });

const endOf = (until: number | undefined) => (until === undefined ? {} : { until });
const start = now - 120_000;

/** The journal of these facts. */
function journalOf(plain: PlainAccount): AccountEvent[] {
  const { currency, cash, positions, orders, stops, locks, trips, base, trading } = plain;
  const settings = { currency, limits: plain.limits, fills: { kind: 'exact' } } as const;
  return [
    { type: 'AccountConfigured', settings, ...by },
    ...Object.entries(cash).map(([of, held]): AccountEvent => {
      return { type: 'FundsDeposited', currency: of, amount: held, ...by };
    }),
    ...positions.map((position): AccountEvent => {
      return { type: 'PositionAdopted', position: positionWith({}, position) };
    }),
    ...orders.flatMap(orderEvents),
    ...stops.map(({ symbol: of, at }): AccountEvent => {
      const stop = tickAt('1', { symbol: of, exchangeAt: at });
      const closing = { clientOrderId: 'c', side: 'sell', quantity: '1' } as const;
      return {
        type: 'StopTriggered',
        positionId: 'over',
        symbol: of,
        level: '1',
        tick: stop,
        order: closing,
        late: false,
        lagMs: 0,
      };
    }),
    ...locks.map(({ symbol: of, reason, until }): AccountEvent => {
      return until === 'unlock'
        ? { type: 'SymbolUnlocked', symbol: of, ...by }
        : { type: 'SymbolLocked', symbol: of, actor: 'test', reason, at: start, ...endOf(until) };
    }),
    ...trips.map(({ limit, until }): AccountEvent => {
      return { type: 'LimitTripped', limit, allowed: '1', reached: '1', at: start, ...endOf(until) };
    }),
    ...(base === undefined ? [] : [{ type: 'EquityMarked', at: start, currency, base, rates: [] } as const]),
    ...(trading === 'halted' ? [{ type: 'TradingHalted', ...by } as const] : []),
    ...(trading === 'reducing' ? [{ type: 'TradingReduced', flatten: false, ...by } as const] : []),
  ];
}

function orderEvents({ enters, isWorking, filled, ...plain }: PlainOrder, i: number): AccountEvent[] {
  const { symbol: of, positionId, contract, quantity: ordered, placedAt } = plain;
  const id = `u.main.o${i}`;
  const which = { positionId, symbol: of, side: enters === 'short' ? 'sell' : 'buy' } as const;
  const purpose =
    enters === undefined ? ({ kind: 'reduce' } as const) : ({ kind: 'enter', side: enters } as const);
  const terms: OrderTerms = termsOf({ ...which, id, contract, quantity: ordered, placedAt, purpose });
  return [
    { type: 'OrderPlaced', order: terms },
    ...(filled === '0'
      ? []
      : [
          {
            type: 'OrderFilled',
            of: 'order',
            clientOrderId: id,
            ...which,
            quantity: filled,
            price: '1',
            proceeds: '0',
            currency: 'USD',
            fee: '0',
            feeCurrency: 'USD',
            liquidity: 'taker',
            remaining: '1',
          } as const,
        ]),
    ...(isWorking
      ? []
      : [{ type: 'OrderCancelled', of: 'order', orderId: id, positionId, symbol: of, by } as const]),
  ];
}

function termsOf(
  terms: Pick<
    OrderTerms,
    'id' | 'positionId' | 'symbol' | 'side' | 'contract' | 'quantity' | 'placedAt' | 'purpose'
  > & {
    readonly how?: OrderKind;
  },
): OrderTerms {
  return {
    how: { kind: 'market' },
    timeInForce: 'gtc',
    priceSource: 'trade',
    broker: 'shadow',
    armedFrom: { at: 0 },
    ...terms,
  };
}

function check(of: Account, { last, side: way, how: asked, ...plain }: PlainEntry, market: Market) {
  const purpose = { kind: 'enter', side: way } as const;
  const orderSide = way === 'long' ? 'buy' : 'sell';
  const terms = termsOf({ ...plain, id: 'u.main.new', side: orderSide, placedAt: now, purpose, how: asked });
  const checked = checkEntry(of, terms, tickAt(last), { now, market });
  return checked.ok ? { rates: checked.value.rates } : { refusal: checked.refusal };
}

describe('an entry', () => {
  it('is let in, or refused by the limit and the amount that the facts say', () => {
    const reasons = new Set<string>();
    fc.assert(
      fc.property(account, entry, (plain, asked) => {
        const journal = evolveAll(given(), journalOf(plain));
        const said = check(journal, asked, marketWith(plain.prices));
        const expected = plainCheck(plain, asked, now);
        expect(said).toEqual('refusal' in expected ? expected : { rates: expected.rates });
        const reason =
          'refusal' in said ? said.refusal.reason : said.rates.length > 0 ? 'at rates' : 'let in';
        reasons.add(reason);
      }),
      { numRuns: 1_500 },
    );
    expect([...reasons].toSorted()).toEqual([
      'COOLING_DOWN',
      'DAILY_LOSS',
      'DRAWDOWN',
      'LIMIT_TRIPPED',
      'NO_PRICE',
      'NO_RATE',
      'ORDER_RATE',
      'PRICE_COLLAR',
      'SYMBOL_EXPOSURE',
      'SYMBOL_LOCKED',
      'TOO_MANY_OPEN_POSITIONS',
      'TOTAL_EXPOSURE',
      'TRADING_HALTED',
      'TRADING_REDUCING',
      'at rates',
      'let in',
    ]);
  });
});
