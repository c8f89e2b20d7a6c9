import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, marketWith, positionWith } from '../account/account.builder.ts';
import { evolveAll } from '../account/account-fold.ts';
import type { AccountEvent } from '../account/events.ts';
import type { Limits } from '../account/settings.ts';
import type { PlainPrices } from '../account/worth.oracle.ts';
import type { Contract } from '../market/instrument.ts';
import { watchLimits } from './watch-limits.ts';
import { type PlainCommit, type PlainFact, plainWatch } from './watch-limits.oracle.ts';

const midnight = Date.UTC(2026, 10, 27);
const contracts: Readonly<Record<string, Contract>> = {
  LIN: { kind: 'linear', multiplier: '1', currency: 'USD' },
  INV: { kind: 'inverse', multiplier: '10', currency: 'BTC' },
};
const symbol = fc.constantFrom('LIN', 'INV');
const price = fc.constantFrom('1', '2', '3', '0.7', '0.333333333333333333');
const amount = fc.constantFrom('1', '-1', '2', '-3', '0.000000000000000001', '-0.5', '5');
const currency = fc.oneof(
  { weight: 3, arbitrary: fc.constant('USD') },
  { weight: 1, arbitrary: fc.constant('BTC') },
);
const allowed = fc.constantFrom('1', '2', '4', '0.5', '10');

const limits: fc.Arbitrary<Limits> = fc.record(
  {
    maxDailyLoss: allowed,
    maxDrawdown: allowed,
    stopGuard: fc.record({
      stops: fc.integer({ min: 1, max: 3 }),
      windowMs: fc.constantFrom(1, 2, 5),
      pauseMs: fc.constantFrom(1, 4, 100),
    }),
  },
  { requiredKeys: [] },
);
/** Around the midnights of two days; stops come out of order, as they do from several feeds. */
const moment = fc
  .tuple(fc.constantFrom(0, 1), fc.integer({ min: -4, max: 6 }))
  .map(([day, away]) => midnight + day * 86_400_000 + away);
const quoted = fc.record({ trade: price, bid: price, ask: price, mark: price }, { requiredKeys: [] });
const known = fc.oneof(
  { weight: 6, arbitrary: price.map((trade) => ({ trade })) },
  { weight: 1, arbitrary: quoted },
  { weight: 1, arbitrary: fc.constant({}) },
);
const prices: fc.Arbitrary<PlainPrices> = fc.record({ LIN: known, INV: known, 'BTC-USD': known });
const position = fc
  .record({
    symbol,
    side: fc.constantFrom('long' as const, 'short' as const),
    quantity: fc.constantFrom('1', '2', '0.1'),
    entryPrice: price,
  })
  .map((plain) => ({
    ...plain,
    id: 'p',
    contract: contracts[plain.symbol] ?? positionWith({}).contract,
  }));
const fact: fc.Arbitrary<PlainFact> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constant('deposit' as const), amount, currency }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('gain' as const), amount, currency }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('adopt' as const), position }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('stop' as const), at: moment }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('configure' as const), currency, limits }) },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constant('reset' as const), cash: fc.record({ USD: fc.constant('7') }) }),
  },
);
const commit = fc.record({
  now: moment,
  prices,
  dawn: fc.oneof(fc.constant({}), prices),
  facts: fc.array(fact, { minLength: 1, maxLength: 3 }),
});
const commits: fc.Arbitrary<PlainCommit[]> = fc
  .tuple(
    fc.record({ maxDailyLoss: allowed, maxDrawdown: allowed }),
    fc.array(commit, { minLength: 2, maxLength: 20, size: 'max' }),
  )
  .map(([first, rest]) => [
    { now: midnight - 5, prices: {}, dawn: {}, facts: [{ is: 'configure', currency: 'USD', limits: first }] },
    ...rest.map(naming).map(closingOne),
  ]);

/** No two adopted positions have one id. */
function naming(each: PlainCommit, i: number): PlainCommit {
  const facts = each.facts.map((plain, j) =>
    plain.is === 'adopt' ? { ...plain, position: { ...plain.position, id: `p${i}-${j}` } } : plain,
  );
  return { ...each, facts };
}

/** Every third commit closes what an earlier one adopted. */
function closingOne(each: PlainCommit, i: number, all: readonly PlainCommit[]): PlainCommit {
  const facts = all.slice(0, i).flatMap((earlier) => earlier.facts);
  const found = facts.find(({ is }) => is === 'adopt');
  if (i % 3 !== 2 || found?.is !== 'adopt') return each;
  return { ...each, facts: [...each.facts, { is: 'close', id: found.position.id }] };
}

function eventOf(plain: PlainFact): AccountEvent {
  switch (plain.is) {
    case 'deposit':
      return { type: 'FundsDeposited', currency: plain.currency, amount: plain.amount, ...by };
    case 'gain': {
      const { amount: gained, currency: of } = plain;
      const rate = { rate: '0', markPrice: '1', at: 0 };
      return {
        type: 'FundingSettled',
        positionId: 'over',
        symbol: 'LIN',
        amount: gained,
        currency: of,
        ...rate,
      };
    }
    case 'adopt':
      return adopted(positionWith({}, plain.position));
    case 'close': {
      const closed = { positionId: plain.id, symbol: 'LIN', side: 'long', currency: 'USD' } as const;
      const amounts = { quantity: '1', entryPrice: '1', exitPrice: '1', realizedPnl: '0' };
      return { type: 'PositionClosed', ...closed, ...amounts, reason: 'manual', openedAt: 0, closedAt: 0 };
    }
    case 'stop': {
      const closed = { positionId: 'over', symbol: 'LIN', side: 'long', currency: 'USD' } as const;
      const amounts = { quantity: '1', entryPrice: '1', exitPrice: '1', realizedPnl: '0' };
      const times = { openedAt: 0, closedAt: plain.at };
      return { type: 'PositionClosed', ...closed, ...amounts, reason: 'stopLoss', ...times };
    }
    case 'configure': {
      const settings = { currency: plain.currency, limits: plain.limits, fills: { kind: 'exact' } } as const;
      return { type: 'AccountConfigured', settings, ...by };
    }
    case 'reset':
      return { type: 'ShadowReset', before: {}, cash: plain.cash, ...by };
  }
}

describe('what limits say of commits, one after the other', () => {
  it('is what losses are counted from, and every limit that is reached, as the rules say', () => {
    const words = new Set<string>();
    fc.assert(
      fc.property(commits, (all) => {
        let account = given();
        const said = all.map(({ now, prices: at, dawn, facts }) => {
          const events = facts.map(eventOf);
          const marketBefore = (day: number) => {
            expect([midnight, midnight + 86_400_000, midnight - 86_400_000]).toContain(day);
            return marketWith(dawn);
          };
          const watched = watchLimits(account, events, { now, market: marketWith(at), marketBefore });
          account = evolveAll(account, [...events, ...watched]);
          return watched;
        });
        expect(said).toEqual(plainWatch(all));
        for (const event of said.flat()) {
          if (event.type === 'LimitTripped') words.add(event.limit);
          if (event.type === 'EquityMarked')
            words.add(
              `${event.equity === undefined ? 'unknown' : 'known'}, ${event.base === undefined ? 'no base' : 'base'}`,
            );
        }
      }),
      { numRuns: 150 },
    );
    expect([...words].toSorted()).toEqual([
      'dailyLoss',
      'drawdown',
      'known, base',
      'stopGuard',
      'unknown, base',
      'unknown, no base',
    ]);
  });
});
