import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Exact } from '../exact.oracle.ts';
import type { Contract } from '../market/instrument.ts';
import { type Position, entered } from '../position/position.ts';
import { adopted, by, given, marketWith, positionWith } from './account.builder.ts';
import { equityOf, pnlOfPosition } from './equity.ts';
import type { AccountEvent } from './events.ts';
import { type PlainGains, plainGains, plainUnrealized } from './pnl.oracle.ts';
import { PlainMoney, type PlainPrices, plainEquity } from './worth.oracle.ts';

const price = fc.constantFrom('1', '2', '3', '0.7', '0.333333333333333333');
const quoted = fc.record({ trade: price, bid: price, ask: price, mark: price }, { requiredKeys: [] });
const known = fc.oneof(
  { weight: 8, arbitrary: price.map((trade) => ({ trade })) },
  { weight: 2, arbitrary: quoted },
  { weight: 1, arbitrary: fc.constant({}) },
);
const prices: fc.Arbitrary<PlainPrices> = fc.record({
  A: known,
  B: known,
  'BTC-USD': known,
  USDBNB: known,
  'BNB-BTC': known,
});
const gains: fc.Arbitrary<PlainGains> = fc.record({
  id: fc.integer({ min: 1, max: 5 }).map(String),
  symbol: fc.constantFrom('A', 'B'),
  side: fc.constantFrom('long' as const, 'short' as const),
  quantity: fc.constantFrom('1', '2', '0.000000000000000007'),
  contract: fc.constantFrom<Contract>(
    { kind: 'linear', multiplier: '0.5', currency: 'USD' },
    { kind: 'inverse', multiplier: '10', currency: 'BTC' },
  ),
  entryPrice: price,
  realizedPnl: fc.constantFrom('0', '1.5', '-0.333333333333333333'),
  fees: fc.record(
    { BNB: fc.constantFrom('0.000000000000000001', '2'), USD: fc.constant('0.1') },
    { requiredKeys: [] },
  ),
  funding: fc.constantFrom('0', '-0.25'),
  isOpen: fc.boolean(),
});

/** The position as its account holds it. */
function positionOf({ isOpen, realizedPnl, fees, funding, ...terms }: PlainGains): Position {
  const state = { ...entered(positionWith({}, terms)), realizedPnl, fees, funding };
  return isOpen
    ? { ...state, status: 'open' }
    : { ...state, status: 'closed', reason: 'manual', exitPrice: '1', closedAt: 1 };
}

describe('what positions have gained and an account is worth, whatever its currencies', () => {
  it('is what each part comes to at the rates, or what cannot be told and why', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(gains, prices, fc.constantFrom('USD', 'BTC', 'EUR'), (plain, at, currency) => {
        const told = pnlOfPosition(positionOf(plain), currency, marketWith(at));
        const expected = plainGains(plain, currency, at);
        if ('refusal' in expected) expect(told).toEqual({ ok: false, refusal: expected.refusal });
        else expect(told).toMatchObject({ ok: true, value: expected });
        outcomes.add(told.ok ? `with ${told.value.rates.length} rates` : told.refusal.reason);
      }),
      { numRuns: 800 },
    );
    for (const outcome of ['with 0 rates', 'with 1 rates', 'with 2 rates', 'NO_PRICE', 'NO_RATE'])
      expect(outcomes).toContain(outcome);
  });

  it('is of an account the cash and what closing all would bring, and of that what is a gain', () => {
    const cash = fc.record(
      { USD: fc.constantFrom('10', '0.1'), BTC: fc.constantFrom('0.5', '3'), BNB: fc.constant('2') },
      { requiredKeys: [] },
    );
    const positions = fc.uniqueArray(gains, { maxLength: 3, selector: ({ id }) => id });
    let valued = 0;
    fc.assert(
      fc.property(cash, positions, prices, (held, open, at) => {
        const account = given(
          ...Object.entries(held).map(([currency, amount]): AccountEvent => {
            return { type: 'FundsDeposited', currency, amount, ...by };
          }),
          ...open.map((plain) => adopted(positionWith({}, plain))),
        );
        const told = equityOf(account, marketWith(at));
        const expected = plainEquity({ currency: 'USD', cash: held, positions: open, prices: at });
        if ('refusal' in expected) {
          expect(told).toEqual({ ok: false, refusal: expected.refusal });
          return;
        }
        const { value: equity, rates } = expected;
        const inCash = plainEquity({ currency: 'USD', cash: held, positions: [], prices: at });
        const money = new PlainMoney('USD', at);
        const gained = open.reduce((sum, plain) => {
          const own = plainUnrealized(plain, at);
          const worth = 'gain' in own ? money.in(own.gain, plain.contract.currency) : own;
          return 'value' in worth ? sum.plus(worth.value) : sum;
        }, Exact.of(0));
        valued += 1;
        expect(told).toEqual({
          ok: true,
          value: {
            currency: 'USD',
            equity: String(equity),
            cash: 'value' in inCash ? String(inCash.value) : 'unknown',
            unrealizedPnl: String(gained.digits(18, 'even')),
            rates,
          },
        });
      }),
      { numRuns: 400 },
    );
    expect(valued).toBeGreaterThan(50);
  });
});
