import { describe, expect, it } from '@jest/globals';
import { adopted, by, given, marketOf, positionWith, tickAt } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { type Limits, defaultSettings } from '../account/settings.ts';
import { plainInstrument } from '../market/instrument.ts';
import { openPosition } from '../order/place-order.ts';
import { recordAtBroker } from '../order/record-at-broker.ts';
import { executeExit } from '../position/execute-exit.ts';
import type { ExitReason } from '../position/position.ts';
import { watchLimits } from './watch-limits.ts';

const midnight = Date.UTC(2026, 10, 27);
const noon = midnight + 12 * 3_600_000;
const tomorrow = midnight + 24 * 3_600_000;

const configured = (limits: Limits): AccountEvent => ({
  type: 'AccountConfigured',
  settings: { ...defaultSettings, limits },
  ...by,
});
const deposit = (amount: string, currency = 'USD'): AccountEvent => ({
  type: 'FundsDeposited',
  currency,
  amount,
  ...by,
});
const bac5 = positionWith({});
/** Something that changes no equity. */
const nothing: AccountEvent = { type: 'TradingResumed', ...by };

/** Commits events as the executor does: with what the limits have to say of them. */
function commit(
  account: Account,
  events: readonly AccountEvent[],
  prices: Readonly<Record<string, string>>,
  now = noon,
): { account: Account; said: readonly AccountEvent[] } {
  const said = watchLimits(account, events, { market: marketOf(prices), now });
  return { account: [...events, ...said].reduce(evolve, account), said };
}

/** An account of 1000 USD with five BAC from 13.83 beside it, worth so much more. */
function started(limits: Limits, price = '13.83'): Account {
  const events = [configured(limits), deposit('1000'), adopted(bac5)];
  return commit(given(), events, { BAC: price }).account;
}

function refusalAt(
  account: Account,
  price: string,
  now: number,
  dawn: Readonly<Record<string, string>> = {},
) {
  const entry = {
    positionId: 'p9',
    symbol: 'BAC',
    side: 'long',
    quantity: '1',
    how: { kind: 'market' },
    timeInForce: 'gtc',
    priceSource: 'trade',
  } as const;
  const market = marketOf({ BAC: price });
  const instrument = plainInstrument('BAC');
  const decided = openPosition(account, 'o', entry, {
    now,
    market,
    marketBefore: () => marketOf(dawn),
    instrument,
    armedFrom: { at: 0 },
  });
  return decided.ok ? undefined : decided.refusal;
}

describe('the equity that losses are counted from', () => {
  it('is not looked at while no limit asks for it', () => {
    const account = given(deposit('5'));
    expect(commit(account, [nothing], {}).said).toEqual([]);
    expect(watchLimits(started({ maxDrawdown: '1' }), [], { market: marketOf({}), now: noon })).toEqual([]);
  });

  it('moves with a deposit, and back with its reversal: neither is a loss', () => {
    const before = started({ maxDrawdown: '100' });
    const prices = { BAC: '13.83' };
    const rich = commit(before, [deposit('500')], prices).account;
    const reversal: AccountEvent = {
      type: 'DepositReversed',
      reverses: 'ann.main:0000000004:0',
      currency: 'USD',
      amount: '-500',
      ...by,
    };
    const { account, said } = commit(rich, [reversal], prices);
    expect(said.map(({ type }) => type)).toEqual(['EquityMarked']);
    expect(account.risk).toEqual(before.risk);
  });

  it('begins with the first commit, open positions at their last price included', () => {
    expect(started({ maxDailyLoss: '50' }, '14').risk.equity).toEqual({
      day: midnight,
      dayEquity: '1070',
      peakEquity: '1070',
    });
  });

  it('rises with a new peak, begins again each day, and says nothing while it stands', () => {
    const account = started({ maxDailyLoss: '50' });
    expect(commit(account, [nothing], { BAC: '13.5' }).said).toEqual([]);
    const risen = commit(account, [nothing], { BAC: '15' });
    expect(risen.said).toEqual([
      {
        type: 'EquityMarked',
        at: noon,
        currency: 'USD',
        equity: '1075',
        base: { day: midnight, dayEquity: '1069.15', peakEquity: '1075' },
        rates: [],
      },
    ]);
    expect(commit(risen.account, [nothing], { BAC: '14' }, tomorrow).account.risk.equity).toEqual({
      day: tomorrow,
      dayEquity: '1070',
      peakEquity: '1075',
    });
  });

  it('moves along with money from outside, in whichever currency it comes', () => {
    const account = started({ maxDailyLoss: '50', maxDrawdown: '80' });
    const paid = commit(account, [deposit('-400'), deposit('100', 'EUR')], {
      BAC: '13.83',
      'EUR-USD': '1.5',
    });
    expect(paid.said).toMatchObject([
      {
        equity: '819.15',
        base: { day: midnight, dayEquity: '819.15', peakEquity: '819.15' },
        rates: [{ from: 'EUR', rate: '1.5' }],
      },
    ]);
    const unpriced = commit(account, [deposit('100')], {});
    expect(unpriced.said).toEqual([
      {
        type: 'EquityMarked',
        at: noon,
        currency: 'USD',
        base: { day: midnight, dayEquity: '1169.15', peakEquity: '1169.15' },
        rates: [],
      },
    ]);
  });

  it('counts anew where money came at a rate that nobody knows, and after a reset', () => {
    const account = started({ maxDailyLoss: '50' });
    const unknown = commit(account, [deposit('1', 'EUR')], { BAC: '13.83' });
    expect(unknown.said).toEqual([{ type: 'EquityMarked', at: noon, currency: 'USD', rates: [] }]);
    expect(unknown.account.risk.equity).toBeUndefined();
    const reset: AccountEvent = { type: 'ShadowReset', before: {}, cash: { USD: '7' }, ...by };
    expect(commit(account, [reset], { BAC: '1' }).account.risk.equity).toMatchObject({ peakEquity: '12' });
  });
});

describe('a limit on losses', () => {
  it('trips once, open losses included, and lets nothing in for the rest of the day', () => {
    const account = started({ maxDailyLoss: '50' });
    const almost = commit(account, [nothing], { BAC: '3.84' });
    expect(almost.said).toEqual([]);
    const lost = commit(almost.account, [nothing], { BAC: '3.83' });
    expect(lost.said).toEqual([
      {
        type: 'LimitTripped',
        limit: 'dailyLoss',
        allowed: '50',
        reached: '50',
        currency: 'USD',
        at: noon,
        until: tomorrow,
      },
    ]);
    expect(commit(lost.account, [nothing], { BAC: '1' }).said).toEqual([]);
    const tripped = { reason: 'LIMIT_TRIPPED', limit: 'dailyLoss', until: tomorrow };
    expect(refusalAt(lost.account, '13.83', tomorrow - 1)).toEqual(tripped);
    expect(refusalAt(lost.account, '3.83', tomorrow)).toBeUndefined();
  });

  it('counts from what the account was worth as the day began, also where nothing was committed since', () => {
    const account = started({ maxDailyLoss: '50' }, '20');
    const dawn = { BAC: '18' };
    expect(refusalAt(account, '7.9', tomorrow, dawn)).toEqual({
      reason: 'DAILY_LOSS',
      limit: '50',
      amount: '50.5',
      by: '0.5',
      currency: 'USD',
    });
    expect(refusalAt(account, '8.1', tomorrow, dawn)).toBeUndefined();
    // Nobody remembers: the day begins now.
    expect(refusalAt(account, '7.9', tomorrow)).toBeUndefined();
    const marketBefore = () => marketOf(dawn);
    const context = { market: marketOf({ BAC: '7.9' }), now: tomorrow, marketBefore };
    expect(watchLimits(account, [nothing], context)).toMatchObject([
      {
        type: 'EquityMarked',
        equity: '1039.5',
        base: { day: tomorrow, dayEquity: '1090', peakEquity: '1100' },
      },
      { type: 'LimitTripped', limit: 'dailyLoss', reached: '50.5' },
    ]);
  });

  it('refuses at the loss even before a commit has said so, and by how much', () => {
    expect(refusalAt(started({ maxDailyLoss: '50' }), '3', noon)).toEqual({
      reason: 'DAILY_LOSS',
      limit: '50',
      amount: '54.15',
      by: '4.15',
      currency: 'USD',
    });
  });

  it('measures a drawdown from the peak, over days, until the limit is set anew', () => {
    const peak = commit(started({ maxDrawdown: '60' }), [nothing], { BAC: '20' }).account;
    expect(refusalAt(peak, '7.9', tomorrow)).toMatchObject({ reason: 'DRAWDOWN', amount: '60.5', by: '0.5' });
    const down = commit(peak, [nothing], { BAC: '7' }, tomorrow);
    expect(down.said).toMatchObject([
      { type: 'EquityMarked' },
      { type: 'LimitTripped', limit: 'drawdown', allowed: '60', reached: '65' },
    ]);
    expect(refusalAt(down.account, '20', tomorrow * 2)).toEqual({
      reason: 'LIMIT_TRIPPED',
      limit: 'drawdown',
    });
    const anew = commit(down.account, [configured({ maxDrawdown: '70' })], { BAC: '7' }, tomorrow);
    expect(anew.account.risk.equity?.peakEquity).toBe('1035');
    expect(refusalAt(anew.account, '7', tomorrow)).toBeUndefined();
  });
});

const reachedAt = (at: number): AccountEvent => ({
  type: 'TrailingStopTriggered',
  positionId: 'p1',
  symbol: 'BAC',
  level: '1',
  tick: tickAt('1', { exchangeAt: at }),
  order: { clientOrderId: 'c', side: 'sell', quantity: '5' },
  late: false,
  lagMs: 0,
});
const stopAt = (at: number, reason: ExitReason = 'trailingStop'): AccountEvent => ({
  type: 'PositionClosed',
  positionId: 'p1',
  symbol: 'BAC',
  side: 'long',
  quantity: '5',
  entryPrice: '2',
  exitPrice: '1',
  currency: 'USD',
  realizedPnl: '-5',
  reason,
  openedAt: 0,
  closedAt: at,
});
const refused: AccountEvent = {
  type: 'OrderRejected',
  of: 'exit',
  orderId: 'c',
  positionId: 'p1',
  symbol: 'BAC',
  reason: 'not now',
};

/** A broker's fill of all of an order. */
function fills(account: Account, id: string, quantity: string, at: number) {
  const fill = {
    id,
    quantity,
    price: '13',
    fee: '0',
    feeCurrency: 'USD',
    liquidity: 'taker',
    at,
  } as const;
  const seen = {
    brokerOrderId: `b-${id}`,
    clientOrderId: id,
    symbol: 'BAC',
    side: 'sell',
    quantity,
    how: { kind: 'market' },
    status: 'filled',
    fills: [fill],
  } as const;
  const decided = recordAtBroker(account, id, seen, { now: at });
  return commit(account, decided.ok ? decided.value : [], {});
}

describe('the stop guard', () => {
  const guard = { stopGuard: { stops: 3, windowMs: 1_000, pauseMs: 5_000 } };
  const run = (...times: readonly number[]) => {
    let account = given(configured(guard));
    const said: AccountEvent[] = [];
    for (const at of times) {
      const done = commit(account, [stopAt(at)], {}, at);
      ({ account } = done);
      said.push(...done.said);
    }
    return { account, said };
  };

  it('pauses all entries after so many stops within its window', () => {
    expect(run(noon, noon + 1, noon + 1_000).said).toEqual([]);
    const { account, said } = run(noon, noon + 1, noon + 999);
    const until = noon + 5_999;
    expect(said).toEqual([
      { type: 'LimitTripped', limit: 'stopGuard', allowed: '3', reached: '3', at: noon + 999, until },
    ]);
    expect(refusalAt(account, '1', until - 1)).toEqual({
      reason: 'LIMIT_TRIPPED',
      limit: 'stopGuard',
      until,
    });
    expect(refusalAt(account, '1', until)).toBeUndefined();
  });

  it('goes on counting where the account is configured anew and it says the same, in whichever order', () => {
    const counted = [stopAt(noon), stopAt(noon + 1)].reduce(evolve, given(configured(guard)));
    const stored = { pauseMs: 5_000, stops: 3, windowMs: 1_000 };
    const again = evolve(counted, configured({ stopGuard: stored, collarPercent: '5' }));
    expect(again.risk.stops).toEqual([noon, noon + 1]);
    expect(evolve(again, configured({ stopGuard: { ...stored, stops: 2 } })).risk.stops).toEqual([]);
  });

  it('counts a stop when it has closed its position: once, however often its broker refuses the order', () => {
    const account = given(configured(guard), adopted(bac5));
    const retried = [noon, noon + 1, noon + 2].flatMap((at) => [reachedAt(at), refused]);
    const waiting = commit(account, retried, {}, noon + 2);
    expect(waiting.said).toEqual([]);
    expect(waiting.account.risk.stops).toEqual([]);
    const out = commit(waiting.account, [reachedAt(noon + 3), stopAt(noon + 4)], {}, noon + 4);
    expect(out.said).toEqual([]);
    expect(out.account.risk.stops).toEqual([noon + 4]);
  });

  it('counts a stop that has fired although what a target had ordered before fills last', () => {
    const exits = { stopLoss: { price: '13' }, targets: [{ price: '15', size: { quantity: '2' } }] };
    const limits = { stopGuard: { stops: 1, windowMs: 1_000, pauseMs: 5_000 } };
    const settings = { ...defaultSettings, limits, broker: 'alpaca' };
    const setUp = given(
      { type: 'AccountConfigured', settings, ...by },
      adopted(positionWith(exits, { broker: 'alpaca' })),
    );
    const fires = (account: Account, lineId: string, price: string): Account => {
      const tick = tickAt(price, { exchangeAt: noon });
      const fired = { positionId: 'p1', lineId, level: price, tick, late: false, lagMs: 0 };
      const decided = executeExit(account, fired);
      return commit(account, decided.ok ? decided.value : [], {}).account;
    };
    const fired = fires(fires(setUp, 'target-1', '15'), 'stop', '13');
    const stopped = fills(fired, 'u.main.p1.exit-2', '3', noon + 1);
    expect(stopped.said).toEqual([]);
    const closed = fills(stopped.account, 'u.main.p1.exit', '2', noon + 2);
    expect(closed.account.positions.get('p1')).toMatchObject({ status: 'closed', reason: 'takeProfit' });
    expect(closed.said).toMatchObject([{ type: 'LimitTripped', limit: 'stopGuard', at: noon + 2 }]);
  });

  it.each(['takeProfit', 'timeExit', 'manual', 'flatten'] as const)('does not count a %s', (reason) => {
    const { account } = commit(given(configured(guard)), [stopAt(noon, reason)], {}, noon);
    expect(account.risk.stops).toEqual([]);
  });

  it('counts from none again once it has tripped', () => {
    const { said } = run(noon, noon, noon, noon + 5_000, noon + 5_001, noon + 5_002);
    expect(said).toMatchObject([{ at: noon }, { at: noon + 5_002 }]);
  });
});
