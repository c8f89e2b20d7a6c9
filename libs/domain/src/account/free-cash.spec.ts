import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Exact } from '../exact.oracle.ts';
import type { Contract } from '../market/instrument.ts';
import { openPosition } from '../order/place-order.ts';
import { plainInstrument } from '../market/instrument.ts';
import { type Account, evolve } from './account.ts';
import { adopted, by, given, marketOf, marketWith, positionWith } from './account.builder.ts';
import { equityOf } from './equity.ts';
import type { AccountEvent } from './events.ts';
import { plainOwed } from './free-cash.oracle.ts';
import { depositFunds } from './manage-account.ts';
import type { PlainPosition, PlainPrices } from './worth.oracle.ts';

const deposit = (currency: string, amount: string): AccountEvent => {
  return { type: 'FundsDeposited', currency, amount, ...by };
};

/** Sold short at the market. */
function shorted(account: Account, quantity: string, at: string): Account {
  const instrument = plainInstrument('BAC');
  const context = { now: 1_500, armedFrom: { at: 1_500 }, market: marketOf({ BAC: at }), instrument };
  const how = { how: { kind: 'market' }, timeInForce: 'gtc', priceSource: 'trade' } as const;
  const entry = { positionId: 'p1', symbol: 'BAC', side: 'short', quantity, ...how } as const;
  const decided = openPosition(account, 'o1', entry, context);
  if (!decided.ok) throw new Error(decided.refusal.reason);
  return decided.value.reduce(evolve, account);
}

describe('taking cash out of an account', () => {
  const account = shorted(given(deposit('USD', '1000')), '10', '100');
  const takeOut = (amount: string, price: string) =>
    depositFunds(account, { currency: 'USD', amount, ...by }, { market: marketOf({ BAC: price }) });

  it('leaves what a short sale has brought', () => {
    expect(account.cash).toEqual({ USD: '2000' });
    expect(takeOut('-1000', '100')).toMatchObject({ ok: true });
    expect(takeOut('-1000.01', '100')).toEqual({
      ok: false,
      refusal: {
        reason: 'NOT_ENOUGH_CASH',
        currency: 'USD',
        cash: '2000',
        owed: '1000',
        amount: '-1000.01',
        by: '0.01',
      },
    });
  });

  it('leaves what the short costs by now, and all of it where that is more than there is', () => {
    expect(takeOut('-801', '120')).toMatchObject({ refusal: { owed: '1200', by: '1' } });
    expect(takeOut('-5', '300')).toMatchObject({ refusal: { owed: '3000', by: '5' } });
    expect(depositFunds(account, { currency: 'USD', amount: '5', ...by }, { market: () => ({}) }).ok).toBe(
      true,
    );
  });

  it('is not guessed where nobody knows a price', () => {
    const decided = depositFunds(account, { currency: 'USD', amount: '-1', ...by }, { market: () => ({}) });
    expect(decided).toEqual({ ok: false, refusal: { reason: 'NO_PRICE', symbol: 'BAC' } });
  });

  it('leaves what is owed, whatever is open and in whatever currency, and never an equity below zero', () => {
    const price = fc.constantFrom('1', '2', '0.7', '0.333333333333333333');
    const known = fc.oneof({ weight: 9, arbitrary: price.map((trade) => ({ trade })) }, fc.constant({}));
    const prices: fc.Arbitrary<PlainPrices> = fc.record({
      A: known,
      B: known,
      'BTC-USD': known,
      'EUR-USD': known,
    });
    const position: fc.Arbitrary<PlainPosition> = fc.record({
      id: fc.integer({ min: 1, max: 5 }).map(String),
      symbol: fc.constantFrom('A', 'B'),
      side: fc.constantFrom('long' as const, 'short' as const),
      quantity: fc.constantFrom('1', '2', '0.000000000000000007'),
      contract: fc.constantFrom<Contract>(
        { kind: 'linear', multiplier: '0.5', currency: 'USD' },
        { kind: 'linear', multiplier: '1', currency: 'EUR' },
        { kind: 'inverse', multiplier: '10', currency: 'BTC' },
      ),
    });
    const positions = fc.uniqueArray(position, { maxLength: 3, selector: ({ id }) => id });
    const cash = fc.record(
      {
        USD: fc.constantFrom('10', '0.1', '-3'),
        BTC: fc.constantFrom('0.5', '30'),
        EUR: fc.constantFrom('2', '-0.5'),
      },
      { requiredKeys: [] },
    );
    const asked = fc.record({
      currency: fc.constantFrom('USD', 'BTC', 'EUR'),
      amount: fc.constantFrom('-0.1', '-0.2', '-1', '-5', '-9.5', '-25'),
    });
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(cash, positions, prices, asked, (held, open, at, { currency, amount }) => {
        const before = given(
          ...Object.entries(held).map(([of, what]) => deposit(of, what)),
          ...open.map((plain) => adopted(positionWith({}, plain))),
        );
        const market = marketWith(at);
        const decided = depositFunds(before, { currency, amount, ...by }, { market });
        const told = plainOwed({ currency, cash: held, positions: open, prices: at });
        if ('refusal' in told) {
          expect(decided).toEqual({ ok: false, refusal: told.refusal });
          outcomes.add(told.refusal.reason);
          return;
        }
        const free = Exact.of(held[currency] ?? '0').minus(told.owed);
        const isFree = free.plus(Exact.of(amount)).against(0) >= 0;
        expect(decided.ok).toBe(isFree);
        if (!decided.ok) {
          const available = free.against(0) < 0 ? Exact.of(0) : free;
          const excess = Exact.of(amount).times(-1).minus(available).digits(18, 'even');
          const owed = String(told.owed.digits(18, 'even'));
          expect(decided.refusal).toMatchObject({ reason: 'NOT_ENOUGH_CASH', owed, by: String(excess) });
          outcomes.add(`refused, ${told.owed.against(0) > 0 ? 'owing' : 'for want of cash'}`);
          return;
        }
        const after = decided.value.reduce(evolve, before);
        const worth = equityOf({ ...after, settings: { ...after.settings, currency } }, market);
        if (worth.ok)
          expect(Exact.of(worth.value.equity).plus(Exact.of('0.000000000000001')).against(0)).not.toBe(-1);
        outcomes.add(`taken, ${told.owed.against(0) > 0 ? 'owing' : 'owing nothing'}`);
      }),
      { numRuns: 1_000 },
    );
    expect([...outcomes].toSorted()).toEqual([
      'NO_PRICE',
      'NO_RATE',
      'refused, for want of cash',
      'refused, owing',
      'taken, owing',
      'taken, owing nothing',
    ]);
  });
});
