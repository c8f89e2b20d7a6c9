import { describe, expect, it } from '@jest/globals';
import { by, given, marketOf } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { defaultSettings } from '../account/settings.ts';
import { plainInstrument } from '../market/instrument.ts';
import { openPosition } from './place-order.ts';
import { withdrawEntries } from './withdraw-entries.ts';

const now = 2_000;
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

describe('withdrawing entries while there may be none', () => {
  it('asks a real broker to cancel each once, so many at a time, for the reason of the hold', () => {
    const held = evolve(restingAt('alpaca'), { type: 'TradingReduced', flatten: false, ...hold });
    const first = withdrawEntries(held, now, 2);
    expect(first).toMatchObject([
      { type: 'OrderCancelRequested', orderId: 'u.main.o1', by: hold },
      { type: 'OrderCancelRequested', orderId: 'u.main.o2', by: hold },
    ]);
    const next = first.reduce(evolve, held);
    expect(withdrawEntries(next, now, 2)).toMatchObject([{ orderId: 'u.main.o3' }]);
    expect(withdrawEntries(withdrawEntries(next, now, 2).reduce(evolve, next), now, 2)).toEqual([]);
  });

  it('leaves those of an account that trades, and those that wait at the shadow broker', () => {
    expect(withdrawEntries(restingAt('alpaca'), now, 9)).toEqual([]);
    expect(withdrawEntries(evolve(restingAt('shadow'), { type: 'TradingHalted', ...hold }), now, 9)).toEqual(
      [],
    );
  });

  it.each<[string, AccountEvent, string]>([
    [
      'a limit',
      { type: 'LimitTripped', limit: 'dailyLoss', allowed: '1', reached: '2', at: 1 },
      'the limit dailyLoss was reached',
    ],
    [
      'a lock',
      { type: 'SymbolLocked', symbol: 'BAC', at: 1, actor: 'ann', reason: 'earnings' },
      'BAC is locked: earnings',
    ],
  ])('asks likewise while %s lets nothing in', (_what, event, reason) => {
    const account = evolve(restingAt('alpaca'), event);
    expect(withdrawEntries(account, now, 9)).toHaveLength(3);
    expect(withdrawEntries(account, now, 1)).toMatchObject([{ by: { actor: 'bellwether', reason } }]);
    expect(withdrawEntries(evolve(restingAt('shadow'), event), now, 9)).toEqual([]);
  });

  it('leaves what a limit that is over, or a lock of another symbol, does not hold', () => {
    const over = {
      type: 'LimitTripped',
      limit: 'dailyLoss',
      allowed: '1',
      reached: '2',
      at: 1,
      until: now,
    } as const;
    const other = { type: 'SymbolLocked', symbol: 'SPY', at: 1, actor: 'ann', reason: 'earnings' } as const;
    expect(withdrawEntries([over, other].reduce(evolve, restingAt('alpaca')), now, 9)).toEqual([]);
  });
});
