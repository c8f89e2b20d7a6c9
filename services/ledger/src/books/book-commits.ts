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
  type LedgerEntry,
  type PositionTerms,
  bookEvents,
  invariant,
  isBalanced,
} from '@bellwether/domain';
import { OpenSums } from '../sums/open-sums.ts';
import { Balances } from './balances.ts';
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
export function bookCommits(before: LedgerProjection, commits: Iterable<Commit>): Bookings {
  const booking = new BookingRun(before);
  for (const commit of commits) booking.take(commit);
  return booking.bookings();
}

/** The same, commit by commit as they come: none is kept. */
export class BookingRun {
  readonly #before: LedgerProjection;
  readonly #entries: LedgerEntryDocument[] = [];
  readonly #trades: LedgerTradeDocument[] = [];
  readonly #shadowTrades = new Map<string, ShadowTradeChange>();
  readonly #sums: LedgerSumsDocument[] = [];
  /** None where trades were booked before there were sums. */
  readonly #openSums: OpenSums | undefined;
  readonly #balances: Balances;
  #watermark: number;

  constructor(before: LedgerProjection) {
    const sums = before.sums ?? (before.trades === 0 ? emptyProjection.sums : undefined);
    this.#before = before;
    this.#openSums = sums === undefined ? undefined : new OpenSums(sums);
    this.#balances = new Balances(before.balances);
    this.#watermark = before.watermark;
  }

  take(commit: Commit): void {
    invariant(commit.seq === this.#watermark + 1, `commit ${commit.seq} does not follow ${this.#watermark}`);
    this.#watermark = commit.seq;
    for (const { index, entry } of bookEvents(commit.events)) {
      for (const posting of entry.postings) this.#balances.add(posting);
      this.#entries.push(entryOf(commit, index, entry));
    }
    commit.events.forEach((event, index) => this.#followPosition(commit, event, index));
    for (const trade of tradesOfCommit(commit)) {
      this.#trades.push(trade);
      const grown = this.#openSums?.add(trade);
      if (grown !== undefined) this.#sums.push(grown);
    }
  }

  bookings(): Bookings {
    const [entries, trades] = [this.#entries, this.#trades];
    const projection = {
      watermark: this.#watermark,
      entries: this.#before.entries + entries.length,
      trades: this.#before.trades + trades.length,
      balances: this.#balances.record(),
      ...(this.#openSums === undefined ? {} : { sums: this.#openSums.text() }),
    };
    return { projection, entries, trades, sums: this.#sums, shadowTrades: this.#shadowTrades };
  }

  #followPosition(commit: Commit, event: AccountEvent, index: number): void {
    if (event.type === 'PositionAdopted' || event.type === 'PositionOpened') {
      const openedBy = eventId(commit.accountId, commit.seq, index);
      const document = { ...termsOf(commit, event.position, openedBy), status: 'OPEN' as const };
      this.#shadowTrades.set(event.position.id, { kind: 'create', document });
    } else if (event.type === 'PositionClosed') {
      const before = this.#shadowTrades.get(event.positionId);
      const closedBy = eventId(commit.accountId, commit.seq, index);
      this.#shadowTrades.set(event.positionId, closed(before, event, closedBy, commit.uid));
    }
  }
}

type Closed = Extract<AccountEvent, { type: 'PositionClosed' }>;

function entryOf(commit: Commit, index: number, entry: LedgerEntry): LedgerEntryDocument {
  const { accountId, uid, seq } = commit;
  const id = eventId(accountId, seq, index);
  const { kind, positionId, reverses, postings } = entry;
  invariant(isBalanced(postings), `the booking of ${id} does not balance`);
  return {
    eventId: id,
    accountId,
    uid,
    seq,
    kind,
    ...(reverses === undefined ? {} : { reverses }),
    ...(positionId === undefined ? {} : { positionId }),
    postings,
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
