import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evolve } from './account.ts';
import { adopted, by, given, positionWith } from './account.builder.ts';
import type { AccountEvent } from './events.ts';
import { type ScopeTrading, expireHold, followScope, haltTrading, resumeTrading } from './switch-trading.ts';

const now = { now: 1_000 };

describe('a halt of an account', () => {
  it('is the same event only once', () => {
    const first = haltTrading(given(), { ...by }, now);
    expect(first).toEqual({ ok: true, value: [{ type: 'TradingHalted', ...by }] });
    expect(haltTrading(given({ type: 'TradingHalted', ...by }), { ...by }, now)).toEqual({
      ok: true,
      value: [],
    });
  });

  it('with flatten reduces first where something is open, and halts at once where nothing is', () => {
    const open = given(adopted(positionWith({})));
    const request = { ...by, flatten: true };
    const reduced: AccountEvent = { type: 'TradingReduced', ...by, flatten: true };
    expect(haltTrading(open, request, now)).toEqual({ ok: true, value: [reduced] });
    expect(haltTrading(evolve(open, reduced), request, now)).toEqual({ ok: true, value: [] });
    expect(haltTrading(given(), request, now)).toEqual({
      ok: true,
      value: [{ type: 'TradingHalted', ...by }],
    });
  });

  it('does not end before it begins', () => {
    expect(haltTrading(given(), { ...by, until: 1_000 }, now)).toMatchObject({
      refusal: { reason: 'ENDS_BEFORE_NOW', until: 1_000 },
    });
  });

  it('ends at the moment it was to, by an event of the actor expiry', () => {
    const account = given({ type: 'TradingHalted', ...by, reason: 'lunch', until: 2_000 });
    expect(expireHold(account, 1_999)).toEqual([]);
    const ended = expireHold(account, 2_000);
    expect(ended).toEqual([{ type: 'TradingResumed', actor: 'expiry', reason: 'lunch' }]);
    expect(ended.reduce(evolve, account).trading).toBe('active');
  });

  it('of a wider scope is not ended here, neither by its time nor by a resume of the account', () => {
    const account = given({ type: 'TradingHalted', ...by, scope: 'user', scopeSeq: 1, until: 2_000 });
    expect(expireHold(account, 3_000)).toEqual([]);
    expect(resumeTrading(account, by)).toEqual({ ok: true, value: [] });
  });
});

const arbitrarySwitch = fc.record({
  state: fc.constantFrom<ScopeTrading['state']>('active', 'reducing', 'halted'),
  flatten: fc.boolean(),
});

describe('what accounts hear of their scope', () => {
  it('ends as the last entry of its journal says, in whatever order and however often they hear it', () => {
    fc.assert(
      fc.property(
        fc.array(arbitrarySwitch, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (switches, order) => {
          const entries = switches.map(({ state, flatten }, i): ScopeTrading => ({
            scope: 'tenant',
            seq: i + 1,
            state,
            ...by,
            ...(state === 'halted' ? { flatten } : {}),
          }));
          const heard = [...order.flatMap((at) => entries[at % entries.length] ?? []), ...entries.slice(-1)];
          let account = given(adopted(positionWith({})));
          for (const entry of heard) account = followScope(account, entry).reduce(evolve, account);
          const last = switches.at(-1);
          const expected = last?.state === 'halted' && last.flatten ? 'reducing' : last?.state;
          expect([account.trading, account.scopeSeqs]).toEqual([expected, { tenant: switches.length }]);
        },
      ),
    );
  });
});
