import {
  type AccountDocument,
  type AccountRef,
  type PositionDocument,
  mainAccount,
} from '@bellwether/contracts';
import {
  type Account,
  type AccountEvent,
  type Contract,
  type PositionTerms,
  decimal,
  defaultSettings,
  evolve,
  sum,
  unopenedAccount,
} from '@bellwether/domain';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, commitOf, opened, positionOf, stopped } from '../commits/commit.builder.ts';
import { PulseBook } from './pulse-book.ts';
import { viewOf } from './pulse-views.ts';
import { type StoredAccount, exactWorth, isShownAs } from './pulse.oracle.ts';

const symbols: Readonly<Record<string, Contract>> = {
  SPY: { kind: 'linear', multiplier: '1', currency: 'USD' },
  'BTC-USDT': { kind: 'linear', multiplier: '0.001', currency: 'USDT' },
  XBTUSDM: { kind: 'inverse', multiplier: '100', currency: 'BTC' },
  NEVER: { kind: 'linear', multiplier: '1', currency: 'USD' },
};
const rates = ['USDT-USD', 'BTC-USD', 'EUR-USD'];
const users = ['ann', 'bob', 'cem', 'dee'];
const tenantOf = (uid: string): string => (uid === 'dee' ? 't2' : 't1');
const by = { actor: 'test', reason: '' };

type Step =
  | {
      readonly kind: 'price';
      readonly symbol: string;
      readonly series: 'trade' | 'quote' | 'mark';
      readonly price: string;
    }
  | { readonly kind: 'events'; readonly uid: string; readonly events: readonly AccountEvent[] };

const price = fc
  .integer({ min: 1, max: 999_999 })
  .map((cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`)
  .filter((text) => Number(text) > 0);
const quantity = fc.constantFrom('1', '0.5', '33', '1234.5678');
const id = fc.constantFrom('a', 'b', 'c');
const position: fc.Arbitrary<PositionTerms> = fc
  .record({
    id,
    symbol: fc.constantFrom(...Object.keys(symbols)),
    side: fc.constantFrom('long' as const, 'short' as const),
    quantity,
    entryPrice: price,
  })
  .map((terms) =>
    positionOf(terms.id, { ...terms, contract: symbols[terms.symbol] ?? positionOf('').contract }),
  );
const cash = fc.record({
  currency: fc.constantFrom('USD', 'EUR', 'BTC', 'USDT'),
  amount: fc.constantFrom('1000', '-3.25', '0.0001'),
});
const event: fc.Arbitrary<AccountEvent> = fc.oneof(
  { weight: 4, arbitrary: position.map(adopted) },
  { weight: 2, arbitrary: cash.map((amount) => ({ type: 'FundsDeposited' as const, ...amount, ...by })) },
  {
    weight: 2,
    arbitrary: id.map((positionId) => ({
      type: 'PositionClosed' as const,
      positionId,
      symbol: 'SPY',
      side: 'long' as const,
      quantity: '1',
      entryPrice: '1',
      exitPrice: '1',
      currency: 'USD',
      realizedPnl: '0',
      reason: 'manual' as const,
      openedAt: 1,
      closedAt: 2,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('USD', 'EUR').map((currency) => ({
      type: 'AccountConfigured' as const,
      settings: { ...defaultSettings, currency },
      ...by,
    })),
  },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('price' as const),
    symbol: fc.constantFrom(...Object.keys(symbols).filter((name) => name !== 'NEVER')),
    series: fc.constantFrom('trade' as const, 'quote' as const, 'mark' as const),
    price,
  }),
  fc.record({
    kind: fc.constant('price' as const),
    symbol: fc.constantFrom(...rates),
    series: fc.constant('trade' as const),
    price,
  }),
  fc.record({
    kind: fc.constant('events' as const),
    uid: fc.constantFrom(...users),
    events: fc.array(event, { minLength: 1, maxLength: 4 }),
  }),
);

describe('the pulse', () => {
  it('is what exact sums over the stored documents at the last prices are, of accounts, tenants and the house', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const book = new PulseBook();
        const accounts = new Map<string, { account: Account; seq: number }>();
        for (const [index, each] of steps.entries())
          if (each.kind === 'price') tell(book, each, index);
          else {
            const ref = mainAccount(tenantOf(each.uid), each.uid);
            const known = accounts.get(each.uid) ?? {
              account: unopenedAccount(ref.tenant, ref.uid, ref.accountId),
              seq: 0,
            };
            const seq = known.seq + 1;
            expect(book.apply(commitOf(ref, seq, each.events))).toBe('applied');
            accounts.set(each.uid, { account: each.events.reduce(evolve, known.account), seq });
          }
        book.pulse();
        const stored = [...accounts].map(([uid, { account, seq }]) =>
          documentsOf(mainAccount(tenantOf(uid), uid), account, seq),
        );
        for (const each of stored) checkAccount(book, each);
        for (const tenant of ['t1', 't2'])
          checkTotals(
            viewOf(book, { of: 'tenant', tenant }, 0),
            stored.filter(({ account }) => account.tenantId === tenant),
            book,
          );
        checkTotals(viewOf(book, { of: 'house' }, 0), stored, book);
      }),
      { numRuns: 300 },
    );
  });

  it('counts no account of which something has no price, and names it', () => {
    const book = new PulseBook();
    for (const [uid, symbol] of [
      ['ann', 'BTC-USDT'],
      ['bob', 'NEVER'],
    ] as const) {
      const ref = mainAccount('t1', uid);
      book.apply(commitOf(ref, 1, [adopted(positionOf('p', { symbol }))]));
    }
    tell(book, { symbol: 'BTC-USDT', series: 'trade', price: '110' }, 1);
    tell(book, { symbol: 'USDT-USD', series: 'trade', price: '1' }, 2);
    book.pulse();
    expect(viewOf(book, { of: 'tenant', tenant: 't1' }, 5)).toMatchObject({
      unpriced: ['NEVER'],
      totals: [{ currency: 'USD', accounts: 2, unvalued: 1, pnl: '5', exposure: '55', equity: '55' }],
    });
    expect(viewOf(book, { of: 'account', accountId: 'bob.main' }, 5)).toMatchObject({
      unpriced: ['NEVER'],
      positions: [{ positionId: 'p', quantity: '0.5' }],
    });
    const cem = mainAccount('t1', 'cem');
    const contract = { kind: 'inverse', multiplier: '100', currency: 'ETH' } as const;
    book.apply(commitOf(cem, 1, [adopted(positionOf('q', { symbol: 'XBTUSDM', contract }))]));
    tell(book, { symbol: 'XBTUSDM', series: 'trade', price: '200' }, 3);
    book.pulse();
    expect(viewOf(book, { of: 'account', accountId: cem.accountId }, 5)).toMatchObject({
      unpriced: ['ETH/USD'],
      positions: [{ positionId: 'q', price: '200', settled: { currency: 'ETH', pnl: '0.25' } }],
    });
  });

  it('tells how far equity is below its peak, which deposits and adoptions move and losses do not', () => {
    const ref = mainAccount('t1', 'ann');
    const book = new PulseBook();
    const deposit = (amount: string): AccountEvent => ({
      type: 'FundsDeposited',
      currency: 'USD',
      amount,
      ...by,
    });
    const spy = positionOf('p', {
      symbol: 'SPY',
      quantity: '10',
      contract: { kind: 'linear', multiplier: '1', currency: 'USD' },
    });
    const seen = (): unknown => {
      book.pulse();
      const view = viewOf(book, { of: 'account', accountId: ref.accountId }, 0);
      return view?.of === 'account' ? view.worth : undefined;
    };
    book.apply(commitOf(ref, 1, [opened(ref), deposit('1000'), adopted(spy)]));
    tell(book, { symbol: 'SPY', series: 'trade', price: '100' }, 1);
    expect(seen()).toMatchObject({ equity: '2000', drawdown: '0' });
    tell(book, { symbol: 'SPY', series: 'trade', price: '95' }, 2);
    expect(seen()).toMatchObject({ equity: '1950', drawdown: '50' });
    book.apply(commitOf(ref, 2, [deposit('500')]));
    expect(seen()).toMatchObject({ equity: '2450', drawdown: '50' });
    book.apply(commitOf(ref, 3, [deposit('-2000')]));
    expect(seen()).toMatchObject({ equity: '450', drawdown: '50' });
    tell(book, { symbol: 'SPY', series: 'trade', price: '101' }, 3);
    expect(seen()).toMatchObject({ equity: '510', drawdown: '0' });
    book.apply(commitOf(ref, 4, stopped({ ...spy, entryPrice: '100' }, '90')));
    expect(seen()).toMatchObject({ equity: '400', exposure: '0', drawdown: '110' });
    book.apply(
      commitOf(ref, 5, [{ type: 'ShadowReset', before: { USD: '400' }, cash: { USD: '10' }, ...by }]),
    );
    expect(seen()).toMatchObject({ equity: '10', drawdown: '0' });
    const short = { ...spy, id: 'q', side: 'short', entryPrice: '90' } as const;
    book.apply(commitOf(ref, 6, [adopted(short)]));
    expect(seen()).toMatchObject({ equity: '-1000', drawdown: '110' });
  });

  it('applies commits once, in the order of the journal', () => {
    const ref = mainAccount('t1', 'ann');
    const book = new PulseBook();
    expect(book.apply(commitOf(ref, 2, [opened(ref)]))).toBe('unknown');
    expect(book.apply(commitOf(ref, 1, [opened(ref)]))).toBe('applied');
    expect(book.apply(commitOf(ref, 1, [opened(ref)]))).toBe('old');
    expect(book.apply(commitOf(ref, 3, [opened(ref)]))).toBe('gap');
  });

  it('goes by the newest price, whichever message comes last', () => {
    const book = new PulseBook();
    tell(book, { symbol: 'SPY', series: 'trade', price: '101' }, 5);
    tell(book, { symbol: 'SPY', series: 'trade', price: '90' }, 4);
    expect(book.prices.of('SPY').trade).toMatchObject({ price: '101' });
  });
});

function tell(
  book: PulseBook,
  { symbol, series, price: told }: Omit<Extract<Step, { kind: 'price' }>, 'kind'>,
  at: number,
): void {
  const prices = series === 'quote' ? { bid: told, ask: told } : { [series]: told };
  book.note({ epoch: 'e', ticks: 1, at: at + 1, marks: [{ symbol, venue: 'v', exchangeAt: at, ...prices }] });
}

function documentsOf(ref: AccountRef, account: Account, version: number): StoredAccount {
  const { uid, accountId } = ref;
  const common = { schema: 2, tenantId: ref.tenant, uid, accountId, version } as const;
  const document: AccountDocument = {
    ...common,
    headHash: '',
    trading: account.trading,
    holds: account.holds,
    settings: account.settings,
    cash: account.cash,
    openPositionIds: [...account.openPositionIds],
    activeTriggerIds: [],
    workingOrderIds: [],
  };
  const positions = [...account.positions.values()].map((details): PositionDocument => ({
    ...common,
    symbol: details.symbol,
    shard: 0,
    changedAt: 0,
    details,
  }));
  return { account: document, positions };
}

function checkAccount(book: PulseBook, stored: StoredAccount): void {
  const { accountId } = stored.account;
  const view = viewOf(book, { of: 'account', accountId }, 0);
  if (view?.of !== 'account') throw new Error(`no account ${accountId}`);
  const { worth, unpriced } = exactWorth(stored, book.prices.of);
  expect(view.unpriced).toEqual(unpriced);
  expect(view.worth === undefined).toBe(worth === undefined);
  if (view.worth === undefined || worth === undefined) return;
  expect({ worth, shown: view.worth, is: isShownAs(view.worth, worth) }).toMatchObject({
    is: true,
  });
  const ofPositions = sum(view.positions.map(({ pnl = '0' }) => decimal(pnl)));
  expect(isShownAs(view.worth, { ...worth, pnl: ofPositions })).toBe(true);
}

function checkTotals(
  view: ReturnType<typeof viewOf>,
  stored: readonly StoredAccount[],
  book: PulseBook,
): void {
  if (view === undefined || view.of === 'account') throw new Error('no totals');
  const currencies = new Set(stored.map(({ account }) => account.settings.currency));
  expect(view.totals.map(({ currency }) => currency)).toEqual([...currencies].toSorted());
  for (const total of view.totals) {
    const own = stored.filter(({ account }) => account.settings.currency === total.currency);
    const worths = own.flatMap((each) => exactWorth(each, book.prices.of).worth ?? []);
    expect(total).toMatchObject({ accounts: own.length, unvalued: own.length - worths.length });
    const exact = {
      pnl: sum(worths.map(({ pnl }) => pnl)),
      equity: sum(worths.map(({ equity }) => equity)),
      exposure: sum(worths.map(({ exposure }) => exposure)),
      size: sum(worths.map(({ size }) => size)),
    };
    expect({ exact, total, is: isShownAs(total, exact) }).toMatchObject({ is: true });
  }
}
