import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { by, given, positionWith, tickAt } from '../account/account.builder.ts';
import { type Account, evolve, unopenedAccount } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { defaultSettings } from '../account/settings.ts';
import { decimal, formatDecimal } from '../units.ts';
import { Holdings } from './holdings.ts';

const positionId = fc.constantFrom('a', 'b', 'c');
const amount = fc.constantFrom('1', '2.5', '-0.125', '1000');
const currency = fc.constantFrom('USD', 'BTC');
const exit = {
  symbol: 'BAC',
  side: 'long',
  quantity: '1',
  entryPrice: '13.83',
  exitPrice: '14',
  currency: 'USD',
  realizedPnl: '0.17',
  reason: 'manual',
} as const;

/** What moves cash or positions, and some of what does not, in any order: events happened. */
const anyEvent: fc.Arbitrary<AccountEvent> = fc.oneof(
  fc.record({ id: positionId, side: fc.constantFrom('long' as const, 'short' as const) }).map((terms) => ({
    type: 'PositionAdopted' as const,
    position: positionWith({}, terms),
  })),
  fc.record({ id: positionId, quantity: fc.constantFrom('3', '0.5') }).map((terms) => ({
    type: 'PositionOpened' as const,
    orderId: 'o',
    position: positionWith({}, terms),
  })),
  positionId.map((id) => ({
    type: 'PositionIncreased' as const,
    orderId: 'o',
    positionId: id,
    symbol: 'BAC',
    quantity: '2',
    price: '15',
    newQuantity: '7',
    entryPrice: '14.164',
    rounding: '0',
  })),
  positionId.map((id) => ({
    type: 'PositionReduced' as const,
    ...exit,
    positionId: id,
    remaining: '1.5',
  })),
  positionId.map((id) => ({
    type: 'PositionClosed' as const,
    ...exit,
    positionId: id,
    openedAt: 1,
    closedAt: 2,
  })),
  fc.record({ id: positionId, proceeds: amount, fee: amount, feeCurrency: currency }).map((fill) => ({
    type: 'OrderFilled' as const,
    of: 'exit' as const,
    clientOrderId: 'o',
    positionId: fill.id,
    symbol: 'BAC',
    side: 'sell' as const,
    quantity: '1',
    price: '14',
    proceeds: fill.proceeds,
    currency: 'USD',
    fee: fill.fee,
    feeCurrency: fill.feeCurrency,
    liquidity: 'taker' as const,
    tick: tickAt('14'),
  })),
  fc.record({ currency, amount }).map((deposit) => ({ type: 'FundsDeposited' as const, ...deposit, ...by })),
  fc.record({ currency, amount }).map((deposit) => ({
    type: 'DepositReversed' as const,
    reverses: 'ann.main:0000000001:0',
    ...deposit,
    ...by,
  })),
  fc.record({ id: positionId, currency, amount }).map(({ id, ...paid }) => ({
    type: 'FundingSettled' as const,
    positionId: id,
    symbol: 'BAC',
    rate: '0.001',
    markPrice: '14',
    at: 3,
    ...paid,
  })),
  fc.record({ USD: amount }).map((cash) => ({ type: 'ShadowReset' as const, before: {}, cash, ...by })),
  currency.map((counted) => ({
    type: 'AccountConfigured' as const,
    settings: { ...defaultSettings, currency: counted },
    ...by,
  })),
  fc.constant({ type: 'TradingHalted' as const, ...by }),
  positionId.map((id) => ({
    type: 'ExitsAmended' as const,
    positionId: id,
    symbol: 'BAC',
    exits: { targets: [] },
    by,
  })),
);
const anyCommits = fc.array(fc.array(anyEvent, { maxLength: 5 }), { maxLength: 12 });

describe('the holdings of an account', () => {
  it('are its cash, currency and open positions after each commit', () => {
    fc.assert(
      fc.property(anyCommits, (commits) => {
        const holdings = Holdings.unopened();
        let account = unopenedAccount('t', 'u', 'u.main');
        for (const [index, events] of commits.entries()) {
          holdings.apply(index + 1, events);
          account = events.reduce(evolve, account);
          expect(shown(holdings)).toEqual(expected(account));
        }
      }),
    );
  });

  it('lead to the same where a position was read later than the account', () => {
    fc.assert(
      fc.property(anyCommits, fc.nat(), fc.nat(), (commits, first, second) => {
        const read = first % (commits.length + 1);
        const positionsRead = read + (second % (commits.length + 1 - read));
        const accountThen = commits.slice(0, read).flat().reduce(evolve, given());
        const versions = new Map<string, number>();
        let later = given();
        for (const [index, events] of commits.slice(0, positionsRead).entries())
          for (const event of events) {
            const before = later;
            later = evolve(later, event);
            for (const [id, position] of later.positions)
              if (position !== before.positions.get(id)) versions.set(id, index + 1);
          }
        const holdings = new Holdings({
          currency: accountThen.settings.currency,
          cash: accountThen.cash,
          positions: [...later.openPositionIds].flatMap((id) => {
            const position = later.positions.get(id);
            if (position === undefined) return [];
            const { symbol, side, contract, quantity, entryPrice } = position;
            return { id, symbol, side, contract, quantity, entryPrice, version: versions.get(id) ?? 0 };
          }),
        });
        for (const [index, events] of commits.entries()) if (index >= read) holdings.apply(index + 1, events);
        expect(shown(holdings)).toEqual(expected(commits.flat().reduce(evolve, given())));
      }),
    );
  });

  it('say what moved them: positions, deposits, and whether they begin anew', () => {
    const holdings = Holdings.unopened();
    const position = positionWith({});
    const adopted = { type: 'PositionAdopted', position } as const;
    const deposited = { type: 'FundsDeposited', currency: 'USD', amount: '-5', ...by } as const;
    expect(holdings.apply(1, [adopted, deposited])).toEqual({
      positionIds: new Set(['p1']),
      deposits: [
        { currency: 'USD', amount: decimal('69.15') },
        { currency: 'USD', amount: decimal('-5') },
      ],
      isAnew: false,
    });
    const reversed = { type: 'DepositReversed', reverses: 'x', currency: 'USD', amount: '5', ...by } as const;
    expect(holdings.apply(2, [reversed])).toMatchObject({
      deposits: [{ currency: 'USD', amount: decimal('5') }],
      isAnew: false,
    });
    const reset = { type: 'ShadowReset', before: {}, cash: {}, ...by } as const;
    expect(holdings.apply(3, [reset])).toEqual({ positionIds: new Set(), deposits: [], isAnew: true });
  });
});

function shown({ currency: counted, cash, positions }: Holdings) {
  return {
    currency: counted,
    cash: Object.fromEntries(
      [...cash].filter(([, { units }]) => units !== 0n).map(([name, sum]) => [name, formatDecimal(sum)]),
    ),
    positions: Object.fromEntries(
      [...positions].map(([id, { side, quantity, entryPrice }]) => [id, { side, quantity, entryPrice }]),
    ),
  };
}

function expected(account: Account) {
  return {
    currency: account.settings.currency,
    cash: Object.fromEntries(Object.entries(account.cash).filter(([, sum]) => sum !== '0')),
    positions: Object.fromEntries(
      [...account.openPositionIds].flatMap((id) => {
        const { side, quantity, entryPrice } = account.positions.get(id) ?? {};
        return side === undefined ? [] : [[id, { side, quantity, entryPrice }]];
      }),
    ),
  };
}
