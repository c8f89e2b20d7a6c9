import type { AccountRef, PositionDocument, TriggerDocument } from '@bellwether/contracts';
import {
  type Armed,
  type LineReason,
  type Position,
  type PriceTrigger,
  type TickReference,
  linesOfPosition,
  linesOfTrigger,
} from '@bellwether/domain';

/** What is armed, and whose it is: read from its document, or from our own commit. */
export interface ArmedSubject {
  readonly account: AccountRef;
  readonly kind: 'position' | 'trigger';
  readonly id: string;
  readonly symbol: string;
  /** The journal sequence that last changed it. */
  readonly version: number;
  /** Absent when nothing is to be watched any more. */
  readonly armed?: Armed;
}

/** A tick reached a line: nothing has been decided or committed yet. */
export interface Fired {
  readonly subject: ArmedSubject;
  readonly reason: LineReason;
  /** Where the line stood, decimal text. */
  readonly level: string;
  readonly tick: TickReference;
}

/** How the book tells armed things of all accounts apart. */
export function armedKey({ account, kind, id }: Pick<ArmedSubject, 'account' | 'kind' | 'id'>): string {
  return `${account.accountId}/${kind}/${id}`;
}

export function subjectOfPosition(account: AccountRef, position: Position, version: number): ArmedSubject {
  const { id, symbol, armedFrom } = position;
  const subject = { account, kind: 'position', id, symbol, version } as const;
  const lines = linesOfPosition(position);
  if (position.status !== 'open' || lines.length === 0) return subject;
  return { ...subject, armed: { key: armedKey(subject), symbol, armedFrom, lines } };
}

export function subjectOfTrigger(account: AccountRef, trigger: PriceTrigger, version: number): ArmedSubject {
  const { id, symbol, armedFrom } = trigger;
  const subject = { account, kind: 'trigger', id, symbol, version } as const;
  if (trigger.status !== 'active') return subject;
  return { ...subject, armed: { key: armedKey(subject), symbol, armedFrom, lines: linesOfTrigger(trigger) } };
}

export function armedPosition(document: PositionDocument): ArmedSubject {
  return subjectOfPosition(accountOf(document), document.details, document.version);
}

export function armedTrigger(document: TriggerDocument): ArmedSubject {
  return subjectOfTrigger(accountOf(document), document.details, document.version);
}

function accountOf({ tenantId, uid, accountId }: PositionDocument | TriggerDocument): AccountRef {
  return { tenant: tenantId, uid, accountId };
}
