import { mainAccount } from '@bellwether/contracts';
import { type AccountEvent, type OrderFilled, decimal, formatDecimal, totals } from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, commitOf, opened, positionOf, stopped } from '../commits/commit.builder.ts';
import { Life, feesOnly } from './life.builder.ts';
import { balancesAfter } from './balances.ts';
import { bookCommits, emptyProjection } from './book-commits.ts';

const account = mainAccount('t1', 'u1');
const long = positionOf('p1');

const deposit = (amount: string): AccountEvent => ({
  type: 'FundsDeposited',
  currency: 'USD',
  amount,
  actor: 'ops',
  reason: 'typed twice',
});
const totalsOf = (postings: readonly { ledgerAccount: string; amount: string }[]) =>
  Object.fromEntries(postings.map(({ ledgerAccount, amount }) => [ledgerAccount, amount]));

describe('booking a run of commits', () => {
  it('takes an adopted position into the books', () => {
    const commits = [commitOf(account, 1, [opened(account)]), commitOf(account, 2, [adopted(long)])];
    const { projection, entries, trades, shadowTrades } = bookCommits(emptyProjection, commits);
    expect(projection).toEqual({
      watermark: 2,
      entries: 1,
      trades: 0,
      balances: { 'inventory:BTC-USDT|USDT': '50', 'world|USDT': '-50' },
      sums: '[]',
    });
    expect(entries).toMatchObject([
      { eventId: 'u1.main:0000000002:0', seq: 2, kind: 'adoption', positionId: 'p1', at: 1_000 },
    ]);
    expect(trades).toEqual([]);
    expect(shadowTrades.get('p1')).toMatchObject({
      kind: 'create',
      document: { status: 'OPEN', tenantId: 't1', openedBy: 'u1.main:0000000002:0' },
    });
  });

  it('books a close, its trade and the end of its shadow trade', () => {
    const before = bookCommits(emptyProjection, [commitOf(account, 1, [adopted(long)])]).projection;
    const { projection, trades, shadowTrades } = bookCommits(before, [
      commitOf(account, 2, stopped(long, '94')),
    ]);
    expect(projection).toEqual({
      watermark: 2,
      entries: 2,
      trades: 1,
      balances: { 'world|USDT': '-50', 'cash|USDT': '47', 'realizedPnl|USDT': '3' },
      sums: JSON.stringify([
        [0, 'symbol', 'BTC-USDT', 'USDT', 1, '-3', '0'],
        [0, 'strategy', '-', 'USDT', 1, '-3', '0'],
        [0, 'tag', '-', 'USDT', 1, '-3', '0'],
      ]),
    });
    expect(trades).toMatchObject([
      {
        eventId: 'u1.main:0000000002:1',
        bookedAs: 'u1.main:0000000002:2',
        positionId: 'p1',
        side: 'sell',
        positionSide: 'long',
        effect: 'close',
        realizedPnl: '-3',
        reason: 'stopLoss',
      },
    ]);
    expect(shadowTrades.get('p1')).toEqual({
      kind: 'close',
      fields: {
        status: 'CLOSED',
        quantity: '0.5',
        entryPrice: '100',
        exitPrice: '94',
        realizedPnl: '-3',
        fees: {},
        funding: '0',
        reason: 'stopLoss',
        closedAt: 2_000,
        closedBy: 'u1.main:0000000002:2',
        uid: 'u1',
        shard: 6,
      },
    });
  });

  it('books a life in parts: a trade per fill, and the totals of all of them at its end', () => {
    const life = new Life(account, { kind: 'modelled', ...feesOnly });
    life.enter('o1', '2', '100');
    life.enter('o2', '1', '106');
    life.close({ share: '0.5' }, '110');
    life.close('all', '90');
    const { projection, trades, shadowTrades } = bookCommits(emptyProjection, life.commits);
    expect(trades).toMatchObject([
      { effect: 'open', side: 'buy', positionSide: 'long', price: '100', fee: '0.2', strategy: 'swing' },
      { effect: 'increase', side: 'buy', positionSide: 'long', price: '106', fee: '0.106' },
      { effect: 'reduce', side: 'sell', positionSide: 'long', realizedPnl: '12', reason: 'manual' },
      { effect: 'close', side: 'sell', positionSide: 'long', realizedPnl: '-18', strategy: 'swing' },
    ]);
    expect(shadowTrades.get('p1')).toMatchObject({
      kind: 'create',
      document: {
        status: 'CLOSED',
        quantity: '3',
        entryPrice: '102',
        exitPrice: '90',
        realizedPnl: '-6',
        fees: { USDT: '0.606' },
        strategy: 'swing',
      },
    });
    expect(projection.balances).toEqual({
      'cash|USDT': '-6.606',
      'fees|USDT': '0.606',
      'realizedPnl|USDT': '6',
    });
  });

  it('writes a shadow trade that opens and closes in one run once', () => {
    const { shadowTrades } = bookCommits(emptyProjection, [
      commitOf(account, 1, [adopted(long)]),
      commitOf(account, 2, stopped(long, '94')),
    ]);
    expect([...shadowTrades.values()]).toMatchObject([
      { kind: 'create', document: { status: 'CLOSED', entryPrice: '100', exitPrice: '94' } },
    ]);
  });

  it('books the fee of the closing fill', () => {
    const { projection } = bookCommits(emptyProjection, [
      commitOf(account, 1, [adopted(long)]),
      commitOf(account, 2, stopped(long, '94', '0.1')),
    ]);
    expect(projection.balances).toMatchObject({ 'cash|USDT': '46.9', 'fees|USDT': '0.1' });
  });

  it('dates what a broker filled as the broker says, parts of a position, too', () => {
    const [, filled] = stopped(long, '94');
    if (filled?.type !== 'OrderFilled') throw new Error('no fill');
    const fill: OrderFilled = {
      ...filled,
      quantity: '0.2',
      proceeds: '18.8',
      brokerFillId: 'f1',
      filledAt: 1_764_288_000_000,
    };
    const { positionId, clientOrderId, symbol } = fill;
    const reduced: AccountEvent = {
      type: 'PositionReduced',
      positionId,
      clientOrderId,
      symbol,
      side: 'long',
      quantity: '0.2',
      entryPrice: '100',
      exitPrice: '94',
      currency: 'USDT',
      realizedPnl: '-1.2',
      reason: 'manual',
      remaining: '0.3',
      broker: 'alpaca',
    };
    const { entries, trades } = bookCommits(emptyProjection, [
      commitOf(account, 1, [adopted(long)]),
      commitOf(account, 2, [fill, reduced]),
    ]);
    expect(entries.at(-1)).toMatchObject({ kind: 'reduce', at: 1_764_288_000_000 });
    expect(trades).toMatchObject([{ effect: 'reduce', tradedAt: 1_764_288_000_000, broker: 'alpaca' }]);
  });

  it('dates what a command adds to a position at an old price by the command', () => {
    const life = new Life(account, { kind: 'exact' });
    life.enter('o1', '1', '100');
    life.enter('o2', '1', '100', { pricedMsBefore: 700 });
    const { entries, trades, shadowTrades } = bookCommits(emptyProjection, life.commits);
    expect(entries.map(({ at }) => at)).toEqual([1_000, 2_000]);
    expect(trades.map(({ tradedAt }) => tradedAt)).toEqual([1_000, 2_000]);
    expect(shadowTrades.get('p1')).toMatchObject({ document: { openedAt: 1_000 } });
  });

  it('takes a deposit back by an entry of its own that names it: both stay, and nothing is left', () => {
    const reverses = 'u1.main:0000000001:0';
    const by = { actor: 'ops', reason: 'typed twice' };
    const { entries, projection } = bookCommits(emptyProjection, [
      commitOf(account, 1, [deposit('250')]),
      commitOf(account, 2, [{ type: 'DepositReversed', reverses, currency: 'USD', amount: '-250', ...by }]),
    ]);
    expect(entries).toMatchObject([
      { eventId: reverses, kind: 'deposit' },
      { eventId: 'u1.main:0000000002:0', kind: 'reversal', reverses },
    ]);
    const [first, second] = entries.map(({ postings }) => totalsOf(postings));
    expect(first).toEqual({ cash: '250', world: '-250' });
    expect(second).toEqual({ cash: '-250', world: '250' });
    expect(projection).toMatchObject({ entries: 2, balances: {} });
  });

  it('refuses a commit that does not follow', () => {
    expect(() => bookCommits(emptyProjection, [commitOf(account, 2, [adopted(long)])])).toThrow(
      'commit 2 does not follow 0',
    );
  });

  it('gives the same books however a journal is cut into runs', () => {
    const price = fc
      .integer({ min: 1, max: 99_999_999 })
      .map((units) => formatDecimal({ units: BigInt(units), scale: 5 }));
    const trade = fc.record({
      side: fc.constantFrom('long' as const, 'short' as const),
      entryPrice: price,
      exitPrice: price,
      quantity: price,
    });
    fc.assert(
      fc.property(fc.array(trade, { minLength: 1, maxLength: 8 }), fc.nat(16), (trades, cut) => {
        const commits = trades.flatMap(({ exitPrice, ...terms }, index) => {
          const position = positionOf(`p${index}`, terms);
          return [
            commitOf(account, 2 * index + 1, [adopted(position)]),
            commitOf(account, 2 * index + 2, stopped(position, exitPrice)),
          ];
        });
        const whole = bookCommits(emptyProjection, commits);
        const first = bookCommits(emptyProjection, commits.slice(0, cut));
        const second = bookCommits(first.projection, commits.slice(cut));
        expect(second.projection).toEqual(whole.projection);
        const entries = [...first.entries, ...second.entries];
        expect(entries).toEqual(whole.entries);
        expect(
          balancesAfter(
            {},
            entries.flatMap(({ postings }) => postings),
          ),
        ).toEqual(whole.projection.balances);
        expect(
          entries.every(({ postings }) => [...totals(postings).values()].every(({ units }) => units === 0n)),
        ).toBe(true);
        const gains = whole.trades.map(({ realizedPnl }) => ({
          ledgerAccount: 'x',
          currency: 'c',
          amount: realizedPnl,
        }));
        const credit = decimal(whole.projection.balances['realizedPnl|USDT'] ?? '0');
        expect(balancesAfter({}, gains)['x|c'] ?? '0').toBe(
          formatDecimal({ ...credit, units: -credit.units }),
        );
      }),
    );
  });
});
