import { describe, expect, it } from '@jest/globals';
import { adopted, by, given, marketOf, positionWith } from '../account/account.builder.ts';
import { flattenAccount } from '../account/flatten-account.ts';
import { resetShadow } from '../account/manage-account.ts';
import type { OrderKind, TimeInForce } from '../order/order.ts';
import { openPosition, reducePosition } from '../order/place-order.ts';
import { requestClose } from '../position/request-close.ts';
import { plainInstrument } from './instrument.ts';
import type { Market } from './symbol-prices.ts';

const market: Market = (symbol) => ({ ...marketOf({ BAC: '13', KO: '60' })(symbol), isPaused: true });
const pausedButKo: Market = (symbol) => ({ ...market(symbol), isPaused: symbol !== 'KO' });
const context = { market, now: 3_000, armedFrom: { at: 0 }, instrument: plainInstrument('BAC') };
const entry = { positionId: 'p', symbol: 'BAC', side: 'long', quantity: '1', priceSource: 'trade' } as const;
const paused = { ok: false, refusal: { reason: 'SYMBOL_PAUSED', symbol: 'BAC' } };
const held = given(adopted(positionWith({})));

describe('a symbol whose feed is not healthy', () => {
  it.each<[OrderKind, TimeInForce]>([
    [{ kind: 'market' }, 'gtc'],
    [{ kind: 'limit', limitPrice: '20' }, 'ioc'],
    [{ kind: 'limit', limitPrice: '20' }, 'fok'],
  ])(
    'is not entered or left by a %j, %s, at the last price before: that may be of long ago',
    (how, timeInForce) => {
      expect(openPosition(given(), 'o', { ...entry, how, timeInForce }, context)).toEqual(paused);
      const less = { positionId: 'p1', quantity: '1', how, timeInForce } as const;
      expect(reducePosition(held, 'o', less, context)).toEqual(paused);
    },
  );

  it('is not closed on request', () => {
    const close = { positionId: 'p1', size: 'all', by } as const;
    expect(requestClose(held, { ...close, reason: 'manual' }, context)).toEqual(paused);
  });

  it.each<OrderKind>([
    { kind: 'limit', limitPrice: '20' },
    { kind: 'stop', stopPrice: '12' },
    { kind: 'stopLimit', stopPrice: '12', limitPrice: '20' },
  ])('takes a %j, which its next tick fills or not', (how) => {
    const asked = { ...entry, how, timeInForce: 'gtc', exits: { stopLoss: { price: '11' } } } as const;
    const placed = openPosition(given(), 'o', asked, context);
    expect(placed).toMatchObject({ ok: true, value: [{ type: 'OrderPlaced' }] });
    expect(placed.ok && placed.value).toHaveLength(1);
    const wrong = { ...asked, exits: { stopLoss: { price: '20' } } };
    expect(openPosition(given(), 'o', wrong, context)).toMatchObject({ refusal: { reason: 'WRONG_SIDE' } });
    const sell = how.kind === 'limit' ? how : { ...how, stopPrice: '14' };
    const less = { positionId: 'p1', quantity: '1', how: sell, timeInForce: 'gtc' } as const;
    expect(reducePosition(held, 'o', less, context)).toMatchObject({ value: [{ type: 'OrderPlaced' }] });
  });

  it('is left at a real broker all the same: it knows its own prices', () => {
    const real = given(adopted(positionWith({}, { broker: 'alpaca' })));
    const close = { positionId: 'p1', size: 'all', by, reason: 'manual' } as const;
    expect(requestClose(real, close, context)).toMatchObject({ ok: true });
  });

  it('makes a flatten wait for it, and nothing else; a reset ends it as it stands', () => {
    const reducing = given(adopted(positionWith({})), adopted(positionWith({}, { id: 'p2', symbol: 'KO' })), {
      type: 'TradingReduced',
      flatten: true,
      ...by,
    });
    const step = flattenAccount(reducing, { market: pausedButKo, now: 3_000, most: 100 });
    expect(step.waiting).toEqual(['BAC']);
    expect(step.events).toContainEqual(expect.objectContaining({ type: 'PositionClosed', positionId: 'p2' }));
    expect(resetShadow(held, { cash: {}, ...by }, context)).toMatchObject({ ok: true });
  });
});
