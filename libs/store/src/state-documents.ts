import { type AccountRef, paths } from '@bellwether/contracts';
import type { Account, AccountEvent } from '@bellwether/domain';

/** A document beside the account's that commits write: what it is of, and its id. */
export interface StateDocument {
  readonly kind: 'position' | 'trigger' | 'order' | 'signal';
  readonly id: string;
}

const kinds: Readonly<Record<string, StateDocument['kind']>> = {
  openPositions: 'position',
  tradeTriggers: 'trigger',
  orders: 'order',
  signals: 'signal',
};

/** Which position, trigger, order or signal lies at a path; `undefined` for any other path. */
export function documentAt(path: string): StateDocument | undefined {
  const [, , collection = '', id = '', ...rest] = path.split('/');
  const kind = kinds[collection];
  return kind === undefined || rest.length > 0 ? undefined : { kind, id };
}

export function pathOf({ uid }: AccountRef, { kind, id }: StateDocument): string {
  switch (kind) {
    case 'position':
      return paths.openPosition(uid, id);
    case 'trigger':
      return paths.tradeTrigger(uid, id);
    case 'order':
      return paths.order(uid, id);
    case 'signal':
      return paths.signal(uid, id);
  }
}

export interface TouchedDocument extends StateDocument {
  readonly path: string;
}

/**
 * The documents that these events change, once each, in the order of their first change.
 *
 * @param before the account: an order that ends is taken off the list of the position that it would have made smaller.
 */
export function touchedDocuments(
  ref: AccountRef,
  events: readonly AccountEvent[],
  before?: Pick<Account, 'positions'>,
): readonly TouchedDocument[] {
  const touched = new Map<string, TouchedDocument>();
  let last: TouchedDocument | undefined;
  const touch = ({ kind, id }: StateDocument): void => {
    // What happens to a document in a commit mostly happens at once.
    if (last?.id === id && last.kind === kind) return;
    const key = `${kind}/${id}`;
    last = touched.get(key);
    if (last !== undefined) return;
    last = { kind, id, path: pathOf(ref, { kind, id }) };
    touched.set(key, last);
  };
  for (const event of events) {
    for (const document of touchedBy(event)) touch(document);
    const positionId = listedBy(event, before);
    if (positionId !== undefined) touch({ kind: 'position', id: positionId });
  }
  return [...touched.values()];
}

/** The position that lists an order which ends. */
function listedBy(event: AccountEvent, before?: Pick<Account, 'positions'>): string | undefined {
  if (event.type !== 'OrderCancelled' && event.type !== 'OrderExpired' && event.type !== 'OrderRejected')
    return undefined;
  const { orderId, positionId } = event;
  return before?.positions.get(positionId)?.reducing.includes(orderId) === true ? positionId : undefined;
}

/** What one event changes. The closing order of an exit is part of its position's document. */
export function touchedBy(event: AccountEvent): readonly StateDocument[] {
  switch (event.type) {
    case 'PositionAdopted':
      return [{ kind: 'position', id: event.position.id }];
    case 'PositionOpened':
      return [{ kind: 'position', id: event.position.id }];
    case 'PositionIncreased':
    case 'ExitsAmended':
    case 'StopMovedToBreakEven':
    case 'TrailingStopActivated':
    case 'StopTriggered':
    case 'TargetTriggered':
    case 'TrailingStopTriggered':
    case 'TimeExitTriggered':
    case 'CloseRequested':
    case 'PositionReduced':
    case 'PositionClosed':
    case 'FundingSettled':
      return [{ kind: 'position', id: event.positionId }];
    case 'OrderPlaced': {
      const { id, positionId, purpose } = event.order;
      const order: StateDocument = { kind: 'order', id };
      return purpose.kind === 'enter' ? [order] : [order, { kind: 'position', id: positionId }];
    }
    case 'OrderTriggered':
    case 'OrderCancelRequested':
      return [{ kind: 'order', id: event.orderId }];
    case 'OrderAccepted':
    case 'OrderOutcomeUnknown':
      return event.positionId === undefined
        ? [{ kind: 'order', id: event.orderId }]
        : [{ kind: 'position', id: event.positionId }];
    case 'OrderFilled':
      return [
        { kind: 'position', id: event.positionId },
        ...(event.of === 'order' ? [{ kind: 'order' as const, id: event.clientOrderId }] : []),
      ];
    case 'OrderCancelled':
    case 'OrderExpired':
    case 'OrderRejected':
      return event.of === 'exit'
        ? [{ kind: 'position', id: event.positionId }]
        : [{ kind: 'order', id: event.orderId }];
    case 'TriggerArmed':
      return [{ kind: 'trigger', id: event.trigger.id }];
    case 'TriggerFired':
    case 'TriggerDisarmed':
    case 'TriggerExpired':
      return [{ kind: 'trigger', id: event.triggerId }];
    case 'SignalCreated':
      return [{ kind: 'signal', id: event.signal.id }];
    case 'SignalActedOn':
    case 'SignalExpired':
    case 'SignalClosed':
      return [{ kind: 'signal', id: event.signalId }];
    case 'AccountOpened':
    case 'AccountConfigured':
    case 'TradingHalted':
    case 'TradingReduced':
    case 'TradingResumed':
    case 'FundsDeposited':
    case 'DepositReversed':
    case 'ShadowReset':
    case 'TriggerActionRefused':
    case 'SymbolLocked':
    case 'SymbolUnlocked':
    case 'EquityMarked':
    case 'LimitTripped':
    case 'BrokerDifferenceFound':
    case 'BrokerDifferenceSettled':
    case 'CreditsGranted':
    case 'CreditsReserved':
    case 'CreditsSettled':
    case 'CreditsReleased':
    case 'CreditsReversed':
      return [];
  }
}
