import type { BrokerDifference, Condition } from '@bellwether/domain';
import { severityOf } from '../notices/alert-facts.ts';
import type { Notice } from '../notices/notice.ts';
import type { Severity } from '../rules/alert-rule.ts';
import { describeClosed, describeIncreased, describeOpened, describeReduced } from './describe-position.ts';
import type { Description, Words } from './description.ts';
import { tickDetails } from './tick-details.ts';
import { utc } from './wording.ts';

const limitNames = { dailyLoss: 'daily loss', drawdown: 'drawdown', stopGuard: 'series' } as const;

/** Grey where no money moved, so that nobody takes it for money. */
const shadowColor = 0x95a5a6;
const colors = {
  critical: 0xe74c3c,
  warning: 0xf1c40f,
  success: 0x2ecc71,
  info: 0x3498db,
} as const satisfies Record<Severity, number>;

/** A notice in words. Amounts are the committed decimal text, times are UTC. */
export function describeNotice(notice: Notice): Description {
  const severity = severityOf(notice.event);
  const { isShadow = false, ...words } = inWords(notice);
  return { ...words, severity, isShadow, color: isShadow ? shadowColor : colors[severity] };
}

function inWords(notice: Notice): Words {
  const { event } = notice;
  switch (event.type) {
    case 'PositionOpened':
      return describeOpened(event);
    case 'PositionIncreased':
      return describeIncreased(event);
    case 'PositionReduced':
      return describeReduced(notice, event);
    case 'PositionClosed':
      return describeClosed(notice, event);
    case 'TriggerFired': {
      const { symbol, when, tick } = event;
      const condition = asCondition(when);
      return {
        headline: `${symbol} is ${condition}: ${tick.price}`,
        details: [
          ['Price', tick.price],
          ['Condition', condition],
          ['Trigger', event.triggerId],
          ...tickDetails(notice, tick.exchangeAt),
        ],
      };
    }
    case 'TradingHalted':
    case 'TradingReduced': {
      const { actor, reason, until } = event;
      const what = event.type === 'TradingHalted' ? 'halted' : event.flatten ? 'being flattened' : 'reduced';
      return {
        headline: `Trading ${what} in ${notice.accountId} by ${actor}`,
        details: [
          ['Account', notice.accountId],
          ['By', actor],
          ['Reason', reason],
          ...(until === undefined ? [] : [['Until', utc(until)] as const]),
        ],
      };
    }
    case 'TriggerActionRefused': {
      const { symbol, triggerId, action, reason, detail } = event;
      return {
        headline: `${symbol} trigger ${triggerId} fired, but its action (${action}) was refused: ${reason}`,
        details: [
          ['Account', notice.accountId],
          ['Trigger', triggerId],
          ['Action', action],
          ['Reason', reason],
          ['Detail', detail],
        ],
      };
    }
    case 'Told': {
      const { headline, details, lines, isShadow, chart } = event;
      return {
        headline,
        details: details.map(({ name, value }) => [name, value] as const),
        ...(lines === undefined ? {} : { lines }),
        ...(chart === undefined ? {} : { chart }),
        ...(isShadow === undefined ? {} : { isShadow }),
      };
    }
    case 'LimitTripped': {
      const unit = event.currency ?? 'stops';
      return {
        headline: `No entries in ${notice.accountId}: ${limitNames[event.limit]} of ${event.reached} ${unit}`,
        details: [
          ['Account', notice.accountId],
          ['Limit', `${event.allowed} ${unit}`],
          ['Reached', `${event.reached} ${unit}`],
          ['Until', event.until === undefined ? 'the limit is set anew' : utc(event.until)],
        ],
      };
    }
    case 'OrderRejected':
    case 'OrderOutcomeUnknown': {
      const { symbol, orderId, reason, positionId } = event;
      const isRejected = event.type === 'OrderRejected';
      const isExit = isRejected ? event.of === 'exit' : positionId !== undefined;
      const what = isExit ? 'closing order' : 'order';
      return {
        headline: isRejected
          ? `${symbol} ${what} rejected: ${reason}`
          : `${symbol} ${what} is being looked up: its broker did not answer`,
        details: [
          ['Account', notice.accountId],
          ['Order', orderId],
          ...(positionId === undefined ? [] : [['Position', positionId] as const]),
          ['Reason', reason],
        ],
      };
    }
    case 'BrokerDifferenceFound': {
      const { headline, details } = describeDifference(event.difference);
      return {
        headline,
        details: [['Account', notice.accountId], ...details],
      };
    }
  }
}

function describeDifference(difference: BrokerDifference): Words {
  const { symbol } = difference;
  switch (difference.kind) {
    case 'orphan':
      return {
        headline: `${symbol} ${difference.of === 'exit' ? 'closing order' : 'order'} is unknown at its broker`,
        details: [
          ['Order', difference.orderId],
          ['Position', difference.positionId],
        ],
      };
    case 'externalOrder': {
      const { brokerOrderId, side, how, quantity, filled } = difference;
      return {
        headline: `${symbol} has an order at the broker that is not ours: ${side} ${quantity}`,
        details: [
          ["Broker's order", brokerOrderId],
          ['Kind', how.kind],
          ['Filled', filled],
        ],
      };
    }
    case 'position': {
      const { ours, theirs, offer } = difference;
      return {
        headline: `${symbol} differs: ${ours} here, ${theirs} at the broker`,
        details: offer === undefined ? [] : [['Not ours', `${offer.side} ${offer.quantity}`]],
      };
    }
  }
}

function asCondition(when: Condition): string {
  switch (when.kind) {
    case 'price':
      return `at or ${when.direction} ${when.price}`;
    case 'move':
      return `${when.direction === 'either' ? 'moved' : when.direction} ${when.percent} % within ${when.windowMs / 1_000} s`;
    case 'time':
      return `after ${utc(when.at)}`;
  }
}
