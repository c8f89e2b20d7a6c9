import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given } from '../account/account.builder.ts';
import { evolve } from '../account/account.ts';
import type { AccountEvent, CreditsEvent } from '../account/events.ts';
import { defaultSettings } from '../account/settings.ts';
import { type Posting, bookEvents, creditsCurrency, totals } from '../ledger/entry.ts';
import type { Result } from '../result.ts';
import { formatDecimal, zero } from '../units.ts';
import { chargeCommand, grantCredits, releaseCredits, reserveCredits, settleCredits } from './credits.ts';
import type { CreditPrices } from './credits-state.ts';

type Step =
  | { readonly kind: 'grant'; readonly cents: bigint }
  | { readonly kind: 'reserve' | 'settle'; readonly id: string; readonly cents: bigint }
  | { readonly kind: 'release'; readonly id: string }
  | { readonly kind: 'charge'; readonly command: string };

const prices: CreditPrices = { OpenPosition: '1.5', ArmTrigger: '0.25' };
const priced: AccountEvent = {
  type: 'AccountConfigured',
  settings: { ...defaultSettings, creditPrices: prices },
  ...by,
};
const cents = fc.bigInt({ min: 0n, max: 500n });
const id = fc.constantFrom('a', 'b', 'c');
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('grant' as const), cents }),
  fc.record({ kind: fc.constantFrom('reserve' as const, 'settle' as const), id, cents }),
  fc.record({ kind: fc.constant('release' as const), id }),
  fc.record({
    kind: fc.constant('charge' as const),
    command: fc.constantFrom('OpenPosition', 'ArmTrigger', 'ClosePosition', 'toString'),
  }),
);

/** The book that anybody would keep by hand, in cents: what it says of a step is the truth. */
class Oracle {
  available = 0n;
  granted = 0n;
  spent = 0n;
  readonly reserved = new Map<string, bigint>();

  /** The refusal's reason, or undefined when the step is done. */
  take(step: Step): string | undefined {
    switch (step.kind) {
      case 'grant':
        if (step.cents === 0n) return 'NOT_AN_AMOUNT';
        this.available += step.cents;
        this.granted += step.cents;
        return undefined;
      case 'reserve':
        if (step.cents === 0n) return 'NOT_AN_AMOUNT';
        if (this.reserved.has(step.id)) return 'RESERVED_ALREADY';
        if (step.cents > this.available) return 'NOT_ENOUGH_CREDITS';
        this.available -= step.cents;
        this.reserved.set(step.id, step.cents);
        return undefined;
      case 'settle':
      case 'release': {
        const held = this.reserved.get(step.id);
        if (held === undefined) return 'NO_RESERVATION';
        const used = step.kind === 'settle' ? step.cents : 0n;
        if (used > held) return 'MORE_THAN_RESERVED';
        this.reserved.delete(step.id);
        this.available += held - used;
        this.spent += used;
        return undefined;
      }
      case 'charge': {
        const costs = new Map([
          ['OpenPosition', 150n],
          ['ArmTrigger', 25n],
        ]);
        const cost = costs.get(step.command) ?? 0n;
        if (cost > this.available) return 'NOT_ENOUGH_CREDITS';
        this.available -= cost;
        this.spent += cost;
        return undefined;
      }
    }
  }
}

function decide(
  account: ReturnType<typeof given>,
  step: Step,
): Result<readonly CreditsEvent[], { reason: string }> {
  switch (step.kind) {
    case 'grant':
      return grantCredits(account, { amount: text(step.cents), ...by });
    case 'reserve':
      return reserveCredits(account, { reservationId: step.id, amount: text(step.cents), purpose: 'job' });
    case 'settle':
      return settleCredits(account, { reservationId: step.id, amount: text(step.cents), purpose: 'job' });
    case 'release':
      return releaseCredits(account, { reservationId: step.id, purpose: 'job' });
    case 'charge':
      return chargeCommand(account, step.command);
  }
}

describe('credits', () => {
  it('are what a book kept by hand says, whatever is asked, and never negative', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const oracle = new Oracle();
        let account = given(priced);
        const postings: Posting[] = [];
        for (const step of steps) {
          const refusal = oracle.take(step);
          const decided = decide(account, step);
          expect(decided.ok ? undefined : decided.refusal.reason).toBe(refusal);
          if (decided.ok) {
            account = decided.value.reduce<typeof account>(evolve, account);
            postings.push(...bookEvents(decided.value).flatMap(({ entry }) => entry.postings));
          }
          const { available, reserved } = account.credits;
          expect(available).toBe(text(oracle.available));
          expect(new Map(Object.entries(reserved))).toEqual(
            new Map([...oracle.reserved].map(([name, held]) => [name, text(held)])),
          );
          expect(available.startsWith('-')).toBe(false);
          const held = [...oracle.reserved.values()].reduce((sum, each) => sum + each, 0n);
          expect(oracle.granted - oracle.spent).toBe(oracle.available + held);
          const booked = totals(postings.filter(({ ledgerAccount }) => ledgerAccount === 'credits'));
          expect(formatDecimal(booked.get(creditsCurrency) ?? zero)).toBe(text(oracle.available + held));
        }
      }),
    );
  });

  it('that are not there are refused with what it needs and what there is', () => {
    const account = given(priced, { type: 'CreditsGranted', amount: '1', available: '1', ...by });
    expect(chargeCommand(account, 'OpenPosition')).toEqual({
      ok: false,
      refusal: { reason: 'NOT_ENOUGH_CREDITS', need: '1.5', balance: '1' },
    });
  });

  it('cost nothing while the account has no prices, nor for what makes something smaller', () => {
    expect(chargeCommand(given(), 'OpenPosition')).toEqual({ ok: true, value: [] });
    expect(chargeCommand(given(priced), 'ClosePosition')).toEqual({ ok: true, value: [] });
  });

  it('are set aside under so many names at most', () => {
    const reserved = Object.fromEntries(Array.from({ length: 500 }, (_, each) => [`r${each}`, '1']));
    const account = { ...given(), credits: { available: '5', reserved } };
    const refused = reserveCredits(account, { reservationId: 'one more', amount: '1', purpose: 'job' });
    expect(refused).toEqual({
      ok: false,
      refusal: { reason: 'TOO_MANY_RESERVATIONS', limit: 500, count: 500, by: 1 },
    });
    const { r0: _over, ...fewer } = reserved;
    const withRoom = { ...account, credits: { available: '5', reserved: fewer } };
    const taken = reserveCredits(withRoom, { reservationId: 'one more', amount: '1', purpose: 'job' });
    expect(taken).toMatchObject({ ok: true });
  });
});

/** Hundredths as the shortest decimal text. */
function text(hundredths: bigint): string {
  const digits = hundredths.toString().padStart(3, '0');
  const fraction = digits.slice(-2).replace(/0+$/, '');
  return `${digits.slice(0, -2)}${fraction === '' ? '' : `.${fraction}`}`;
}
