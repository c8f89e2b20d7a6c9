import {
  type Commit,
  type LedgerEntryDocument,
  type LedgerProjection,
  type LedgerSumsDocument,
  type LedgerTradeDocument,
  type ShadowTradeClose,
  type ShadowTradeDocument,
  type ShadowTradeTerms,
  eventId,
  shardOf,
  timeShards,
} from '@bellwether/contracts';
import {
  type AccountEvent,
  type Decimal,
  type LedgerEntry,
  type PositionTerms,
  type Posting,
  add,
  bookEvents,
  decimal,
  formatDecimal,
  invariant,
  totals,
  zero,
} from '@bellwether/domain';
import { OpenSums } from '../sums/open-sums.ts';
import { filledAt } from './filled-at.ts';
import { tradesOfCommit } from './trades-of-commit.ts';

/** What a run of commits of one account adds to its books: written together or not at all. */
export interface Bookings {
  readonly projection: LedgerProjection;
  readonly entries: readonly LedgerEntryDocument[];
  readonly trades: readonly LedgerTradeDocument[];
  /** What the projection does not hold any more. */
  readonly sums: readonly LedgerSumsDocument[];
  /** By position id. */
  readonly shadowTrades: ReadonlyMap<string, ShadowTradeChange>;
}

export type ShadowTradeChange =
  | { readonly kind: 'create'; readonly document: ShadowTradeDocument }
  | { readonly kind: 'close'; readonly fields: ShadowTradeClose };

/** The projection of an account of which nothing is booked yet. */
export const emptyProjection: LedgerProjection = {
  watermark: 0,
  entries: 0,
  trades: 0,
  balances: {},
  sums: '[]',
};

/**
 * Books commits on top of a projection: the first follows its watermark, each other the one before.
 *
 * Every entry's postings sum to zero in every currency; the balances are the exact sums of all postings,
 * those of zero left out. Sums of trades by day are kept from the first trade on, or not at all. Which of them are documents of
 * their own depends on the journal alone.
 */
export function bookCommits(before: LedgerProjection, commits: readonly Commit[]): Bookings {
  const entries: LedgerEntryDocument[] = [];
  const trades: LedgerTradeDocument[] = [];
  const shadowTrades = new Map<string, ShadowTradeChange>();
  const sums: LedgerSumsDocument[] = [];
  const known = before.sums ?? (before.trades === 0 ? emptyProjection.sums : undefined);
  const open = known === undefined ? undefined : new OpenSums(known);
  let { watermark } = before;
  for (const commit of commits) {
    invariant(commit.seq === watermark + 1, `commit ${commit.seq} does not follow ${watermark}`);
    watermark = commit.seq;
    for (const { index, entry } of bookEvents(commit.events)) entries.push(entryOf(commit, index, entry));
    for (const [index, event] of commit.events.entries()) {
      const id = eventId(commit.accountId, commit.seq, index);
      if (event.type === 'PositionAdopted' || event.type === 'PositionOpened')
        shadowTrades.set(event.position.id, {
          kind: 'create',
          document: { ...termsOf(commit, event.position, id), status: 'OPEN' },
        });
      if (event.type === 'PositionClosed')
        shadowTrades.set(event.positionId, closed(shadowTrades.get(event.positionId), event, id, commit.uid));
    }
    for (const trade of tradesOfCommit(commit)) {
      trades.push(trade);
      const grown = open?.add(trade);
      if (grown !== undefined) sums.push(grown);
    }
  }
  const projection = {
    watermark,
    entries: before.entries + entries.length,
    trades: before.trades + trades.length,
    balances: balancesAfter(
      before.balances,
      entries.flatMap(({ postings }) => postings),
    ),
    ...(open === undefined ? {} : { sums: open.text() }),
  };
  return { projection, entries, trades, sums, shadowTrades };
}

/** The balances after more postings, by `{ledger account}|{currency}`. */
export function balancesAfter(
  balances: Readonly<Record<string, string>>,
  postings: Iterable<Posting>,
): Record<string, string> {
  const after = new Map<string, Decimal>(
    Object.entries(balances).map(([name, amount]) => [name, decimal(amount)]),
  );
  for (const { ledgerAccount, currency, amount } of postings) {
    const name = `${ledgerAccount}|${currency}`;
    after.set(name, add(after.get(name) ?? zero, decimal(amount)));
  }
  return Object.fromEntries(
    [...after].flatMap(([name, sum]) => (sum.units === 0n ? [] : [[name, formatDecimal(sum)]])),
  );
}

type Closed = Extract<AccountEvent, { type: 'PositionClosed' }>;

function entryOf(commit: Commit, index: number, entry: LedgerEntry): LedgerEntryDocument {
  const { accountId, uid, seq } = commit;
  const id = eventId(accountId, seq, index);
  for (const [currency, { units }] of totals(entry.postings))
    invariant(units === 0n, `the booking of ${id} does not balance in ${currency}`);
  const { kind, positionId, reverses, postings } = entry;
  return {
    eventId: id,
    accountId,
    uid,
    seq,
    kind,
    ...(reverses === undefined ? {} : { reverses }),
    ...(positionId === undefined ? {} : { positionId }),
    postings: [...postings],
    at: timeOf(commit.events, index),
  };
}

/** When what an event books happened, epoch milliseconds: its own time, or that of the fill before it. */
function timeOf(events: readonly AccountEvent[], index: number): number {
  const event = events[index];
  if (event?.type === 'PositionClosed') return event.closedAt;
  if (event?.type === 'FundingSettled') return event.at;
  if (event?.type === 'PositionAdopted' || event?.type === 'PositionOpened') return event.position.openedAt;
  const fill = events.slice(0, index).findLast((before) => before.type === 'OrderFilled');
  return fill === undefined ? 0 : filledAt(events, fill);
}

function termsOf(
  { tenant, uid, accountId }: Commit,
  position: PositionTerms,
  openedBy: string,
): ShadowTradeTerms {
  const { id, symbol, side, quantity, entryPrice, contract, openedAt: at } = position;
  const { broker, strategy, tags } = position;
  return {
    tenantId: tenant,
    uid,
    accountId,
    positionId: id,
    symbol,
    side,
    quantity,
    entryPrice,
    currency: contract.currency,
    broker,
    ...(strategy === undefined ? {} : { strategy }),
    ...(tags === undefined ? {} : { tags }),
    openedAt: at,
    openedBy,
  };
}

/** A trade that opens and closes within one run is written once. */
function closed(
  before: ShadowTradeChange | undefined,
  event: Closed,
  closedBy: string,
  uid: string,
): ShadowTradeChange {
  const { entryPrice, exitPrice, reason, closedAt } = event;
  // What was stored before positions closed in parts was closed whole and without fee.
  const whole = { quantity: event.quantity, realizedPnl: event.realizedPnl, fees: {}, funding: '0' };
  const { quantity, realizedPnl, fees, funding } = event.totals ?? whole;
  const fields: ShadowTradeClose = {
    status: 'CLOSED',
    quantity,
    entryPrice,
    exitPrice,
    realizedPnl,
    fees,
    funding,
    reason,
    closedAt,
    closedBy,
    uid,
    shard: shardOf(closedBy, timeShards),
  };
  return before?.kind === 'create'
    ? { kind: 'create', document: { ...before.document, ...fields } }
    : { kind: 'close', fields };
}
