import { type BelowMinimum, type Worth, belowMinimum } from '../order/least-notional.ts';
import { type Price, compare, decimal, isPositive, least, subtract } from '../units.ts';
import type { Exits } from './exits.ts';
import { type Sized, sizeOfTarget } from './target-size.ts';

/**
 * Why a venue would refuse what a ladder closes: a rung that is worth less at its price than an order may be, or what all rungs leave
 * behind, at the entry. What is closed whole is worth what it is.
 *
 * @param exits as they are asked for: the ids of their rungs say which of these each is.
 */
export function ladderBelowMinimum(
  { targets }: Exits,
  held: Sized & { readonly entryPrice: Price },
  instrument: Worth,
): BelowMinimum | undefined {
  if (instrument.minNotional === undefined) return undefined;
  const all = decimal(held.quantity);
  let left = all;
  for (const target of targets) {
    const part = least(left, sizeOfTarget(held, target));
    const isPart = isPositive(part) && compare(part, all) < 0;
    const field = `targets.${Number(target.id) - 1}`;
    const small = isPart ? belowMinimum(field, part, decimal(target.price), instrument) : undefined;
    if (small !== undefined) return small;
    left = subtract(left, part);
  }
  const isRest = isPositive(left) && compare(left, all) < 0;
  return isRest ? belowMinimum('targets.rest', left, held.entryPrice, instrument) : undefined;
}
