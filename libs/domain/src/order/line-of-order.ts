import type { Line, NamedLine } from '../book/line.ts';
import { seriesOf } from '../market/tick.ts';
import { decimal } from '../units.ts';
import type { Order } from './order.ts';

/**
 * The lines of an order that rests at the shadow broker: the price that triggers or fills it, and its end
 * where it has one. A purchase looks at the ask, a sale at the bid. An order at a real broker has none.
 */
export function linesOfOrder(order: Order): NamedLine[] {
  const { armedFrom, broker, status, timeInForce } = order;
  if (broker !== 'shadow' || status !== 'open') return [];
  const lines: NamedLine[] = [{ id: 'order', armedFrom, line: priceLine(order) }];
  if (typeof timeInForce === 'object') {
    const { series } = priceLine(order);
    lines.push({
      id: 'expiry',
      armedFrom,
      line: { kind: 'time', reason: 'expiry', series, at: timeInForce.until },
    });
  }
  return lines;
}

function priceLine({ how, side, priceSource, isTriggered }: Order): Line {
  const series = seriesOf(priceSource, side === 'buy' ? 'ask' : 'bid');
  const line = { kind: 'fixed', reason: 'order', series } as const;
  if ('stopPrice' in how && !isTriggered)
    return { ...line, fires: side === 'buy' ? 'atOrAbove' : 'atOrBelow', price: decimal(how.stopPrice) };
  if ('limitPrice' in how)
    return { ...line, fires: side === 'buy' ? 'atOrBelow' : 'atOrAbove', price: decimal(how.limitPrice) };
  // What is left of a market order fills at the next tick, whatever its price.
  return { kind: 'time', reason: 'order', series, at: 0 };
}
