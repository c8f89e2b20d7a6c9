import type {
  AccountRef,
  OrderDocument,
  PositionDocument,
  SignalDocument,
  TriggerDocument,
} from '@bellwether/contracts';
import {
  type Armed,
  type LineReason,
  type NamedLine,
  type Order,
  type Position,
  type Signal,
  type SymbolPrices,
  type TickReference,
  type Trigger,
  linesOfOrder,
  linesOfPosition,
  linesOfSignal,
  linesOfTrigger,
} from '@bellwether/domain';

/** What is armed, and whose it is: read from its document, or from our own commit. */
export interface ArmedSubject {
  readonly account: AccountRef;
  readonly kind: 'position' | 'trigger' | 'order' | 'signal';
  readonly id: string;
  readonly symbol: string;
  /** The journal sequence that last changed it. */
  readonly version: number;
  /** Its lines, each with a key of its own; absent or empty when nothing is to be watched any more. */
  readonly armed?: readonly Armed[];
}

/** A tick reached a line: nothing has been decided or committed yet. */
export interface Fired {
  readonly subject: ArmedSubject;
  /** The line's name among those of its subject: `stop`, `target-1`. */
  readonly lineId: string;
  readonly reason: LineReason;
  /** Where the line stood, decimal text. */
  readonly level: string;
  readonly tick: TickReference;
  /** What the symbol's series stood at when the tick was judged, the tick's own included. */
  readonly prices: SymbolPrices;
}

/** How the book tells the armed things of all accounts apart; a line's key adds a slash and its id. */
export function armedKey({
  account,
  kind,
  id,
}: Pick<ArmedSubject, 'kind' | 'id'> & { readonly account: Pick<AccountRef, 'accountId'> }): string {
  return `${account.accountId}/${kind}/${id}`;
}

/** A position that is being closed is watched on: its order may be rejected. */
export function subjectOfPosition(account: AccountRef, position: Position, version: number): ArmedSubject {
  const subject = { account, kind: 'position', id: position.id, symbol: position.symbol, version } as const;
  return position.status === 'closed' ? subject : watching(subject, linesOfPosition(position));
}

export function subjectOfTrigger(account: AccountRef, trigger: Trigger, version: number): ArmedSubject {
  const subject = { account, kind: 'trigger', id: trigger.id, symbol: trigger.symbol, version } as const;
  return trigger.status === 'active' ? watching(subject, linesOfTrigger(trigger)) : subject;
}

export function subjectOfOrder(account: AccountRef, order: Order, version: number): ArmedSubject {
  const subject = { account, kind: 'order', id: order.id, symbol: order.symbol, version } as const;
  return watching(subject, linesOfOrder(order));
}

export function subjectOfSignal(account: AccountRef, signal: Signal, version: number): ArmedSubject {
  const subject = { account, kind: 'signal', id: signal.id, symbol: signal.symbol, version } as const;
  return signal.status === 'active' ? watching(subject, linesOfSignal(signal)) : subject;
}

/** A subject with its lines, each under a key of the book. */
export function watching(subject: ArmedSubject, lines: readonly NamedLine[]): ArmedSubject {
  if (lines.length === 0) return subject;
  const { account, kind, id, symbol, version } = subject;
  const key = armedKey(subject);
  const armed = lines.map(({ id: lineId, line, armedFrom }) => ({
    key: `${key}/${lineId}`,
    symbol,
    armedFrom,
    line,
  }));
  // One by one: of a copy by spread V8 leaves traces that only a full collection removes.
  return { account, kind, id, symbol, version, armed };
}

export function armedPosition(document: PositionDocument): ArmedSubject {
  return subjectOfPosition(accountOf(document), document.details, document.version);
}

export function armedTrigger(document: TriggerDocument): ArmedSubject {
  return subjectOfTrigger(accountOf(document), document.details, document.version);
}

export function armedOrder(document: OrderDocument): ArmedSubject {
  return subjectOfOrder(accountOf(document), document.details, document.version);
}

export function armedSignal(document: SignalDocument): ArmedSubject {
  return subjectOfSignal(accountOf(document), document.details, document.version);
}

function accountOf({
  tenantId,
  uid,
  accountId,
}: PositionDocument | TriggerDocument | OrderDocument | SignalDocument): AccountRef {
  return { tenant: tenantId, uid, accountId };
}
