import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given } from '../account/account.builder.ts';
import { type Account, evolve } from '../account/account.ts';
import { entryHold } from './entry-hold.ts';
import { lockSymbol, unlockSymbol } from './lock-symbol.ts';
import { type PlainLockStep, plainLocks } from './lock-symbol.oracle.ts';
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
      refusal: { reason: 'TOO_MANY_LOCKS', limit: 100, count: 100, by: 1 },
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

const symbol = fc.constantFrom('A', 'B', 'C', 'D');
const lockStep: fc.Arbitrary<PlainLockStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record(
      {
        do: fc.constant('lock' as const),
        symbol,
        reason: fc.constantFrom('earnings', 'a rumour'),
        until: fc.integer({ min: 999, max: 1_012 }),
      },
      { requiredKeys: ['do', 'symbol', 'reason'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unlock' as const), symbol }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4 }) }),
  },
);

describe('locks, one after the other', () => {
  it('are what was said last of each symbol, as long as it said, and never too many', () => {
    const words = new Set<string>();
    const room = 2;
    const others = Array.from({ length: maxLocks - room }, (_, i) => `S${i}`);
    const full = others.reduce((account, other) => locking(account, other), given());
    fc.assert(
      fc.property(fc.array(lockStep, { maxLength: 20, size: 'max' }), (steps) => {
        let account = full;
        let now = 1_000;
        const said = steps.map((step) => {
          if (step.do === 'wait') now += step.ms;
          if (step.do === 'wait') return 'nothing';
          const asked = { actor: by.actor, reason: '', ...step };
          const decided =
            step.do === 'lock' ? lockSymbol(account, asked, { now }) : unlockSymbol(account, asked);
          if (!decided.ok) return decided.refusal.reason;
          account = decided.value.reduce(evolve, account);
          const [event] = decided.value;
          return event === undefined ? 'nothing' : event.type === 'SymbolLocked' ? 'locked' : 'unlocked';
        });
        const expected = plainLocks(steps, 1_000, room);
        expect(said).toEqual(expected.said);
        for (const each of ['A', 'B', 'C', 'D', 'S1', 'E']) {
          const lock = expected.locks.find((told) => told.symbol === each);
          const hold = entryHold(account, each, now);
          expect(hold?.reason).toBe(lock === undefined && each !== 'S1' ? undefined : 'SYMBOL_LOCKED');
          if (lock !== undefined) expect(hold).toMatchObject({ because: lock.reason });
        }
        for (const line of said) words.add(line);
      }),
      { numRuns: 400 },
    );
    expect([...words].toSorted()).toEqual([
      'ENDS_BEFORE_NOW',
      'TOO_MANY_LOCKS',
      'locked',
      'nothing',
      'unlocked',
    ]);
  });
});
