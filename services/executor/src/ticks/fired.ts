import type { AccountRef, PositionDocument, TriggerDocument } from '@bellwether/contracts';
import {
  type Armed,
  type ArmedFrom,
  type LineReason,
  type NamedLine,
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
}

/** How the book tells the armed things of all accounts apart; a line's key adds a slash and its id. */
export function armedKey({ account, kind, id }: Pick<ArmedSubject, 'account' | 'kind' | 'id'>): string {
  return `${account.accountId}/${kind}/${id}`;
}

export function subjectOfPosition(account: AccountRef, position: Position, version: number): ArmedSubject {
  const subject = { account, kind: 'position', id: position.id, symbol: position.symbol, version } as const;
  return position.status === 'open'
    ? watching(subject, position.armedFrom, linesOfPosition(position))
    : subject;
}

export function subjectOfTrigger(account: AccountRef, trigger: PriceTrigger, version: number): ArmedSubject {
  const subject = { account, kind: 'trigger', id: trigger.id, symbol: trigger.symbol, version } as const;
  return trigger.status === 'active'
    ? watching(subject, trigger.armedFrom, linesOfTrigger(trigger))
    : subject;
}

function watching(subject: ArmedSubject, from: ArmedFrom, lines: readonly NamedLine[]): ArmedSubject {
  const { symbol } = subject;
  const key = armedKey(subject);
  const armed = lines.map(({ id, line, armedFrom = from }) => ({
    key: `${key}/${id}`,
    symbol,
    armedFrom,
    line,
  }));
  return { ...subject, armed };
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
