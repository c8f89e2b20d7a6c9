import { describe, expect, it } from '@jest/globals';
import {
  adopted,
  by,
  given,
  halfOfTrades,
  marketOf,
  positionWith,
  tickAt,
} from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import { defaultSettings } from '../account/settings.ts';
import { plainInstrument } from '../market/instrument.ts';
import type { AccountEvent } from '../account/events.ts';
import { executeExit } from '../position/execute-exit.ts';
import { requestClose } from '../position/request-close.ts';
import type { Result } from '../result.ts';
import { fireTrigger } from '../trigger/fire-trigger.ts';
import type { EntrySpec } from '../trigger/trigger.ts';
import { cancelOrder } from './cancel-order.ts';
import { executeOrder } from './execute-order.ts';
import type { OrderKind, TimeInForce } from './order.ts';
import { maxEnteringOrders, maxReducingOrders, openPosition, reducePosition } from './place-order.ts';

const context = {
  now: 1_500,
  armedFrom: { epoch: 'e', ordinal: 2 },
  market: marketOf({ BAC: '13.9' }),
  instrument: plainInstrument('BAC'),
};
const limit = (limitPrice: string): OrderKind => ({ kind: 'limit', limitPrice });

function entryOf(how: OrderKind, timeInForce: TimeInForce = 'gtc'): EntrySpec {
  return {
    positionId: 'p1',
    symbol: 'BAC',
    side: 'long',
    quantity: '2',
    how,
    timeInForce,
    priceSource: 'trade',
  };
}

function buy(account: Account, how: OrderKind, timeInForce: TimeInForce = 'gtc', name = 'o') {
  return openPosition(account, name, entryOf(how, timeInForce), context);
}

const placed = (decided: Result<readonly AccountEvent[], unknown>, account: Account) =>
  decided.ok ? decided.value.reduce(evolve, account) : account;
const open = given(adopted(positionWith({ stopLoss: { price: '13' } })));
const at = (price: string, exchangeAt = 2_000) => ({
  orderId: 'u.main.o',
  lineId: 'order',
  tick: tickAt(price, { exchangeAt }),
});

describe('the end of an order', () => {
  it('comes before its price at the tick that has both', () => {
    const account = placed(buy(given(), limit('13'), { until: 2_000 }), given());
    expect(executeOrder(account, at('12', 1_999), context)).toMatchObject({
      value: [{ type: 'OrderFilled' }, {}],
    });
    expect(executeOrder(account, at('12', 2_000), context)).toMatchObject({
      value: [{ type: 'OrderExpired' }],
    });
  });

  it('does not come before its time, whatever is reported', () => {
    const account = placed(buy(given(), limit('13'), { until: 2_000 }), given());
    expect(executeOrder(account, { ...at('14', 1_999), lineId: 'expiry' }, context)).toMatchObject({
      refusal: { reason: 'LEVEL_NOT_REACHED' },
    });
    expect(executeOrder(account, { ...at('14', 2_000), lineId: 'expiry' }, context)).toMatchObject({
      value: [{ type: 'OrderExpired' }],
    });
  });

  it('is not past when it is placed', () => {
    expect(buy(given(), limit('13'), { until: 1_500 })).toEqual({
      ok: false,
      refusal: { reason: 'ENDS_BEFORE_NOW', until: 1_500 },
    });
  });

  it('comes with the position that it would enter, in the commit that closes it', () => {
    const entries = ['o', 'o2'].reduce(
      (account, name) => placed(buy(account, limit('12'), 'gtc', name), account),
      open,
    );
    const other = openPosition(entries, 'o3', { ...entryOf(limit('12')), positionId: 'p2' }, context);
    const account = placed(other, entries);
    const stop = {
      positionId: 'p1',
      lineId: 'stop',
      level: '13',
      tick: tickAt('12.5'),
      late: false,
      lagMs: 0,
    };
    const closed = executeExit(account, stop);
    const ended = { by: { actor: 'bellwether', reason: 'its position is closed' } };
    expect(closed.ok && closed.value.slice(2)).toMatchObject([
      { type: 'PositionClosed' },
      { type: 'OrderCancelled', orderId: 'u.main.o', ...ended },
      { type: 'OrderCancelled', orderId: 'u.main.o2', ...ended },
    ]);
    expect([...placed(closed, account).workingOrderIds]).toEqual(['u.main.o3']);
  });

  it('comes as soon as all of its position is being closed, however long that takes', () => {
    const bounded = given(halfOfTrades, adopted(positionWith({ stopLoss: { price: '13' } })));
    const account = placed(buy(bounded, limit('12')), bounded);
    const tick = tickAt('12.5', { size: '4' });
    const stop = { positionId: 'p1', lineId: 'stop', level: '13', tick, late: false, lagMs: 0 };
    const ended = { type: 'OrderCancelled', by: { reason: 'its position is being closed' } };
    expect(executeExit(account, stop)).toMatchObject({
      value: [{ type: 'StopTriggered' }, { type: 'OrderFilled' }, { type: 'PositionReduced' }, ended],
    });
    const sized = { ...context, market: (symbol: string) => (symbol === 'BAC' ? { trade: tick } : {}) };
    const close = { positionId: 'p1', reason: 'manual', by } as const;
    expect(requestClose(account, { ...close, size: 'all' }, sized)).toMatchObject({
      value: [{ type: 'CloseRequested' }, { type: 'OrderFilled' }, { type: 'PositionReduced' }, ended],
    });
    const part = requestClose(account, { ...close, size: { quantity: '4' } }, sized);
    expect(part.ok && part.value.map(({ type }) => type)).toEqual([
      'CloseRequested',
      'OrderFilled',
      'PositionReduced',
    ]);
  });

  it('is asked for at a real broker in the commit of the stop, and comes with its answer', () => {
    const settings = { ...defaultSettings, broker: 'alpaca' };
    const target = { price: '14', size: { quantity: '1' } };
    const held = given(
      { type: 'AccountConfigured', settings, ...by },
      adopted(positionWith({ stopLoss: { price: '13' }, targets: [target] }, { broker: 'alpaca' })),
    );
    const account = placed(buy(held, limit('12')), held);
    const reached = { positionId: 'p1', level: '13', late: false, lagMs: 0 };
    const rung = executeExit(account, { ...reached, lineId: 'target-1', tick: tickAt('14') });
    expect(rung.ok && rung.value.map(({ type }) => type)).toEqual(['TargetTriggered']);
    const stopped = executeExit(placed(rung, account), { ...reached, lineId: 'stop', tick: tickAt('12.5') });
    expect(stopped).toMatchObject({
      value: [{ type: 'StopTriggered' }, { type: 'OrderCancelRequested', orderId: 'u.main.o' }],
    });
  });

  it('comes with its price where its position was closed before that was so', () => {
    const waiting = placed(buy(open, limit('12')), open);
    const position = waiting.positions.get('p1');
    if (position === undefined) throw new Error('no position');
    const ended = { status: 'closed', reason: 'stopLoss', exitPrice: '13', closedAt: 0 } as const;
    const account = { ...waiting, positions: new Map([['p1', { ...position, ...ended }]]) };
    expect(executeOrder(account, at('12'), context)).toMatchObject({
      value: [{ type: 'OrderCancelled', by: { reason: 'its position is closed' } }],
    });
  });
});

describe('orders that are to open one position', () => {
  const waiting = placed(buy(given(), limit('12')), given());
  const entry = {
    positionId: 'p1',
    quantity: '1',
    how: limit('99'),
    timeInForce: 'gtc',
    priceSource: 'trade',
  } as const;

  it('agree on its side and symbol', () => {
    expect(openPosition(waiting, 'other', { ...entry, symbol: 'BAC', side: 'short' }, context)).toEqual({
      ok: false,
      refusal: { reason: 'OTHER_POSITION', positionId: 'p1', field: 'side', value: 'long' },
    });
    expect(
      openPosition(
        waiting,
        'other',
        { ...entry, symbol: 'SPY', side: 'long' },
        {
          ...context,
          market: marketOf({ SPY: '1' }),
        },
      ),
    ).toMatchObject({ refusal: { field: 'symbol', value: 'BAC' } });
  });

  it('end where another position has taken its id', () => {
    const account = evolve(waiting, adopted(positionWith({}, { side: 'short' })));
    expect(executeOrder(account, at('12'), context)).toMatchObject({
      value: [{ type: 'OrderCancelled', by: { reason: 'its position is of another symbol or side' } }],
    });
  });
});

describe('an order that waits for its stop price', () => {
  it('pays as a taker for what it fills at the tick that triggers it', () => {
    const modelled = {
      kind: 'modelled',
      spreadPercent: '0',
      slippagePercent: '0',
      makerFeePercent: '0.1',
      takerFeePercent: '0.2',
    } as const;
    const settings = { currency: 'USD', limits: {}, fills: modelled };
    const configured = given({ type: 'AccountConfigured', actor: 'a', reason: '', settings });
    const how: OrderKind = { kind: 'stopLimit', stopPrice: '14', limitPrice: '15' };
    const account = placed(buy(configured, how), configured);
    expect(executeOrder(account, at('14.5'), context)).toMatchObject({
      value: [{ type: 'OrderTriggered' }, { liquidity: 'taker', price: '14.5' }, {}],
    });
  });

  it('is for now from then on, where it is for now', () => {
    const how: OrderKind = { kind: 'stopLimit', stopPrice: '14', limitPrice: '13.95' };
    const account = placed(buy(given(), how, 'ioc'), given());
    expect(account.orders.get('u.main.o')).toMatchObject({ status: 'open' });
    expect(executeOrder(account, at('14'), context)).toMatchObject({
      value: [{ type: 'OrderTriggered' }, { type: 'OrderExpired' }],
    });
  });
});

const reduce = (account: Account, name: string, quantity: string) =>
  reducePosition(
    account,
    name,
    { positionId: 'p1', quantity, how: limit('99'), timeInForce: 'gtc' },
    context,
  );

describe('orders that reduce a position', () => {
  it('are told how much there is to close', () => {
    expect(reduce(open, 'o', '5.1')).toEqual({
      ok: false,
      refusal: { reason: 'MORE_THAN_AVAILABLE', quantity: '5.1', available: '5' },
    });
  });

  it('are so many for one position at most', () => {
    let account = open;
    for (let i = 0; i < maxReducingOrders; i += 1) account = placed(reduce(account, `r${i}`, '1'), account);
    expect(reduce(account, 'o', '1')).toEqual({
      ok: false,
      refusal: { reason: 'TOO_MANY_REDUCING_ORDERS', limit: 64, count: 64, by: 1 },
    });
    const cancelled = cancelOrder(account, { orderId: 'u.main.r7', by });
    if (!cancelled.ok) throw new Error(cancelled.refusal.reason);
    expect(reduce(cancelled.value.reduce(evolve, account), 'o', '1')).toMatchObject({ ok: true });
  });

  it('end once: what its position lists and is over already is left alone', () => {
    const position = open.positions.get('p1');
    if (position === undefined) throw new Error('no position');
    const listing = { ...position, reducing: ['u.main.gone'] };
    const account = { ...open, positions: new Map([['p1', listing]]) };
    const close = { positionId: 'p1', size: 'all', reason: 'manual', by } as const;
    const closed = requestClose(account, close, context);
    expect(closed.ok && closed.value.map(({ type }) => type)).toEqual([
      'CloseRequested',
      'OrderFilled',
      'PositionClosed',
    ]);
  });
});

describe('orders that wait to enter a position', () => {
  it('are so many for one position at most', () => {
    let account = open;
    for (let i = 0; i < maxEnteringOrders; i += 1)
      account = placed(buy(account, limit('12'), 'gtc', `e${i}`), account);
    expect(buy(account, limit('12'))).toEqual({
      ok: false,
      refusal: { reason: 'TOO_MANY_ENTERING_ORDERS', limit: 64, count: 64, by: 1 },
    });
    const other = { ...entryOf(limit('12')), positionId: 'p2' };
    expect(openPosition(account, 'o', other, context)).toMatchObject({ ok: true });
  });
});

describe('an account', () => {
  it('has so many orders working at most; one that ends makes room', () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => `u.main.w${i}`);
    const full = { ...open, workingOrderIds: new Set(ids) };
    const refusal = { reason: 'TOO_MANY_WORKING_ORDERS', limit: 1_000, count: 1_000, by: 1 };
    expect(buy(full, limit('13'))).toEqual({ ok: false, refusal });
    expect(reduce(full, 'o', '1')).toEqual({ ok: false, refusal });
    const withRoom = { ...open, workingOrderIds: new Set(ids.slice(1)) };
    expect(buy(withRoom, limit('13'))).toMatchObject({ ok: true });
    expect(reduce(withRoom, 'o', '1')).toMatchObject({ ok: true });
  });
});

describe('the end of a trigger', () => {
  it('comes before its condition at the tick that has both', () => {
    const trigger = {
      id: 't1',
      symbol: 'BAC',
      priceSource: 'trade',
      when: { kind: 'price', direction: 'above', price: '14' },
      action: { kind: 'notify' },
      armedFrom: { at: 0 },
      expiresAt: 2_000,
    } as const;
    const account = given({ type: 'TriggerArmed', trigger });
    const fired = { triggerId: 't1', lineId: 'trigger', tick: tickAt('14'), late: false, lagMs: 0 };
    const around = { ...context, instrumentOf: plainInstrument };
    expect(fireTrigger(account, fired, around)).toMatchObject({ value: [{ type: 'TriggerExpired' }] });
    const before = { ...fired, tick: tickAt('14', { exchangeAt: 1_999 }) };
    expect(fireTrigger(account, before, around)).toMatchObject({ value: [{ type: 'TriggerFired' }] });
  });
});
