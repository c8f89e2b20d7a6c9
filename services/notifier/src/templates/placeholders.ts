import { describeNotice } from '../messages/describe-notice.ts';
import { closedBy, signed, utc } from '../messages/wording.ts';
import type { AlertType } from '../notices/alert-types.ts';
import { type Notice, subjectIdOf } from '../notices/notice.ts';

const everywhere = ['headline', 'event', 'account', 'user', 'time'] as const;
const byType: Partial<Record<AlertType, readonly string[]>> = {
  PositionOpened: ['symbol', 'side', 'quantity', 'price', 'position', 'strategy'],
  PositionIncreased: ['symbol', 'quantity', 'price', 'total', 'entry', 'position'],
  PositionReduced: [
    'symbol',
    'side',
    'quantity',
    'price',
    'entry',
    'pnl',
    'currency',
    'reason',
    'left',
    'position',
    'strategy',
  ],
  PositionClosed: [
    'symbol',
    'side',
    'quantity',
    'price',
    'entry',
    'pnl',
    'currency',
    'reason',
    'position',
    'strategy',
  ],
  TriggerFired: ['symbol', 'price', 'trigger'],
  TriggerActionRefused: ['symbol', 'trigger', 'action', 'reason', 'detail'],
  OrderRejected: ['symbol', 'order', 'reason'],
  OrderOutcomeUnknown: ['symbol', 'order', 'reason'],
  LimitTripped: ['limit', 'reached', 'allowed'],
};

/** The names that a template for alerts of that type may hold. */
export function placeholdersOf(of: AlertType): readonly string[] {
  return [...(byType[of] ?? []), ...everywhere];
}

/** What each of them stands for; empty where the alert does not have it. */
export function valuesOf(notice: Notice): Readonly<Record<string, string>> {
  const { eventId, accountId, uid, committedAt } = notice;
  return {
    ...ownValuesOf(notice),
    headline: describeNotice(notice).headline,
    event: eventId,
    account: accountId,
    user: uid,
    time: utc(Math.floor(committedAt)),
  };
}

function ownValuesOf(notice: Notice): Readonly<Record<string, string>> {
  const { event } = notice;
  switch (event.type) {
    case 'PositionOpened': {
      const { symbol, side, quantity, entryPrice: price, id: position, strategy = '' } = event.position;
      return { symbol, side, quantity, price, position, strategy };
    }
    case 'PositionIncreased': {
      const { symbol, quantity, price, newQuantity: total, entryPrice: entry, positionId: position } = event;
      return { symbol, quantity, price, total, entry, position };
    }
    case 'PositionReduced':
    case 'PositionClosed': {
      const { symbol, side, quantity, exitPrice: price, entryPrice: entry, currency, strategy = '' } = event;
      const pnl = signed(event.realizedPnl);
      const reason = closedBy[event.reason];
      const left = event.type === 'PositionReduced' ? { left: event.remaining } : {};
      const position = event.positionId;
      return { symbol, side, quantity, price, entry, pnl, currency, reason, ...left, position, strategy };
    }
    case 'TriggerFired':
      return { symbol: event.symbol, price: event.tick.price, trigger: event.triggerId };
    case 'TriggerActionRefused': {
      const { symbol, triggerId: trigger, action, reason, detail } = event;
      return { symbol, trigger, action, reason, detail };
    }
    case 'OrderRejected':
    case 'OrderOutcomeUnknown':
      return { symbol: event.symbol, order: subjectIdOf(notice), reason: event.reason };
    case 'LimitTripped':
      return { limit: event.limit, reached: event.reached, allowed: event.allowed };
    case 'TradingHalted':
    case 'TradingReduced':
    case 'BrokerDifferenceFound':
    case 'Told':
      return {};
  }
}
