import type { AccountEvent } from '../account/events.ts';
import { type Decimal, add, decimal, formatDecimal, multiply, negate, subtract, zero } from '../units.ts';

/** One move on one ledger account. Positive is a debit, negative a credit; decimal text. */
export interface Posting {
  readonly ledgerAccount: string;
  readonly currency: string;
  readonly amount: string;
}

/** One fact booked once: its postings sum to zero in every currency. */
export interface LedgerEntry {
  readonly kind: 'adoption' | 'close';
  readonly positionId: string;
  readonly postings: readonly Posting[];
}

/**
 * The booking of an event, or `undefined` where no value moves.
 *
 * Ledger accounts: `cash`, `inventory:{symbol}` (positions at cost, negative for shorts), `realizedPnl`
 * (credit is a gain), `fees`, and `world` for what came from outside.
 */
export function bookEvent(event: AccountEvent, fee: Decimal = zero): LedgerEntry | undefined {
  switch (event.type) {
    case 'PositionAdopted': {
      const { id, symbol, side, quantity, entryPrice, quoteCurrency } = event.position;
      const cost = signed(side, multiply(decimal(entryPrice), decimal(quantity)));
      return entry('adoption', id, quoteCurrency, { [`inventory:${symbol}`]: cost, world: negate(cost) });
    }
    case 'PositionClosed': {
      const { positionId, symbol, side, quantity, entryPrice, exitPrice, currency } = event;
      const cost = signed(side, multiply(decimal(entryPrice), decimal(quantity)));
      const proceeds = signed(side, multiply(decimal(exitPrice), decimal(quantity)));
      return entry('close', positionId, currency, {
        cash: subtract(proceeds, fee),
        fees: fee,
        [`inventory:${symbol}`]: negate(cost),
        realizedPnl: subtract(cost, proceeds),
      });
    }
    case 'AccountOpened':
    case 'TradingHalted':
    case 'TradingResumed':
    case 'StopTriggered':
    case 'TargetTriggered':
    case 'TrailingStopTriggered':
    case 'OrderFilled':
    case 'TriggerArmed':
    case 'TriggerFired':
      return undefined;
  }
}

/** The sum of postings by currency: all zero for a balanced book. */
export function totals(postings: Iterable<Posting>): ReadonlyMap<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const { currency, amount } of postings)
    sums.set(currency, add(sums.get(currency) ?? zero, decimal(amount)));
  return sums;
}

function signed(side: 'long' | 'short', amount: Decimal): Decimal {
  return side === 'long' ? amount : negate(amount);
}

function entry(
  kind: LedgerEntry['kind'],
  positionId: string,
  currency: string,
  amounts: Readonly<Record<string, Decimal>>,
): LedgerEntry {
  const postings = Object.entries(amounts)
    .filter(([, amount]) => amount.units !== 0n)
    .map(([ledgerAccount, amount]) => ({ ledgerAccount, currency, amount: formatDecimal(amount) }));
  return { kind, positionId, postings };
}
