import { type AccountDocument } from '@bellwether/contracts';
import type { Exits, Order, OrderKind, Position, Signal, Trigger } from '@bellwether/domain';
import { counted } from '../counted.ts';
import type { Standing } from './read-standing.ts';
import { explainDifference } from './remedies.ts';

/** One line: the account in a list. */
export function accountLine(account: AccountDocument): string {
  const { accountId, tenantId, trading, openPositionIds, workingOrderIds, activeTriggerIds } = account;
  const differences = account.brokerDifferences?.length ?? 0;
  const counts = `${counted(openPositionIds.length, 'position')}, ${counted(workingOrderIds.length, 'order')}, ${counted(activeTriggerIds.length, 'trigger')}`;
  const shown = differences === 0 ? '' : `, ${counted(differences, 'difference')} from its broker`;
  return `${accountId} (${tenantId}): ${trading}, ${counts}${shown}`;
}

/** Everything that stands in an account, a line each. */
export function standingText({ account, positions, orders, triggers, signals }: Standing): string {
  const lines = [
    accountLine(account),
    `  entry ${account.version} of its journal`,
    ...account.holds.map(
      ({ scope, state, actor, reason, until }) =>
        `  ${state} by ${scope}: ${actor}: ${reason}${until === undefined ? '' : `, until ${time(until)}`}`,
    ),
    ...Object.entries(account.cash).map(([currency, amount]) => `  cash ${amount} ${currency}`),
    ...positions.map((position) => `  position ${positionText(position)}`),
    ...orders.map((order) => `  order ${orderText(order)}`),
    ...triggers.map((trigger) => `  trigger ${triggerText(trigger)}`),
    ...signals.map((signal) => `  signal ${signalText(signal)}`),
  ];
  for (const difference of account.brokerDifferences ?? []) {
    const { what, settledBy } = explainDifference(difference, account);
    lines.push(`  broker: ${what}`);
    if (settledBy !== undefined) lines.push(`    to settle it: ${settledBy}`);
  }
  return lines.join('\n');
}

function positionText({ id, side, quantity, symbol, entryPrice, exits, broker, strategy }: Position): string {
  const of = strategy === undefined ? '' : `, strategy ${strategy}`;
  return `${id}: ${side} ${quantity} ${symbol} from ${entryPrice} at ${broker}${of}; ${exitsText(exits)}`;
}

function exitsText({ stopLoss, targets, trailing, breakEven, timeExit }: Exits): string {
  const parts = [
    ...(stopLoss === undefined ? [] : [`stop ${stopLoss.price}`]),
    ...targets.map(({ price, size }) => `target ${price}${size === undefined ? '' : ` (${sizeText(size)})`}`),
    ...(trailing === undefined ? [] : [`trailing ${distanceText(trailing.distance)}`]),
    ...(breakEven === undefined ? [] : [`break-even ${JSON.stringify(breakEven.after)}`]),
    ...(timeExit === undefined ? [] : ['time exit']),
  ];
  return parts.length === 0 ? 'no exits' : parts.join(', ');
}

function sizeText(size: { readonly share: string } | { readonly quantity: string }): string {
  return 'share' in size ? `share ${size.share}` : size.quantity;
}

function distanceText(distance: { readonly absolute: string } | { readonly ppm: number }): string {
  return 'absolute' in distance ? distance.absolute : `${distance.ppm / 10_000} %`;
}

function orderText({ id, side, quantity, filled, symbol, how, status }: Order): string {
  return `${id}: ${side} ${quantity} ${symbol} ${howText(how)}, ${status}, ${filled} filled`;
}

function howText(how: OrderKind): string {
  switch (how.kind) {
    case 'market':
      return 'at the market';
    case 'limit':
      return `limit ${how.limitPrice}`;
    case 'stop':
      return `stop ${how.stopPrice}`;
    case 'stopLimit':
      return `stop ${how.stopPrice} limit ${how.limitPrice}`;
  }
}

function triggerText({ id, symbol, when, action, firings, expiresAt }: Trigger): string {
  const fired = firings === 0 ? '' : `, fired ${counted(firings, 'time')}`;
  const ends = expiresAt === undefined ? '' : `, until ${time(expiresAt)}`;
  return `${id}: ${symbol} ${JSON.stringify(when)}, then ${action.kind}${fired}${ends}`;
}

function signalText({ id, symbol, side, source, status }: Signal): string {
  return `${id}: ${side} ${symbol} of ${source}, ${status}`;
}

function time(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
