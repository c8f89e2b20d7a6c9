import { type Commit, type DeliveryDocument, eventId, traceIdOf } from '@bellwether/contracts';
import type {
  AccountEvent,
  BrokerDifferenceFound,
  ExitTriggeredEvent,
  LimitTripped,
  OrderOutcomeUnknown,
  OrderRejected,
  PositionClosed,
  PositionIncreased,
  PositionOpened,
  PositionReduced,
  TradingHalted,
  TradingReduced,
  TriggerActionRefused,
  TriggerFired,
} from '@bellwether/domain';
import type { AlertType } from './alert-types.ts';
import type { Told } from './told.ts';

/** Something committed that somebody wants to hear of at once. */
export interface Notice {
  readonly eventId: string;
  readonly tenant: string;
  /** Empty, like the account, where it is about no user in particular. */
  readonly uid: string;
  readonly accountId: string;
  /** In the journal of the account or scope; 0 where it stands in none. */
  readonly seq: number;
  /** The trace of the tick or command that caused it; empty when it carried none. */
  readonly traceId: string;
  /** The trace context of its commit, below which its delivery goes on; absent where a stored delivery told of it. */
  readonly traceparent?: string;
  /** Epoch milliseconds, with fraction. */
  readonly committedAt: number;
  readonly event: NoticeworthyEvent;
  /** For a closed or reduced position, the exit that did it. */
  readonly exit?: ExitTriggeredEvent;
}

export type NoticeworthyEvent = CommittedEvent | Told;

type CommittedEvent =
  | PositionOpened
  | PositionIncreased
  | PositionReduced
  | PositionClosed
  | TriggerFired
  | TriggerActionRefused
  | TradingHalted
  | TradingReduced
  | LimitTripped
  | OrderRejected
  | OrderOutcomeUnknown
  | BrokerDifferenceFound;

/**
 * Whether anybody is told of the event. An exit is told once, when it has closed something; a halt of a wider scope once
 * for each tenant, from the scope's own journal, and not for each account that follows it.
 */
export function isNoticeworthy(event: AccountEvent): event is CommittedEvent {
  switch (event.type) {
    case 'TradingHalted':
    case 'TradingReduced':
      return (event.scope ?? 'account') === 'account';
    case 'PositionOpened':
    case 'PositionIncreased':
    case 'PositionReduced':
    case 'PositionClosed':
    case 'TriggerFired':
    case 'TriggerActionRefused':
    case 'LimitTripped':
    case 'OrderRejected':
    case 'OrderOutcomeUnknown':
    case 'BrokerDifferenceFound':
      return true;
    case 'AccountOpened':
    case 'AccountConfigured':
    case 'TradingResumed':
    case 'FundsDeposited':
    case 'DepositReversed':
    case 'ShadowReset':
    case 'PositionAdopted':
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
    case 'TriggerDisarmed':
    case 'TriggerExpired':
    case 'SymbolLocked':
    case 'SymbolUnlocked':
    case 'EquityMarked':
    case 'SignalCreated':
    case 'SignalActedOn':
    case 'SignalExpired':
    case 'SignalClosed':
    case 'CreditsGranted':
    case 'CreditsReserved':
    case 'CreditsSettled':
    case 'CreditsReleased':
    case 'CreditsReversed':
      return false;
  }
}

/** The notices of a commit, in the order of its events. */
export function noticesOf(commit: Commit, committedAt: number): Notice[] {
  const { tenant, uid, accountId, seq, events } = commit;
  const { traceparent } = commit;
  const traceId = traceIdOf(traceparent) ?? '';
  return events.flatMap((event, index) => {
    if (!isNoticeworthy(event)) return [];
    const isExit = event.type === 'PositionClosed' || event.type === 'PositionReduced';
    const exit = isExit ? exitOf(commit, event) : undefined;
    return {
      eventId: eventId(accountId, seq, index),
      tenant,
      uid,
      accountId,
      seq,
      traceId,
      traceparent,
      committedAt,
      event,
      ...(exit === undefined ? {} : { exit }),
    };
  });
}

/** What a tenant is told when one of its channels answered the alert of a notice so that it was disabled. */
export function channelDisabled(notice: Notice, channelId: string, reason: string): Notice {
  const { exit: _, ...rest } = notice;
  const event: Told = {
    type: 'Told',
    of: 'ChannelDisabled',
    subjectId: channelId,
    severity: 'critical',
    headline: `Alerts no longer go to channel ${channelId}: it is disabled`,
    details: [
      { name: 'Channel', value: channelId },
      { name: 'Answer', value: reason },
      { name: 'Until', value: 'the channel is changed' },
    ],
  };
  return { ...rest, eventId: `${notice.eventId}:${channelId}`, event };
}

/** The notice of a stored delivery, from the commit that it tells of. */
export function noticeOfDelivery(
  commit: Commit,
  committedAt: number,
  { eventId: id }: Pick<DeliveryDocument, 'eventId'>,
): Notice | undefined {
  return noticesOf(commit, committedAt).find((notice) => notice.eventId === id);
}

/** What it is, as rules name it. */
export function eventTypeOf({ event }: Pick<Notice, 'event'>): AlertType {
  return event.type === 'Told' ? event.of : event.type;
}

/** What the notice is about: a position, a trigger, an order, a channel, a symbol, an account. */
export function subjectIdOf({ event, accountId }: Notice): string {
  switch (event.type) {
    case 'PositionOpened':
      return event.position.id;
    case 'PositionIncreased':
    case 'PositionReduced':
    case 'PositionClosed':
      return event.positionId;
    case 'TriggerFired':
    case 'TriggerActionRefused':
      return event.triggerId;
    case 'Told':
      return event.subjectId;
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

function exitOf(
  { events }: Commit,
  { positionId, targetId }: PositionClosed | PositionReduced,
): ExitTriggeredEvent | undefined {
  const found = events.filter(
    (event): event is ExitTriggeredEvent =>
      (event.type === 'StopTriggered' ||
        event.type === 'TargetTriggered' ||
        event.type === 'TrailingStopTriggered' ||
        event.type === 'TimeExitTriggered') &&
      event.positionId === positionId,
  );
  return found.find((event) => event.targetId === targetId) ?? found[0];
}
