import type { ExitReason } from '@bellwether/domain';

/** By what a position was closed, as people say it. */
export const closedBy = {
  stopLoss: 'stop',
  takeProfit: 'target',
  trailingStop: 'trailing stop',
  timeExit: 'time exit',
  manual: 'request',
  trigger: 'trigger',
  order: 'order',
  flatten: 'flatten',
  reset: 'reset',
} as const satisfies Record<ExitReason, string>;

/** Decimal text with its sign, also of a gain. */
export function signed(amount: string): string {
  return amount === '0' || amount.startsWith('-') ? amount : `+${amount}`;
}

/** `2013-10-08 13:30:00.125 UTC`; a time outside the calendar is shown as it is. */
export function utc(milliseconds: number): string {
  if (milliseconds > 8.64e15) return String(milliseconds);
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', ' UTC');
}
