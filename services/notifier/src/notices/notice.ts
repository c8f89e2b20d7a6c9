import { type Commit, type DeliveryDocument, eventId, traceIdOf } from '@bellwether/contracts';
import type {
  AccountEvent,
  BrokerDifferenceFound,
  ExitTriggeredEvent,
  LimitTripped,
  OrderOutcomeUnknown,
  OrderRejected,
  PositionClosed,
  TradingHalted,
  TradingReduced,
  TriggerFired,
} from '@bellwether/domain';

/** A committed event that somebody wants to hear of at once. */
export interface Notice {
  readonly eventId: string;
  readonly tenant: string;
  readonly uid: string;
  readonly accountId: string;
  readonly seq: number;
  /** The trace of the tick or command that caused it; empty when it carried none. */
  readonly traceId: string;
  /** Epoch milliseconds, with fraction. */
  readonly committedAt: number;
  readonly event: NoticeworthyEvent;
  /** For a closed position, the exit that closed it. */
  readonly exit?: ExitTriggeredEvent;
}

export type NoticeworthyEvent = CommittedEvent | ChannelDisabled;

type CommittedEvent =
  | PositionClosed
  | TriggerFired
  | TradingHalted
  | TradingReduced
  | LimitTripped
  | OrderRejected
  | OrderOutcomeUnknown
  | BrokerDifferenceFound;

/** A channel of the tenant answered the commit's alert so that it was disabled: told on the others. */
export interface ChannelDisabled {
  readonly type: 'ChannelDisabled';
  readonly channelId: string;
  readonly reason: string;
}

/** Whether anybody is told of the event. An exit is told once, when it is closed. */
export function isNoticeworthy(event: AccountEvent): event is CommittedEvent {
  switch (event.type) {
    case 'PositionClosed':
    case 'TriggerFired':
    case 'TradingHalted':
    case 'TradingReduced':
    case 'LimitTripped':
    case 'OrderRejected':
    case 'OrderOutcomeUnknown':
    case 'BrokerDifferenceFound':
      return true;
    case 'AccountOpened':
    case 'AccountConfigured':
    case 'TradingResumed':
    case 'FundsDeposited':
    case 'ShadowReset':
    case 'PositionAdopted':
    case 'PositionOpened':
    case 'PositionIncreased':
    case 'PositionReduced':
    case 'ExitsAmended':
    case 'StopMovedToBreakEven':
    case 'TrailingStopActivated':
    case 'StopTriggered':
    case 'TargetTriggered':
    case 'TrailingStopTriggered':
    case 'TimeExitTriggered':
    case 'CloseRequested':
    case 'OrderPlaced':
    case 'OrderTriggered':
    case 'OrderAccepted':
    case 'OrderCancelRequested':
    case 'OrderFilled':
    case 'OrderCancelled':
    case 'OrderExpired':
    case 'BrokerDifferenceSettled':
    case 'FundingSettled':
    case 'TriggerArmed':
    case 'TriggerActionRefused':
    case 'TriggerDisarmed':
    case 'TriggerExpired':
    case 'SymbolLocked':
    case 'SymbolUnlocked':
    case 'EquityMarked':
    case 'SignalCreated':
    case 'SignalActedOn':
    case 'SignalExpired':
    case 'SignalClosed':
      return false;
  }
}

/** The notices of a commit, in the order of its events. */
export function noticesOf(commit: Commit, committedAt: number): Notice[] {
  const { tenant, uid, accountId, seq, events } = commit;
  const traceId = traceIdOf(commit.traceparent) ?? '';
  return events.flatMap((event, index) => {
    if (!isNoticeworthy(event)) return [];
    const exit = event.type === 'PositionClosed' ? exitOf(commit, event) : undefined;
    return {
      eventId: eventId(accountId, seq, index),
      tenant,
      uid,
      accountId,
      seq,
      traceId,
      committedAt,
      event,
      ...(exit === undefined ? {} : { exit }),
    };
  });
}

/** What a tenant is told when one of its channels answered the alert of a notice so that it was disabled. */
export function channelDisabled(notice: Notice, channelId: string, reason: string): Notice {
  const { tenant, uid, accountId, seq, traceId, committedAt } = notice;
  return {
    eventId: `${notice.eventId}:${channelId}`,
    tenant,
    uid,
    accountId,
    seq,
    traceId,
    committedAt,
    event: { type: 'ChannelDisabled', channelId, reason },
  };
}

/** The notice of a stored delivery, from the commit that it tells of. */
export function noticeOfDelivery(
  commit: Commit,
  committedAt: number,
  { eventId: id, subjectId, answer }: Pick<DeliveryDocument, 'eventId' | 'subjectId' | 'answer'>,
): Notice | undefined {
  const notices = noticesOf(commit, committedAt);
  if (answer === undefined) return notices.find((notice) => notice.eventId === id);
  return notices
    .map((notice) => channelDisabled(notice, subjectId, answer))
    .find((notice) => notice.eventId === id);
}

/** What the notice is about: a position, a trigger, an order, a channel, an account. */
export function subjectIdOf({ event, accountId }: Notice): string {
  switch (event.type) {
    case 'PositionClosed':
      return event.positionId;
    case 'TriggerFired':
      return event.triggerId;
    case 'ChannelDisabled':
      return event.channelId;
    case 'OrderRejected':
    case 'OrderOutcomeUnknown':
      return event.orderId;
    case 'TradingHalted':
    case 'TradingReduced':
    case 'LimitTripped':
    case 'BrokerDifferenceFound':
      return accountId;
  }
}

/** Whether the deciding tick was judged late, and by how much; `undefined` when it was not. */
export function latenessMsOf({ event, exit }: Notice): number | undefined {
  const judged = event.type === 'TriggerFired' ? event : exit;
  return judged?.late === true ? judged.lagMs : undefined;
}

function exitOf({ events }: Commit, { positionId }: PositionClosed): ExitTriggeredEvent | undefined {
  return events.find(
    (event): event is ExitTriggeredEvent =>
      (event.type === 'StopTriggered' ||
        event.type === 'TargetTriggered' ||
        event.type === 'TrailingStopTriggered' ||
        event.type === 'TimeExitTriggered') &&
      event.positionId === positionId,
  );
}
