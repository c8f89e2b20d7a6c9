import type {
  AccountEvent,
  CreditsReversed,
  DepositReversed,
  FundsDeposited,
  OrderFilled,
} from '../account/events.ts';
import { movesValue } from '../account/value-events.ts';
import { notional } from '../market/instrument.ts';
import { proceeds } from '../order/fill.ts';
import { type Decimal, add, decimal, formatDecimal, isZero, negate, subtract, zero } from '../units.ts';

/** One move on one ledger account. Positive is a debit, negative a credit; decimal text. */
export interface Posting {
  readonly ledgerAccount: string;
  readonly currency: string;
  readonly amount: string;
}

/** Credits are counted in themselves, whatever currencies an account trades in. */
export const creditsCurrency = 'credits';

/** One fact booked once: its postings sum to zero in every currency. */
export interface LedgerEntry {
  readonly kind:
    | 'deposit'
    | 'reset'
    | 'adoption'
    | 'open'
    | 'increase'
    | 'reduce'
    | 'close'
    | 'funding'
    | 'credits'
    | 'reversal';
  /** The id of the event whose entry it takes back; of a reversal alone. */
  readonly reverses?: string;
  /** Absent where no position is concerned. */
  readonly positionId?: string;
  readonly postings: readonly Posting[];
}

/**
 * The booking of an event, or `undefined` where no value moves.
 *
 * Ledger accounts: `cash`, `inventory:{symbol}` (positions at cost, negative where cash was received for
 * them), `realizedPnl` and `funding` (credit is a gain), `fees`, `rounding` (of average entry prices), `credits` (what the
 * account has of them, set aside or not) and `spentCredits`, and `world` for what came from outside.
 *
 * @param fill the fill of the order that the event settles, which says what cash moved; it stands before
 *   the event in the same commit. An adoption has none.
 */
export function bookEvent(event: AccountEvent, fill?: OrderFilled): LedgerEntry | undefined {
  if (event.type === 'CreditsGranted') return credited(decimal(event.amount), 'world');
  if (event.type === 'CreditsSettled') return credited(negate(decimal(event.amount)), 'spentCredits');
  if (event.type === 'CreditsReversed') {
    const amount = decimal(event.amount);
    return reversal(
      event,
      event.of === 'grant' ? credited(negate(amount), 'world') : credited(amount, 'spentCredits'),
    );
  }
  if (!movesValue(event)) return undefined;
  switch (event.type) {
    case 'FundsDeposited':
      return deposited(event);
    case 'DepositReversed':
      return reversal(event, deposited(event));
    case 'ShadowReset': {
      const book = new Booking();
      for (const currency of new Set([...Object.keys(event.before), ...Object.keys(event.cash)])) {
        const change = subtract(decimal(event.cash[currency] ?? '0'), decimal(event.before[currency] ?? '0'));
        book.post('cash', currency, change).post('world', currency, negate(change));
      }
      return book.entry('reset');
    }
    case 'PositionAdopted': {
      const { id, symbol, side, quantity, entryPrice, contract } = event.position;
      const worth = notional(contract, decimal(quantity), decimal(entryPrice));
      const cost = negate(proceeds(contract, side === 'long' ? 'buy' : 'sell', worth));
      const book = new Booking();
      book
        .post(`inventory:${symbol}`, contract.currency, cost)
        .post('world', contract.currency, negate(cost));
      return book.entry('adoption', id);
    }
    case 'PositionOpened':
      return entered('open', event.position.id, event.position.symbol, fill, zero);
    case 'PositionIncreased':
      return entered('increase', event.positionId, event.symbol, fill, decimal(event.rounding));
    case 'PositionReduced':
    case 'PositionClosed': {
      const { positionId, symbol, currency } = event;
      const pnl = decimal(event.realizedPnl);
      const received = fill === undefined ? zero : decimal(fill.proceeds);
      const book = new Booking();
      book.charge(fill);
      book
        .post('cash', currency, received)
        .post(`inventory:${symbol}`, currency, subtract(pnl, received))
        .post('realizedPnl', currency, negate(pnl));
      return book.entry(event.type === 'PositionClosed' ? 'close' : 'reduce', positionId);
    }
    case 'FundingSettled': {
      const amount = decimal(event.amount);
      const book = new Booking();
      book.post('cash', event.currency, amount).post('funding', event.currency, negate(amount));
      return book.entry('funding', event.positionId);
    }
    case 'AccountOpened':
    case 'AccountConfigured':
    // Booked with what it makes of its position.
    case 'OrderFilled':
      return undefined;
  }
}

/**
 * The entry of every event of a commit that is booked, with the event's index. The fill that an event
 * settles is the last one before it of the same position.
 */
export function bookEvents(
  events: readonly AccountEvent[],
): { readonly index: number; readonly entry: LedgerEntry }[] {
  const fills = new Map<string, OrderFilled>();
  const booked: { index: number; entry: LedgerEntry }[] = [];
  for (let index = 0; index < events.length; index += 1) {
    const event = events[index];
    if (event === undefined) continue;
    if (event.type === 'OrderFilled') fills.set(event.positionId, event);
    const positionId = event.type === 'PositionOpened' ? event.position.id : positionOf(event);
    const entry = bookEvent(event, positionId === undefined ? undefined : fills.get(positionId));
    if (entry !== undefined) booked.push({ index, entry });
  }
  return booked;
}

/** The sum of postings by currency: all zero for a balanced book. */
export function totals(postings: Iterable<Posting>): ReadonlyMap<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const { currency, amount } of postings)
    sums.set(currency, add(sums.get(currency) ?? zero, decimal(amount)));
  return sums;
}

/** Whether postings sum to zero in every currency. */
export function isBalanced(postings: readonly Posting[]): boolean {
  return postings.every(({ currency }, first) => {
    let sum = zero;
    for (let at = 0; at < postings.length; at += 1) {
      const posting = postings[at];
      if (posting?.currency !== currency) continue;
      // Told by the first of its currency.
      if (at < first) return true;
      sum = add(sum, decimal(posting.amount));
    }
    return isZero(sum);
  });
}

function positionOf(event: AccountEvent): string | undefined {
  return 'positionId' in event ? event.positionId : undefined;
}

function deposited({ currency, amount: text }: FundsDeposited | DepositReversed): LedgerEntry {
  const amount = decimal(text);
  const book = new Booking();
  book.post('cash', currency, amount).post('world', currency, negate(amount));
  return book.entry('deposit');
}

/** @param entry what was booked, with every sign the other way. */
function reversal(
  { reverses }: DepositReversed | CreditsReversed,
  entry: LedgerEntry | undefined,
): LedgerEntry | undefined {
  return entry === undefined ? undefined : { kind: 'reversal', reverses, postings: entry.postings };
}

/** Credits come from somewhere, or go there. What is set aside stays the account's. */
function credited(amount: Decimal, other: string): LedgerEntry | undefined {
  if (isZero(amount)) return undefined;
  const book = new Booking();
  book.post('credits', creditsCurrency, amount).post(other, creditsCurrency, negate(amount));
  return book.entry('credits');
}

/** What was paid for a position is what it stands for in the inventory, and what its average is rounded by. */
function entered(
  kind: 'open' | 'increase',
  positionId: string,
  symbol: string,
  fill: OrderFilled | undefined,
  rounding: Decimal,
): LedgerEntry | undefined {
  if (fill === undefined) return undefined;
  const { currency } = fill;
  const received = decimal(fill.proceeds);
  const book = new Booking();
  book.charge(fill);
  book
    .post('cash', currency, received)
    .post(`inventory:${symbol}`, currency, subtract(rounding, received))
    .post('rounding', currency, negate(rounding));
  return book.entry(kind, positionId);
}

/** Postings as they come together; those of one ledger account and currency are one. */
class Booking {
  readonly #amounts: { readonly ledgerAccount: string; readonly currency: string; amount: Decimal }[] = [];

  post(ledgerAccount: string, currency: string, amount: Decimal): this {
    for (const known of this.#amounts)
      if (known.ledgerAccount === ledgerAccount && known.currency === currency) {
        known.amount = add(known.amount, amount);
        return this;
      }
    this.#amounts.push({ ledgerAccount, currency, amount });
    return this;
  }

  /** The fee of a fill, paid from cash. */
  charge(fill: OrderFilled | undefined): this {
    if (fill === undefined) return this;
    const fee = decimal(fill.fee);
    return this.post('cash', fill.feeCurrency, negate(fee)).post('fees', fill.feeCurrency, fee);
  }

  entry(kind: LedgerEntry['kind'], positionId?: string): LedgerEntry {
    const moved = this.#amounts.every(isMoved) ? this.#amounts : this.#amounts.filter(isMoved);
    // As long as it has to be: a list that grows has room for more, and entries are kept.
    const postings = moved.map(({ ledgerAccount, currency, amount }) => ({
      ledgerAccount,
      currency,
      amount: formatDecimal(amount),
    }));
    return positionId === undefined ? { kind, postings } : { kind, positionId, postings };
  }
}

function isMoved({ amount }: { readonly amount: Decimal }): boolean {
  return !isZero(amount);
}
