/** An order at the shadow broker in plain numbers: whole prices, whole lots. */
export interface PlainOrder {
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
  readonly stop?: number;
  readonly limit?: number;
  readonly timeInForce: 'gtc' | 'ioc' | 'fok' | { readonly until: number };
}

export interface PlainTick {
  readonly at: number;
  readonly price: number;
  readonly size: number;
}

export interface PlainFill {
  /** Which tick; the first is the last one before the order. */
  readonly tick: number;
  readonly quantity: number;
  readonly price: number;
  readonly liquidity: 'maker' | 'taker';
}

/**
 * What becomes of an order, by the rules in words. A stop waits until the price is at or beyond its stop. A limit fills
 * at prices no worse than it. At each tick half of what traded is to be had, one lot at least. What waits in the book makes
 * the price: it fills at its limit; all else takes the tick's. "At once" counts from the placing, of a stop
 * from the tick that reaches it: what is left then ends. An order with an end fills at no tick at or after it.
 */
export function plainRun(
  order: PlainOrder,
  ticks: readonly PlainTick[],
): { fills: PlainFill[]; status: string } {
  const fills: PlainFill[] = [];
  let left = order.quantity;
  let waitsForStop = order.stop !== undefined;
  for (const [i, { at, price, size }] of ticks.entries()) {
    const isPlacing = i === 0;
    const { timeInForce: tif } = order;
    if (!isPlacing && typeof tif === 'object' && at >= tif.until) return { fills, status: 'expired' };
    let hasWaited = !isPlacing;
    if (waitsForStop && order.stop !== undefined) {
      if (order.side === 'buy' ? price < order.stop : price > order.stop) continue;
      waitsForStop = false;
      hasWaited = false;
    }
    const { limit } = order;
    const isGoodPrice = limit === undefined || (order.side === 'buy' ? price <= limit : price >= limit);
    const offered = Math.max(1, Math.floor(size / 2));
    const quantity = Math.min(left, offered);
    if (isGoodPrice && !(tif === 'fok' && quantity < left)) {
      const makes = limit !== undefined && hasWaited;
      fills.push({ tick: i, quantity, price: makes ? limit : price, liquidity: makes ? 'maker' : 'taker' });
      left -= quantity;
      if (left === 0) return { fills, status: 'filled' };
    }
    if (tif === 'ioc' || tif === 'fok') return { fills, status: 'expired' };
  }
  return { fills, status: 'open' };
}
