import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ok } from '../result.ts';
import { type Account, evolve } from './account.ts';
import { adopted, by, given, positionWith } from './account.builder.ts';
import type { AccountEvent } from './events.ts';
import { type ScopeTrading, expireHold, followScope, haltTrading, resumeTrading } from './switch-trading.ts';
import { type PlainSwitch, plainSwitches } from './switch-trading.oracle.ts';

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

const until = fc.option(fc.integer({ min: 999, max: 1_010 }), { nil: undefined });
const word = {
  state: fc.constantFrom('halted' as const, 'reducing' as const),
  flatten: fc.boolean(),
  until,
};
const reason = fc.constantFrom('lunch', 'a drill');
const wider = fc.constantFrom('user' as const, 'tenant' as const, 'global' as const);
const scope = fc.oneof(fc.constant('account' as const), wider);
const withoutUndefined = <Word extends { readonly until?: number | undefined }>({
  until: end,
  ...rest
}: Word) => (end === undefined ? rest : { ...rest, until: end });
const plainSwitch: fc.Arbitrary<PlainSwitch> = fc.oneof(
  fc.record({ do: fc.constant('halt' as const), scope, reason, ...word }).map(withoutUndefined),
  fc.record({ do: fc.constant('resume' as const), scope }),
  fc
    .record({
      do: fc.constant('follow' as const),
      scope: wider,
      seq: fc.integer({ min: 1, max: 6 }),
      reason,
      ...word,
    })
    .map(withoutUndefined),
  fc.record({
    do: fc.constant('follow' as const),
    scope: wider,
    seq: fc.integer({ min: 1, max: 6 }),
    reason,
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4 }) }),
);

describe('everything that switches an account', () => {
  it('leaves the holds, the state and the events that the rules say', () => {
    const words = new Set<string>();
    fc.assert(
      fc.property(fc.array(plainSwitch, { maxLength: 14, size: 'max' }), fc.boolean(), (switches, isFlat) => {
        let account = isFlat ? given() : given(adopted(positionWith({})));
        let at = 1_000;
        const said = switches.map((each) => {
          const decided = decide(account, each, each.do === 'wait' ? (at += each.ms) : at);
          if (!decided.ok) return decided.refusal.reason;
          account = decided.value.reduce(evolve, account);
          const [event] = decided.value;
          expect(decided.value.length).toBeLessThanOrEqual(1);
          return event === undefined ? 'nothing' : inWords(event);
        });
        const expected = plainSwitches(switches, { now: 1_000, isFlat });
        expect(said).toEqual(expected.said);
        expect(account.trading).toBe(expected.trading);
        expect(account.holds).toEqual(
          expected.holds.map(({ flatten, ...hold }) => ({
            ...hold,
            actor: by.actor,
            ...(flatten ? { flatten } : {}),
          })),
        );
        for (const line of said) words.add(line.replace(/:.*/, ''));
      }),
      { numRuns: 1_000 },
    );
    expect([...words].toSorted()).toEqual([
      'ENDS_BEFORE_NOW',
      'expired',
      'halted',
      'nothing',
      'reducing',
      'resumed',
    ]);
  });
});

function decide(account: Account, each: PlainSwitch, at: number) {
  switch (each.do) {
    case 'halt': {
      const { do: _what, ...asked } = each;
      return haltTrading(account, { actor: by.actor, ...asked }, { now: at });
    }
    case 'resume':
      return resumeTrading(account, { ...by, scope: each.scope });
    case 'follow': {
      const { do: _what, state = 'active', ...heard } = each;
      return ok(followScope(account, { actor: by.actor, state, ...heard }));
    }
    case 'wait':
      return ok(expireHold(account, at));
  }
}

function inWords(event: AccountEvent): string {
  if (event.type === 'TradingHalted') return 'halted';
  if (event.type === 'TradingReduced') return 'reducing';
  if (event.type !== 'TradingResumed') return event.type;
  return event.actor === 'expiry' ? `expired: ${event.reason}` : 'resumed';
}
