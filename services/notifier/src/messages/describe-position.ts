import type {
  PositionClosed,
  PositionIncreased,
  PositionOpened,
  PositionReduced,
  PositionTerms,
} from '@bellwether/domain';
import type { Notice } from '../notices/notice.ts';
import type { Detail, Words } from './description.ts';
import { tickDetails } from './tick-details.ts';
import { closedBy, signed, utc } from './wording.ts';

export function describeOpened({ position, fees = {} }: PositionOpened): Words {
  const { symbol, side, quantity, entryPrice, openedAt, strategy } = position;
  const paid = Object.entries(fees).map(([currency, fee]) => `${fee} ${currency}`);
  return {
    headline: `${symbol} ${side} opened: ${quantity} at ${entryPrice}`,
    details: [
      ['Entry', entryPrice],
      ['Quantity', quantity],
      ...exitDetails(position),
      ...(paid.length === 0 ? [] : [['Fees', paid.join(', ')] as const]),
      ...(strategy === undefined ? [] : [['Strategy', strategy] as const]),
      ['Opened', utc(openedAt)],
    ],
    isShadow: position.broker === 'shadow',
  };
}

export function describeIncreased(event: PositionIncreased): Words {
  const { symbol, quantity, price, newQuantity, entryPrice } = event;
  return {
    headline: `${symbol} increased by ${quantity} at ${price}: ${newQuantity} at ${entryPrice}`,
    details: [
      ['Added', quantity],
      ['Price', price],
      ['Quantity', newQuantity],
      ['Entry', entryPrice],
    ],
  };
}

/** A part of a position is closed: a rung of its ladder, for example. */
export function describeReduced(notice: Notice, event: PositionReduced): Words {
  const { symbol, side, currency, quantity, entryPrice, exitPrice, remaining, tick } = event;
  const pnl = `${signed(event.realizedPnl)} ${currency}`;
  return {
    headline: `${symbol} ${side} reduced by ${causeOf(event)} ${pnl}, ${remaining} left`,
    details: [
      ['Entry', entryPrice],
      ['Exit', exitPrice],
      ['Closed', quantity],
      ['Left', remaining],
      ['P&L', pnl],
      ['Reason', reasonOf(notice, event)],
      ...(tick === undefined ? [] : tickDetails(notice, tick.exchangeAt)),
    ],
    isShadow: isShadow(event),
  };
}

export function describeClosed(notice: Notice, event: PositionClosed): Words {
  const { symbol, side, currency, quantity, entryPrice, exitPrice, totals } = event;
  const pnl = `${signed(event.realizedPnl)} ${currency}`;
  const isRest = totals !== undefined && totals.quantity !== quantity;
  const whole = isRest ? `${signed(totals.realizedPnl)} ${currency} with ${totals.quantity}` : undefined;
  return {
    headline: `${symbol} ${side} closed by ${closedBy[event.reason]} ${pnl}`,
    details: [
      ['Entry', entryPrice],
      ['Exit', exitPrice],
      ['Quantity', quantity],
      ['P&L', pnl],
      ...(whole === undefined ? [] : [['Whole position', whole] as const]),
      ['Reason', reasonOf(notice, event)],
      ...tickDetails(notice, event.closedAt),
    ],
    isShadow: isShadow(event),
  };
}

/** What protects it, nearest first. */
function exitDetails({ exits }: PositionTerms): readonly Detail[] {
  const { stopLoss, targets, trailing, timeExit } = exits;
  const ladder = targets.map(({ price, size }) => {
    if (size === undefined) return price;
    return 'share' in size ? `${price} (${size.share} of it)` : `${price} (${size.quantity})`;
  });
  const distance = trailing?.distance;
  return [
    ...(stopLoss === undefined ? [] : [['Stop', stopLoss.price] as const]),
    ...(ladder.length === 0 ? [] : [['Target', ladder.join(', ')] as const]),
    ...(distance === undefined
      ? []
      : [['Trailing', 'ppm' in distance ? `${distance.ppm / 10_000} %` : distance.absolute] as const]),
    ...(timeExit === undefined ? [] : [['Closes', utc(timeExit.at)] as const]),
  ];
}

function reasonOf({ exit }: Notice, event: PositionClosed | PositionReduced): string {
  return exit === undefined ? causeOf(event) : `${causeOf(event)} at ${exit.level}`;
}

function causeOf({ reason, targetId }: PositionClosed | PositionReduced): string {
  return targetId === undefined ? closedBy[reason] : `${closedBy[reason]} ${targetId}`;
}

function isShadow({ broker = 'shadow' }: PositionClosed | PositionReduced): boolean {
  return broker === 'shadow';
}
