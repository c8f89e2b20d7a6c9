import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, marketOf, positionWith, tickAt } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { type Limits, defaultSettings } from '../account/settings.ts';
import { plainInstrument } from '../market/instrument.ts';
import { unknownMarket } from '../market/symbol-prices.ts';
import { executeOrder } from '../order/execute-order.ts';
import { openPosition } from '../order/place-order.ts';
import type { EntrySpec } from '../trigger/trigger.ts';

const noon = Date.UTC(2026, 10, 27, 12);

function limited(limits: Limits, ...events: readonly AccountEvent[]): Account {
  const configured: AccountEvent = {
    type: 'AccountConfigured',
    settings: { ...defaultSettings, limits },
    ...by,
  };
  return given(configured, ...events);
}

const buy: EntrySpec = {
  positionId: 'p9',
  symbol: 'BAC',
  side: 'long',
  quantity: '10',
  how: { kind: 'market' },
  timeInForce: 'gtc',
  priceSource: 'trade',
};

const prices = { BAC: '20', SPY: '100' };
let orders = 0;

function enter(account: Account, entry: Partial<EntrySpec> = {}, now = noon, known: object = prices) {
  orders += 1;
  const asked = { ...buy, ...entry };
  const instrument = plainInstrument(asked.symbol);
  const context = { now, armedFrom: { at: 0 }, market: marketOf({ ...known }), instrument };
  return openPosition(account, `o${orders}`, asked, context);
}

function entering(account: Account, entry: Partial<EntrySpec> = {}, now = noon): Account {
  const decided = enter(account, entry, now);
  if (!decided.ok) throw new Error(JSON.stringify(decided.refusal));
  return decided.value.reduce(evolve, account);
}

const refused = (refusal: object) => ({ ok: false, refusal });
const far = { kind: 'limit', limitPrice: '1' } as const;
const bac5 = adopted(positionWith({}));
const stop: AccountEvent = {
  type: 'StopTriggered',
  positionId: 'p1',
  symbol: 'BAC',
  level: '1',
  tick: tickAt('1', { exchangeAt: noon }),
  order: { clientOrderId: 'c', side: 'sell', quantity: '5' },
  late: false,
  lagMs: 0,
};

describe('the limits of an entry', () => {
  it('lets in what no limit forbids', () => {
    expect(enter(limited({}))).toMatchObject({ ok: true });
  });

  it('counts the positions that are open and those that orders are about to open', () => {
    const account = entering(limited({ maxOpenPositions: 2 }, bac5), { positionId: 'p2', how: far });
    expect(enter(account)).toEqual(refused({ reason: 'TOO_MANY_OPEN_POSITIONS', limit: 2, open: 2, by: 1 }));
    expect(enter(account, { positionId: 'p1' })).toMatchObject({ ok: true });
    expect(enter(account, { positionId: 'p2' })).toMatchObject({ ok: true });
  });

  it('adds up what a symbol has at the last price: positions, working entries and the order', () => {
    const account = entering(limited({ maxSymbolExposure: '499.99' }, bac5), { positionId: 'p2', how: far });
    expect(enter(account)).toEqual(
      refused({ reason: 'SYMBOL_EXPOSURE', limit: '499.99', amount: '500', by: '0.01', currency: 'USD' }),
    );
    expect(enter(account, { quantity: '9.9995' })).toMatchObject({ ok: true });
    expect(enter(account, { symbol: 'SPY' }, noon, { SPY: '49' })).toMatchObject({ ok: true });
  });

  it('adds up everything for the total, shorts as much as longs', () => {
    const short = adopted(positionWith({}, { id: 's', side: 'short', symbol: 'SPY', quantity: '3' }));
    const account = limited({ maxTotalExposure: '599' }, bac5, short);
    expect(enter(account)).toEqual(
      refused({ reason: 'TOTAL_EXPOSURE', limit: '599', amount: '600', by: '1', currency: 'USD' }),
    );
    expect(enter(account, { quantity: '9' })).toMatchObject({ ok: true });
  });

  it('counts in the currency of the account, and says with which rate', () => {
    const account = limited({ maxTotalExposure: '1000' });
    const inEuro = { symbol: 'BTC-EUR', quantity: '0.5' };
    expect(enter(account, inEuro, noon, { 'BTC-EUR': '1800' })).toEqual(
      refused({ reason: 'NO_RATE', from: 'EUR', to: 'USD', symbols: 'EUR-USD EURUSD USD-EUR USDEUR' }),
    );
    expect(enter(account, inEuro, noon, { 'BTC-EUR': '1800', 'EUR-USD': '1.2' })).toEqual(
      refused({ reason: 'TOTAL_EXPOSURE', limit: '1000', amount: '1080', by: '80', currency: 'USD' }),
    );
    expect(enter(account, inEuro, noon, { 'BTC-EUR': '1800', 'USD-EUR': '1.25' })).toMatchObject({
      value: [
        { type: 'OrderPlaced', rates: [{ from: 'EUR', to: 'USD', rate: '0.8', symbols: ['USD-EUR'] }] },
        {},
        {},
      ],
    });
  });

  it('does not guess what it needs a price for', () => {
    const spy = adopted(positionWith({}, { id: 's', symbol: 'SPY' }));
    expect(enter(limited({ maxTotalExposure: '1' }, spy), {}, noon, { BAC: '1' })).toEqual(
      refused({ reason: 'NO_PRICE', symbol: 'SPY' }),
    );
  });

  it('allows so many entering orders in any sixty seconds', () => {
    const limit = limited({ maxOrdersPerMinute: 2 });
    const two = entering(entering(limit, { positionId: 'a' }, noon), { positionId: 'b' }, noon + 30_000);
    expect(enter(two, {}, noon + 59_999)).toEqual(
      refused({ reason: 'ORDER_RATE', limit: 2, orders: 3, by: 1, until: noon + 60_000 }),
    );
    const three = entering(two, {}, noon + 60_000);
    expect(enter(three, { positionId: 'c' }, noon + 89_999)).toMatchObject({
      refusal: { until: noon + 90_000 },
    });
    expect(enter(three, { positionId: 'c' }, noon + 90_000)).toMatchObject({ ok: true });
  });

  it('takes no price that is too far from the last one, to either side', () => {
    const account = limited({ collarPercent: '5' });
    const at = (limitPrice: string) => enter(account, { how: { kind: 'limit', limitPrice } });
    expect(at('21')).toMatchObject({ ok: true });
    expect(at('19')).toMatchObject({ ok: true });
    expect(at('21.01')).toEqual(
      refused({
        reason: 'PRICE_COLLAR',
        field: 'how.limitPrice',
        price: '21.01',
        last: '20',
        limit: '5',
        distance: '5.05',
        by: '0.05',
      }),
    );
    expect(enter(account, { how: { kind: 'stop', stopPrice: '2' } })).toMatchObject({
      refusal: { reason: 'PRICE_COLLAR', field: 'how.stopPrice', distance: '90', by: '85' },
    });
  });

  it('lets a symbol cool down after a stop, and no other', () => {
    const account = limited({ coolDownAfterStopMs: 60_000 }, bac5, stop);
    expect(enter(account, {}, noon + 59_999)).toEqual(
      refused({ reason: 'COOLING_DOWN', symbol: 'BAC', until: noon + 60_000, byMs: 1 }),
    );
    expect(enter(account, { symbol: 'SPY' }, noon + 1)).toMatchObject({ ok: true });
    expect(enter(account, {}, noon + 60_000)).toMatchObject({ ok: true });
  });

  it('goes by the moment that an entry is asked for, not by that of the last price', () => {
    const until = noon + 1_000;
    const locked: AccountEvent = { type: 'SymbolLocked', symbol: 'BAC', ...by, at: noon, until };
    const opened = { value: [{ type: 'OrderPlaced' }, { type: 'OrderFilled' }, { type: 'PositionOpened' }] };
    expect(enter(limited({}, locked), {}, until)).toMatchObject(opened);
    const cooling = limited({ coolDownAfterStopMs: 60_000 }, bac5, stop);
    expect(enter(cooling, {}, noon + 60_000)).toMatchObject(opened);
  });

  it('lets nothing into a locked symbol until the lock ends', () => {
    const until = noon + 1_000;
    const locked: AccountEvent = { type: 'SymbolLocked', symbol: 'BAC', ...by, at: noon, until };
    const account = limited({}, locked);
    expect(enter(account)).toEqual(
      refused({ reason: 'SYMBOL_LOCKED', symbol: 'BAC', because: by.reason, until }),
    );
    expect(enter(account, { symbol: 'SPY' })).toMatchObject({ ok: true });
    expect(enter(account, {}, until)).toMatchObject({ ok: true });
    expect(enter(evolve(account, { type: 'SymbolUnlocked', symbol: 'BAC', ...by }))).toMatchObject({
      ok: true,
    });
  });

  it('refuses everything while halted and entries while reducing', () => {
    const halted = evolve(limited({}), { type: 'TradingHalted', ...by });
    expect(enter(halted)).toEqual(refused({ reason: 'TRADING_HALTED' }));
    const reducing = evolve(limited({}), { type: 'TradingReduced', ...by, flatten: false });
    expect(enter(reducing)).toEqual(refused({ reason: 'TRADING_REDUCING' }));
  });
});

const nowhere = { now: noon, market: unknownMarket };

describe('an order that rests while entries become forbidden', () => {
  it('is cancelled when its price comes, and fills nothing', () => {
    const resting = entering(limited({ coolDownAfterStopMs: 60_000 }), { how: far });
    const account = evolve(resting, stop);
    const [orderId = ''] = account.workingOrderIds;
    const tick = tickAt('1', { exchangeAt: noon + 1 });
    expect(executeOrder(account, { orderId, lineId: 'order', tick }, nowhere)).toEqual({
      ok: true,
      value: [
        {
          type: 'OrderCancelled',
          of: 'order',
          orderId,
          symbol: 'BAC',
          positionId: 'p9',
          by: { actor: 'bellwether', reason: 'BAC cools down after a stop' },
        },
      ],
    });
    const later = tickAt('1', { exchangeAt: noon + 60_000 });
    expect(executeOrder(account, { orderId, lineId: 'order', tick: later }, nowhere)).toMatchObject({
      value: [{ type: 'OrderFilled' }, { type: 'PositionOpened' }],
    });
  });

  it('is cancelled where the price at which it would fill has lost the account what it may', () => {
    const outcomes = new Set<string>();
    const whole = fc.integer({ min: 1, max: 9 });
    const facts = fc.record({
      cash: fc.integer({ min: 0, max: 40 }),
      lots: fc.integer({ min: 0, max: 5 }),
      limit: whole,
      day: fc.integer({ min: 0, max: 90 }),
      peak: fc.integer({ min: 0, max: 90 }),
      price: whole,
      measures: fc.constantFrom('maxDailyLoss' as const, 'maxDrawdown' as const),
      isToday: fc.boolean(),
      isKnown: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, ({ cash, lots, limit, day, peak, price, measures, isToday, isKnown }) => {
        const resting = entering(limited({ [measures]: String(limit) }), {
          how: { kind: 'limit', limitPrice: '9' },
        });
        const base = {
          day: Date.UTC(2026, 10, isToday ? 27 : 26),
          dayEquity: String(day),
          peakEquity: String(peak),
        };
        const account = [
          { type: 'FundsDeposited', currency: 'USD', amount: String(cash), ...by } as const,
          ...(lots === 0 ? [] : [adopted(positionWith({}, { quantity: String(lots) }))]),
          { type: 'EquityMarked', at: noon, currency: 'USD', base, rates: [] } as const,
        ].reduce(evolve, resting);
        const [orderId = ''] = account.workingOrderIds;
        const tick = tickAt(String(price), { exchangeAt: noon });
        const market = isKnown ? marketOf({ BAC: String(price) }) : unknownMarket;
        const decided = executeOrder(account, { orderId, lineId: 'order', tick }, { now: noon, market });
        const equity = cash + lots * price;
        // As the day began, nobody remembers another price than this.
        const from = measures === 'maxDrawdown' ? peak : isToday ? day : equity;
        const isLost = from - equity >= limit && (isKnown || lots === 0);
        const reason = `the limit ${measures === 'maxDrawdown' ? 'drawdown' : 'dailyLoss'} was reached`;
        expect(decided).toMatchObject({
          value: isLost
            ? [{ type: 'OrderCancelled', orderId, by: { reason } }]
            : [{ type: 'OrderFilled' }, { type: 'PositionOpened' }],
        });
        outcomes.add(isLost ? reason : 'filled');
      }),
      { numRuns: 400 },
    );
    expect(outcomes.size).toBe(3);
  });
});
