import { describe, expect, it } from '@jest/globals';
import { by, given, marketOf } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import { defaultSettings } from '../account/settings.ts';
import { plainInstrument } from '../market/instrument.ts';
import { openPosition } from './place-order.ts';
import { withdrawEntries } from './withdraw-entries.ts';

const hold = { actor: 'ops', reason: 'wrong prices' };

/** An account with three entries that rest at a broker. */
function restingAt(broker: string): Account {
  const configured = { type: 'AccountConfigured', settings: { ...defaultSettings, broker }, ...by } as const;
  const instrument = plainInstrument('BAC');
  const context = { now: 1_500, armedFrom: { at: 0 }, market: marketOf({ BAC: '13.9' }), instrument };
  return ['o1', 'o2', 'o3'].reduce((account, name) => {
    const how = {
      how: { kind: 'limit', limitPrice: '13' },
      timeInForce: 'gtc',
      priceSource: 'trade',
    } as const;
    const entry = { positionId: name, symbol: 'BAC', side: 'long', quantity: '1', ...how } as const;
    const decided = openPosition(account, name, entry, context);
    if (!decided.ok) throw new Error(decided.refusal.reason);
    return decided.value.reduce(evolve, account);
  }, given(configured));
}

describe('withdrawing the entries of an account that is held', () => {
  it('asks a real broker to cancel each once, so many at a time, for the reason of the hold', () => {
    const held = evolve(restingAt('alpaca'), { type: 'TradingReduced', flatten: false, ...hold });
    const first = withdrawEntries(held, 2);
    expect(first).toMatchObject([
      { type: 'OrderCancelRequested', orderId: 'u.main.o1', by: hold },
      { type: 'OrderCancelRequested', orderId: 'u.main.o2', by: hold },
    ]);
    const next = first.reduce(evolve, held);
    expect(withdrawEntries(next, 2)).toMatchObject([{ orderId: 'u.main.o3' }]);
    expect(withdrawEntries(withdrawEntries(next, 2).reduce(evolve, next), 2)).toEqual([]);
  });

  it('leaves those of an account that trades, and those that wait at the shadow broker', () => {
    expect(withdrawEntries(restingAt('alpaca'), 9)).toEqual([]);
    expect(withdrawEntries(evolve(restingAt('shadow'), { type: 'TradingHalted', ...hold }), 9)).toEqual([]);
  });
});
