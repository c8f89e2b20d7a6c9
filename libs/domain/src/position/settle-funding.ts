import type { Account } from '../account/account.ts';
import type { AccountEvent } from '../account/events.ts';
import { type Instrument, notional } from '../market/instrument.ts';
import { type Result, ok, refuse } from '../result.ts';
import { decimal, formatDecimal, isPositive, multiply, negate, parseDecimal, roundTo } from '../units.ts';
import type { Position } from './position.ts';

/** One interval of a perpetual's funding, as its venue settles it. */
export interface Funding {
  readonly symbol: string;
  /** Of the notional at the mark price; positive: longs pay shorts. Decimal text. */
  readonly rate: string;
  readonly markPrice: string;
  /** The interval's end, epoch milliseconds. */
  readonly at: number;
}

export type FundingRefusal =
  | { readonly reason: 'NOT_PERPETUAL'; readonly symbol: string }
  | { readonly reason: 'NOT_A_RATE'; readonly field: 'rate'; readonly value: string }
  | { readonly reason: 'NOT_POSITIVE'; readonly field: 'markPrice'; readonly value: string };

/** Funding is an amount of so many digits, rounded half to even. */
const fundingScale = 18;

/**
 * Settles an interval for every position of the symbol that was open at its end. What a position has
 * settled up to is its own: an interval that comes again, or late behind a later one, moves nothing.
 */
export function settleFunding(
  account: Account,
  { symbol, rate, markPrice, at }: Funding,
  { isPerpetual }: Pick<Instrument, 'isPerpetual'>,
): Result<readonly AccountEvent[], FundingRefusal> {
  if (isPerpetual === false) return refuse({ reason: 'NOT_PERPETUAL', symbol });
  const perUnit = parseDecimal(rate);
  if (perUnit === undefined) return refuse({ reason: 'NOT_A_RATE', field: 'rate', value: rate });
  const mark = parseDecimal(markPrice);
  if (mark === undefined || !isPositive(mark))
    return refuse({ reason: 'NOT_POSITIVE', field: 'markPrice', value: markPrice });
  const events: AccountEvent[] = [];
  for (const id of account.openPositionIds) {
    const position = account.positions.get(id);
    if (position?.symbol !== symbol || !isDue(position, at)) continue;
    const { contract, side, quantity } = position;
    const paid = multiply(notional(contract, decimal(quantity), mark), perUnit);
    const amount = roundTo(side === 'long' ? negate(paid) : paid, fundingScale, 'halfEven');
    events.push({
      type: 'FundingSettled',
      positionId: id,
      symbol,
      rate: formatDecimal(perUnit),
      markPrice: formatDecimal(mark),
      amount: formatDecimal(amount),
      currency: contract.currency,
      at,
    });
  }
  return ok(events);
}

function isDue({ openedAt, fundedUntil }: Position, at: number): boolean {
  return openedAt <= at && (fundedUntil === undefined || fundedUntil < at);
}
