import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evolve, unopenedAccount } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { depositFunds } from '../account/manage-account.ts';
import { grantCredits } from '../credits/credits.ts';
import { unknownMarket } from '../market/symbol-prices.ts';
import { decimal, formatDecimal, isZero, negate } from '../units.ts';
import { bookEvent, totals } from './entry.ts';
import { type BookedEvent, reverseEntry } from './reverse-entry.ts';

const by = { actor: 'cli:ops', reason: 'typed twice' };
const eventId = 'ann.main:0000000007:0';
const priceless = { market: unknownMarket };
const request = { eventId, ...by };
const deposit = (amount: string): AccountEvent => ({
  type: 'FundsDeposited',
  currency: 'USD',
  amount,
  ...by,
});
const granted = (amount: string, available = amount): AccountEvent => ({
  type: 'CreditsGranted',
  amount,
  available,
  ...by,
});
const charged = (amount: string, available: string): AccountEvent => ({
  type: 'CreditsSettled',
  purpose: 'ArmTrigger',
  amount,
  available,
});
const accountAfter = (...events: readonly AccountEvent[]) =>
  events.reduce(evolve, unopenedAccount('acme', 'ann', 'ann.main'));

describe('taking an entry back', () => {
  it('takes a deposit back by an event that names it, and cash is as it was', () => {
    const account = accountAfter(deposit('10'), deposit('250'));
    const decided = reverseEntry(account, request, { event: deposit('250') }, priceless);
    expect(decided).toEqual({
      ok: true,
      value: [{ type: 'DepositReversed', reverses: eventId, currency: 'USD', amount: '-250', ...by }],
    });
    if (decided.ok) expect(decided.value.reduce(evolve, account).cash).toEqual({ USD: '10' });
  });

  it('gives back what was taken out', () => {
    const account = accountAfter(deposit('100'), deposit('-40'));
    expect(reverseEntry(account, request, { event: deposit('-40') }, priceless)).toMatchObject({
      ok: true,
      value: [{ type: 'DepositReversed', amount: '40' }],
    });
  });

  it('takes away credits that were granted, and gives back what was charged', () => {
    const account = accountAfter(granted('5'), charged('2', '3'));
    expect(reverseEntry(account, request, { event: charged('2', '3') }, priceless)).toMatchObject({
      ok: true,
      value: [{ type: 'CreditsReversed', reverses: eventId, of: 'charge', amount: '2', available: '5' }],
    });
    expect(
      reverseEntry(accountAfter(granted('5')), request, { event: granted('5') }, priceless),
    ).toMatchObject({
      ok: true,
      value: [{ type: 'CreditsReversed', of: 'grant', amount: '5', available: '0' }],
    });
  });

  it.each<[string, BookedEvent | undefined, object]>([
    ['what the journal does not hold', undefined, { reason: 'NO_SUCH_ENTRY', eventId }],
    [
      'what is taken back already',
      { event: deposit('5'), reversedBy: 'ann.main:0000000009:0' },
      { reason: 'REVERSED_ALREADY', eventId, reversedBy: 'ann.main:0000000009:0' },
    ],
    [
      'a deposit from before the account was reset',
      { event: deposit('5'), resetBy: 'ann.main:0000000008:0' },
      { reason: 'RESET_SINCE', eventId, resetBy: 'ann.main:0000000008:0' },
    ],
    [
      'more cash than there is',
      { event: deposit('11') },
      { reason: 'NOT_ENOUGH_CASH', currency: 'USD', cash: '10', owed: '0', amount: '-11', by: '1' },
    ],
    [
      'more credits than are available',
      { event: granted('4') },
      { reason: 'NOT_ENOUGH_CREDITS', need: '4', balance: '3' },
    ],
    [
      'what came to nothing',
      { event: charged('0', '3') },
      { reason: 'NOT_REVERSIBLE', eventId, event: 'CreditsSettled' },
    ],
    [
      'a reversal',
      { event: { type: 'DepositReversed', reverses: 'x', currency: 'USD', amount: '-1', ...by } },
      { reason: 'NOT_REVERSIBLE', eventId, event: 'DepositReversed' },
    ],
    [
      'what happened in the market',
      { event: { type: 'SymbolUnlocked', symbol: 'SPY', ...by } },
      { reason: 'NOT_REVERSIBLE', eventId, event: 'SymbolUnlocked' },
    ],
  ])('refuses %s', (_what, booked, refusal) => {
    expect(reverseEntry(accountAfter(deposit('10'), granted('3')), request, booked, priceless)).toEqual({
      ok: false,
      refusal,
    });
  });

  it('books the same postings with the other sign, and leaves the account as it was without the entry', () => {
    const units = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }).filter((each) => each !== 0n);
    const amount = fc
      .tuple(units, fc.integer({ min: 0, max: 8 }))
      .map(([each, scale]) => formatDecimal({ units: each, scale }));
    fc.assert(
      fc.property(amount, fc.boolean(), (text, isOfCredits) => {
        const start = accountAfter(deposit('1000000000000'), granted('1000000000000'));
        const positive = text.replace('-', '');
        const decided = isOfCredits
          ? grantCredits(start, { amount: positive, ...by })
          : depositFunds(start, { currency: 'USD', amount: text, ...by }, priceless);
        if (!decided.ok) throw new Error(decided.refusal.reason);
        const [event] = decided.value;
        if (event === undefined) throw new Error('nothing was decided');
        const after = evolve(start, event);
        const reversal = reverseEntry(after, request, { event }, priceless);
        if (!reversal.ok) throw new Error(reversal.refusal.reason);
        const [reversed] = reversal.value;
        if (reversed === undefined) throw new Error('nothing was reversed');
        const back = evolve(after, reversed);
        expect([back.cash, back.credits]).toEqual([start.cash, start.credits]);
        const entry = bookEvent(event);
        const taken = bookEvent(reversed);
        expect(taken).toEqual({
          kind: 'reversal',
          reverses: eventId,
          postings: entry?.postings.map((each) => ({
            ...each,
            amount: formatDecimal(negate(decimal(each.amount))),
          })),
        });
        expect([...totals(taken?.postings ?? []).values()].every(isZero)).toBe(true);
      }),
    );
  });
});
