import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, positionWith, tickAt } from './account.builder.ts';
import { AccountFold, evolveAll } from './account-fold.ts';
import { evolve } from './account.ts';
import type { AccountEvent } from './events.ts';

const by = { actor: 'test', reason: '' };
const symbol = 'BAC';
const id = fc.constantFrom('a', 'b', 'c');

/** What changes the maps and sets of an account, in any order: events happened, and are never refused. */
const anyEvent: fc.Arbitrary<AccountEvent> = fc.oneof(
  id.map((positionId) => ({
    type: 'PositionAdopted' as const,
    position: positionWith({ stopLoss: { price: '13' } }, { id: positionId }),
  })),
  id.map((positionId) => ({
    type: 'PositionClosed' as const,
    positionId,
    symbol,
    side: 'long' as const,
    quantity: '5',
    entryPrice: '13.83',
    exitPrice: '13',
    currency: 'USD',
    realizedPnl: '-4.15',
    reason: 'stopLoss' as const,
    openedAt: 1,
    closedAt: 2,
  })),
  id.map((triggerId) => ({
    type: 'TriggerArmed' as const,
    trigger: {
      id: triggerId,
      symbol,
      priceSource: 'trade' as const,
      when: { kind: 'price' as const, direction: 'below' as const, price: '13' },
      action: { kind: 'notify' as const },
      armedFrom: { at: 0 },
    },
  })),
  id.map((triggerId) => ({ type: 'TriggerDisarmed' as const, triggerId, symbol, by })),
  id.map((positionId) => ({
    type: 'OrderFilled' as const,
    of: 'exit' as const,
    clientOrderId: 'o',
    positionId,
    symbol,
    side: 'sell' as const,
    quantity: '5',
    price: '13',
    proceeds: '65',
    currency: 'USD',
    fee: '1',
    feeCurrency: 'USD',
    liquidity: 'taker' as const,
    tick: tickAt('13'),
  })),
  fc.constant({ type: 'TradingHalted' as const, ...by }),
);

describe('the fold of an account', () => {
  it('stands after each step where evolving event by event leads', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyEvent, { maxLength: 5 }), { maxLength: 8 }), (steps) => {
        const fold = new AccountFold(given());
        let expected = given();
        for (const events of steps) {
          fold.apply(events);
          expected = events.reduce(evolve, expected);
          expect(fold.account).toEqual(expected);
          expect([...fold.account.openPositionIds]).toEqual([...expected.openPositionIds]);
        }
      }),
    );
  });

  it('leaves the account that it began with as it was', () => {
    fc.assert(
      fc.property(fc.array(anyEvent), fc.array(anyEvent), (before, events) => {
        const account = given(...before);
        evolveAll(account, events);
        expect(account).toEqual(given(...before));
      }),
    );
  });
});
