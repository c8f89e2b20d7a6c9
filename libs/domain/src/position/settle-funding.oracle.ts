import { type PlainPosition, plainNotional } from '../account/worth.oracle.ts';
import { Exact } from '../exact.oracle.ts';

/** One interval as a venue tells it. */
export interface PlainInterval {
  readonly symbol: string;
  readonly rate: string;
  readonly markPrice: string;
  readonly at: number;
}

/**
 * What each interval moves, in the order in which they are told: for every position of the symbol that was open at its end
 * the rate's share of the worth at the mark, paid by longs and received by shorts, to eighteen digits, half to even. An
 * interval at or before one that the position has settled already moves nothing of it.
 */
export function plainFunding(
  positions: readonly (PlainPosition & { readonly openedAt: number })[],
  intervals: readonly PlainInterval[],
): { readonly positionId: string; readonly amount: string }[][] {
  return intervals.map(({ symbol, rate, markPrice, at }, i) =>
    positions.flatMap((position) => {
      const { id, openedAt, side, contract, quantity } = position;
      const isDue = (end: number): boolean => position.symbol === symbol && openedAt <= end;
      const settled = intervals
        .slice(0, i)
        .filter((earlier) => earlier.symbol === symbol && isDue(earlier.at));
      if (!isDue(at) || settled.some((earlier) => earlier.at >= at)) return [];
      const worth = plainNotional(contract, Exact.of(quantity), Exact.of(markPrice));
      const paid = worth.times(rate).times(side === 'long' ? -1 : 1);
      return [{ positionId: id, amount: String(paid.digits(18, 'even')) }];
    }),
  );
}
