import { describe, expect, it } from '@jest/globals';
import { type Account, evolve } from './account.ts';
import { adopted, by, given, positionWith, tickAt } from './account.builder.ts';
import type { AccountEvent } from './events.ts';
import { flattenAccount } from './flatten-account.ts';

const known = { trade: tickAt('14') };
const market = (symbol: string) => (symbol === 'BAC' ? known : {});
const flattening: AccountEvent = { type: 'TradingReduced', ...by, flatten: true };
const positions = (count: number, symbol = 'BAC'): AccountEvent[] =>
  Array.from({ length: count }, (_, i) => adopted(positionWith({}, { id: `${symbol}${i}`, symbol })));

function step(account: Account, most = 240) {
  const done = flattenAccount(account, { market, now: 3_000, most });
  return { ...done, types: done.events.map(({ type }) => type), after: done.events.reduce(evolve, account) };
}

describe('a flatten', () => {
  it('closes every position at the market and halts the account', () => {
    const { types, events, after } = step(given(...positions(2), flattening));
    const closing = ['CloseRequested', 'OrderFilled', 'PositionClosed'];
    expect(types).toEqual([...closing, ...closing, 'TradingHalted']);
    expect(events).toContainEqual(expect.objectContaining({ type: 'PositionClosed', reason: 'flatten' }));
    expect([after.trading, after.openPositionIds.size]).toEqual(['halted', 0]);
  });

  it.each([
    [3, 5],
    [6, 3],
    [15, 1],
    [240, 1],
  ])('makes about %i events in a step: %i steps for five positions', (most, steps) => {
    let account = given(...positions(5), flattening);
    let taken = 0;
    while (account.trading !== 'halted') {
      const { events, after } = step(account, most);
      expect(events.filter(({ type }) => type !== 'TradingHalted').length).toBeLessThanOrEqual(most);
      account = after;
      taken += 1;
    }
    expect(taken).toBe(steps);
  });

  it('tells which symbols have no price, closes the others, and is not over', () => {
    const { waiting, after } = step(given(...positions(2), ...positions(1, 'XYZ'), flattening));
    expect(waiting).toEqual(['XYZ']);
    expect([after.trading, [...after.openPositionIds]]).toEqual(['reducing', ['XYZ0']]);
  });

  it('executes nothing while another hold has halted the account', () => {
    const halted: AccountEvent = { type: 'TradingHalted', ...by, scope: 'tenant', scopeSeq: 1 };
    expect(step(given(...positions(1), flattening, halted))).toMatchObject({ types: [], waiting: [] });
  });

  it('does nothing once trading is resumed, and nothing to an account that is not flattened', () => {
    const resumed: AccountEvent = { type: 'TradingResumed', ...by };
    const reduced: AccountEvent = { type: 'TradingReduced', ...by, flatten: false };
    expect(step(given(...positions(1), flattening, resumed)).types).toEqual([]);
    expect(step(given(...positions(1), reduced)).types).toEqual([]);
  });

  it('halts in the scope that flattened, until when it said', () => {
    const until = 9_000;
    const events: AccountEvent = { ...flattening, scope: 'user', scopeSeq: 3, until };
    const { after } = step(given(...positions(1), events));
    expect(after.holds).toEqual([{ scope: 'user', state: 'halted', ...by, until }]);
    expect(after.scopeSeqs).toEqual({ user: 3 });
  });

  it('asks a real broker to cancel what would enter, and is over only once it has ended there', () => {
    const order = { id: 'u.main.o', positionId: 'p9', symbol: 'BAC', side: 'buy', quantity: '1' } as const;
    const placed: AccountEvent = {
      type: 'OrderPlaced',
      order: {
        ...order,
        how: { kind: 'limit', limitPrice: '1' },
        timeInForce: 'gtc',
        purpose: { kind: 'enter', side: 'long' },
        contract: { kind: 'linear', multiplier: '1', currency: 'USD' },
        priceSource: 'trade',
        broker: 'alpaca',
        armedFrom: { at: 0 },
        placedAt: 0,
      },
    };
    const which = { orderId: order.id, symbol: 'BAC' };
    const accepted: AccountEvent = { type: 'OrderAccepted', ...which, brokerOrderId: 'b1' };
    const asked = step(given(placed, accepted, flattening));
    expect(asked.events).toEqual([{ type: 'OrderCancelRequested', ...which, by }]);
    expect(step(asked.after)).toMatchObject({ types: [], hasMore: false });
    const ended: AccountEvent = { type: 'OrderCancelled', of: 'order', ...which, positionId: 'p9', by };
    expect(step(evolve(asked.after, ended)).types).toEqual(['TradingHalted']);
  });
});
