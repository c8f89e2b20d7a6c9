import { mainAccount } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { bookCommits, emptyProjection } from '../books/book-commits.ts';
import { adopted, commitOf, positionOf, stopped } from '../commits/commit.builder.ts';
import { type StoredBooks, compareBooks } from './compare-books.ts';

const ref = mainAccount('t1', 'u1');
const long = positionOf('p1');
const { projection, entries, trades, sums } = bookCommits(emptyProjection, [
  commitOf(ref, 1, [adopted(long)]),
  commitOf(ref, 2, stopped(long, '94')),
]);
const good: StoredBooks = { cash: { USDT: '47.0' }, projection, entries, trades, sums };
const [adoption, close] = entries;
const [trade] = trades;
if (adoption === undefined || close === undefined || trade === undefined) throw new Error('no bookings');

const by = { actor: 'cli:ops', reason: 'typed twice' };
const mistaken = bookCommits(emptyProjection, [
  commitOf(ref, 1, [{ type: 'FundsDeposited', currency: 'USDT', amount: '250', ...by }]),
  commitOf(ref, 2, [{ type: 'CreditsGranted', amount: '9', available: '9', ...by }]),
  commitOf(ref, 3, [
    {
      type: 'DepositReversed',
      reverses: 'u1.main:0000000001:0',
      currency: 'USDT',
      amount: '-250',
      ...by,
    },
  ]),
  commitOf(ref, 4, [
    {
      type: 'CreditsReversed',
      reverses: 'u1.main:0000000002:0',
      of: 'grant',
      amount: '9',
      available: '0',
      ...by,
    },
  ]),
]);
const [deposit, grant, reversal, ofGrant] = mistaken.entries;
if (deposit === undefined || grant === undefined || reversal === undefined || ofGrant === undefined)
  throw new Error('no bookings');
const takenBack: StoredBooks = { cash: {}, ...mistaken, trades: [], sums: [] };

const { eventId, accountId, uid, shard } = trade;
const sumsOnce = { eventId, accountId, uid, shard, fromAt: 0, toAt: 0 };
const posting = (amount: string) => ({ ledgerAccount: 'world', currency: 'USDT', amount });
const unbalanced = { ...adoption, postings: [...adoption.postings, posting('1')] };
const bigger = {
  ...adoption,
  postings: adoption.postings.map((each) => ({ ...each, amount: each.amount.replace('50', '60') })),
};

describe('comparing the books of an account', () => {
  it('finds nothing wrong with good books', () => {
    expect(compareBooks(good)).toEqual([]);
    expect(
      compareBooks({ cash: {}, projection: emptyProjection, entries: [], trades: [], sums: [] }),
    ).toEqual([]);
  });

  it('finds nothing wrong with entries that are taken back', () => {
    expect(compareBooks(takenBack)).toEqual([]);
  });

  it.each<[string, StoredBooks['entries'], string]>([
    [
      'takes back what is not there',
      [deposit, grant, { ...reversal, reverses: 'u1.main:0000000009:0' }, ofGrant],
      'entry u1.main:0000000003:0 takes back u1.main:0000000009:0, which is no earlier entry that may be taken back',
    ],
    [
      'says not what',
      [deposit, grant, { ...reversal, reverses: '' }, ofGrant],
      'entry u1.main:0000000003:0 takes back , which is no earlier entry that may be taken back',
    ],
    [
      'is none by its kind',
      [deposit, grant, { ...reversal, kind: 'deposit' }, ofGrant],
      'entry u1.main:0000000003:0 takes back u1.main:0000000001:0, which is no earlier entry that may be taken back',
    ],
    [
      'takes back what comes later',
      [{ ...deposit, seq: 5 }, grant, reversal, ofGrant],
      'entry u1.main:0000000003:0 takes back u1.main:0000000001:0, which is no earlier entry that may be taken back',
    ],
    [
      'takes back a reversal',
      [deposit, grant, { ...reversal, reverses: ofGrant.eventId, seq: 9 }, ofGrant],
      `entry u1.main:0000000003:0 takes back ${ofGrant.eventId}, which is no earlier entry that may be taken back`,
    ],
    [
      'takes back what is taken back',
      [deposit, grant, reversal, { ...reversal, eventId: 'u1.main:0000000004:0', seq: 4 }],
      'entry u1.main:0000000004:0 takes back u1.main:0000000001:0, which entry u1.main:0000000003:0 has taken back already',
    ],
    [
      'takes back a part',
      [
        deposit,
        grant,
        {
          ...reversal,
          postings: reversal.postings.map((each) => ({
            ...each,
            amount: each.amount.replace('250', '200'),
          })),
        },
        ofGrant,
      ],
      'entry u1.main:0000000003:0 takes back u1.main:0000000001:0, and leaves 50 on cash|USDT, -50 on world|USDT',
    ],
  ])('finds a reversal that %s', (_what, changed, sentence) => {
    expect(compareBooks({ ...takenBack, entries: changed })).toContain(sentence);
  });

  it('asks nothing of sums that were never begun', () => {
    const { sums: _sums, ...old } = projection;
    expect(compareBooks({ ...good, projection: old })).toEqual([]);
  });

  it.each<[string, Partial<StoredBooks>, string]>([
    [
      'an entry that does not sum to zero',
      { entries: [unbalanced, close] },
      'entry u1.main:0000000001:0 is off by 1 USDT',
    ],
    [
      'an entry that was changed on both sides',
      { entries: [bigger, close] },
      'the balance of world|USDT is -50, its postings sum to -60',
    ],
    [
      'an amount that is none',
      { entries: [{ ...adoption, postings: [posting('1e3')] }, close] },
      'entry u1.main:0000000001:0: "1e3" is no amount',
    ],
    ['a missing entry', { entries: [adoption] }, 'trade u1.main:0000000002:1 has no entry'],
    ['a missing trade', { trades: [] }, 'entry u1.main:0000000002:2 has no trade'],
    [
      'a trade with another P&L',
      { trades: [{ ...trade, realizedPnl: '-2' }] },
      'trade u1.main:0000000002:1 says a P&L of -2, its entry -3',
    ],
    [
      'cash that the ledger does not know',
      { cash: { USDT: '48' } },
      'the account holds 48 USDT, the ledger 47',
    ],
    [
      'credits that the ledger does not know, set aside or not',
      { credits: { available: '5', reserved: { job: '2.5' } } },
      'the account holds 7.5 credits, the ledger 0',
    ],
    [
      'sums that are not those of the trades',
      { projection: { ...projection, sums: '[[0,"symbol","BTC-USDT","USDT",1,"-4","0"]]' } },
      'the sums of 1970-01-01 by symbol BTC-USDT in USDT are 1 trades, P&L -4, fees 0, its trades come to 1 trades, P&L -3, fees 0',
    ],
    [
      'sums that are told twice',
      { sums: [{ ...sumsOnce, sums: projection.sums ?? '' }] },
      'the sums of 1970-01-01 by tag - in USDT are 2 trades, P&L -6, fees 0, its trades come to 1 trades, P&L -3, fees 0',
    ],
    [
      'sums of what is no trade',
      { projection: { ...projection, sums: '[[1,"symbol","SPY","USD",1,"0","0"]]' } },
      'there are sums of 1970-01-02 by symbol SPY in USD, and no trades',
    ],
    [
      'a wrong count',
      { projection: { ...projection, entries: 9 } },
      'the projection tells 9 ledger entries, stored are 2',
    ],
  ])('finds %s', (_, change, difference) => {
    expect(compareBooks({ ...good, ...change })).toContain(difference);
  });
});
