import { Exact } from '../exact.oracle.ts';
import type { CloseSize } from './request-close.ts';

/**
 * What each of several requests orders to be closed where nothing has filled yet, or why it orders nothing: a share is of all
 * that is open; in whole lots, but where it is all that is open, or all that no other order is out for. An order is out for no more than no other is out for, and there are at most so many.
 */
export function plainCloses(
  { quantity, lotSize }: { readonly quantity: string; readonly lotSize?: string },
  sizes: readonly CloseSize[],
  most: number,
): object[] {
  const lot = Exact.of(lotSize ?? '0.000000000000000001');
  let available = Exact.of(quantity);
  let orders = 0;
  return sizes.map((size) => {
    if (orders >= most)
      return {
        reason: 'TOO_MANY_EXITS',
        limit: most,
        count: orders,
        by: orders - most + 1,
        positionId: 'p1',
      };
    let wanted = available;
    if (size === 'all') {
      if (available.against(0) === 0) return { reason: 'MORE_THAN_AVAILABLE', quantity, available: '0' };
    } else {
      const [field, value] = 'share' in size ? ['share', size.share] : ['quantity', size.quantity];
      const refused = { reason: 'NOT_POSITIVE', field, value };
      if (!/^\d+(\.\d+)?$/.test(value)) return refused;
      const asked = 'share' in size ? Exact.of(quantity).times(value) : Exact.of(value);
      const isAll = asked.against(quantity) === 0 || asked.against(String(available)) === 0;
      wanted = isAll ? asked : asked.to(lot, 'down');
      if (wanted.against(0) === 0) return refused;
      if (wanted.against(available) > 0)
        return { reason: 'MORE_THAN_AVAILABLE', quantity: String(wanted), available: String(available) };
    }
    available = available.minus(wanted);
    orders += 1;
    return { orders: String(wanted) };
  });
}
