import { describe, expect, it } from '@jest/globals';
import { by, given } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import { lockSymbol, unlockSymbol } from './lock-symbol.ts';
import { maxLocks } from './risk-state.ts';

function locking(account: Account, symbol: string, until?: number, now = 1_000): Account {
  const end = until === undefined ? {} : { until };
  const decided = lockSymbol(account, { symbol, ...by, ...end }, { now });
  if (!decided.ok) throw new Error(decided.refusal.reason);
  return decided.value.reduce(evolve, account);
}

describe('locking a symbol', () => {
  it('is told once, and again where its end or reason differs', () => {
    const account = locking(given(), 'BAC', 5_000);
    expect(account.risk.locks).toEqual([{ symbol: 'BAC', ...by, until: 5_000 }]);
    const again = { symbol: 'BAC', ...by, until: 5_000 };
    expect(lockSymbol(account, again, { now: 2_000 })).toEqual({ ok: true, value: [] });
    expect(locking(account, 'BAC').risk.locks).toEqual([{ symbol: 'BAC', ...by }]);
    expect(lockSymbol(account, again, { now: 5_000 })).toMatchObject({ ok: false });
  });

  it('refuses an end that is past', () => {
    expect(lockSymbol(given(), { symbol: 'BAC', ...by, until: 999 }, { now: 999 })).toEqual({
      ok: false,
      refusal: { reason: 'ENDS_BEFORE_NOW', until: 999 },
    });
  });

  it('holds so many at once; those that have ended make room', () => {
    let account = given();
    for (let i = 0; i < maxLocks; i += 1) account = locking(account, `S${i}`, 2_000);
    expect(lockSymbol(account, { symbol: 'BAC', ...by }, { now: 1_999 })).toEqual({
      ok: false,
      refusal: { reason: 'TOO_MANY_LOCKS', limit: maxLocks },
    });
    expect(locking(account, 'S1', 3_000).risk.locks).toHaveLength(maxLocks);
    expect(locking(account, 'BAC', undefined, 2_000).risk.locks).toHaveLength(1);
  });

  it('is ended by unlocking, which says nothing where there is no lock', () => {
    const account = locking(given(), 'BAC');
    const unlocked = unlockSymbol(account, { symbol: 'BAC', ...by });
    expect(unlocked).toEqual({ ok: true, value: [{ type: 'SymbolUnlocked', symbol: 'BAC', ...by }] });
    expect(unlockSymbol(account, { symbol: 'SPY', ...by })).toEqual({ ok: true, value: [] });
  });
});
