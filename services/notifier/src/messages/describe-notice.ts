import type { BrokerDifference, Condition, ExitReason } from '@bellwether/domain';
import { type Notice, latenessMsOf } from '../notices/notice.ts';

/** What a notice says, as raw text: nothing of it is escaped or cut yet. */
export interface Description {
  /** One line that can be read in a phone's preview. */
  readonly headline: string;
  /** Name and value. */
  readonly details: readonly (readonly [string, string])[];
  /** RGB. */
  readonly color: number;
  /** True when no money moved: the shadow broker filled it. */
  readonly isShadow: boolean;
}

const colors = { shadow: 0x95a5a6, info: 0x3498db, critical: 0xe74c3c };
const closedBy = {
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
const limitNames = { dailyLoss: 'daily loss', drawdown: 'drawdown', stopGuard: 'series' } as const;

/** Of which halts wider than an account are. */
const halted = {
  user: 'all accounts of the user',
  tenant: 'all accounts of the tenant',
  global: 'everything',
} as const;

/** A notice in words. Amounts are the committed decimal text, times are UTC. */
export function describeNotice(notice: Notice): Description {
  const { event } = notice;
  switch (event.type) {
    case 'PositionClosed': {
      const { symbol, side, currency, quantity, entryPrice, exitPrice } = event;
      const pnl = `${signed(event.realizedPnl)} ${currency}`;
      const reason = closedBy[event.reason];
      const level = notice.exit === undefined ? '' : ` at ${notice.exit.level}`;
      return {
        headline: `${symbol} ${side} closed by ${reason} ${pnl}`,
        details: [
          ['Entry', entryPrice],
          ['Exit', exitPrice],
          ['Quantity', quantity],
          ['P&L', pnl],
          ['Reason', `${reason}${level}`],
          ...tickDetails(notice, event.closedAt),
        ],
        color: colors.shadow,
        isShadow: true,
      };
    }
    case 'TriggerFired': {
      const { symbol, when, tick } = event;
      const condition = inWords(when);
      return {
        headline: `${symbol} is ${condition}: ${tick.price}`,
        details: [
          ['Price', tick.price],
          ['Condition', condition],
          ['Trigger', event.triggerId],
          ...tickDetails(notice, tick.exchangeAt),
        ],
        color: colors.info,
        isShadow: false,
      };
    }
    case 'TradingHalted':
    case 'TradingReduced': {
      const { actor, reason, scope = 'account', until } = event;
      const what = event.type === 'TradingHalted' ? 'halted' : event.flatten ? 'being flattened' : 'reduced';
      return {
        headline: `Trading ${what} in ${notice.accountId} by ${actor}`,
        details: [
          ['Account', notice.accountId],
          ...(scope === 'account' ? [] : [['Scope', halted[scope]] as const]),
          ['By', actor],
          ['Reason', reason],
          ...(until === undefined ? [] : [['Until', utc(until)] as const]),
        ],
        color: colors.critical,
        isShadow: false,
      };
    }
    case 'ChannelDisabled':
      return {
        headline: `Alerts no longer go to channel ${event.channelId}: it is disabled`,
        details: [
          ['Channel', event.channelId],
          ['Answer', event.reason],
          ['Until', 'the channel is changed'],
        ],
        color: colors.critical,
        isShadow: false,
      };
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
        color: colors.critical,
        isShadow: false,
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
        color: colors.critical,
        isShadow: false,
      };
    }
    case 'BrokerDifferenceFound': {
      const { headline, details } = describeDifference(event.difference);
      return {
        headline,
        details: [['Account', notice.accountId], ...details],
        color: colors.critical,
        isShadow: false,
      };
    }
  }
}

function describeDifference(difference: BrokerDifference): Pick<Description, 'headline' | 'details'> {
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

function tickDetails(notice: Notice, exchangeAt: number): (readonly [string, string])[] {
  const latenessMs = latenessMsOf(notice);
  const late = latenessMs === undefined ? [] : [['Late', `by ${(latenessMs / 1_000).toFixed(1)} s`] as const];
  return [['Tick', utc(exchangeAt)], ...late];
}

function inWords(when: Condition): string {
  switch (when.kind) {
    case 'price':
      return `at or ${when.direction} ${when.price}`;
    case 'move':
      return `${when.direction === 'either' ? 'moved' : when.direction} ${when.percent} % within ${when.windowMs / 1_000} s`;
    case 'time':
      return `after ${utc(when.at)}`;
  }
}

function signed(amount: string): string {
  return amount === '0' || amount.startsWith('-') ? amount : `+${amount}`;
}

/** `2013-10-08 13:30:00.125 UTC`; a time outside the calendar is shown as it is. */
function utc(milliseconds: number): string {
  if (milliseconds > 8.64e15) return String(milliseconds);
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', ' UTC');
}
