import type { DeliveryDocument, ToldDocument, ToldType } from '@bellwether/contracts';
import type { Notice } from './notice.ts';

/** What no account's journal tells of, in words already: the document of its delivery holds them. */
export type Told = ToldDocument & {
  readonly type: 'Told';
  readonly of: ToldType;
  readonly subjectId: string;
};

/** The notice of a stored delivery that says itself what it tells; `undefined` for one that an account's journal does. */
export function noticeOfTold(tenant: string, document: DeliveryDocument): Notice | undefined {
  const { eventId, uid, accountId, seq, traceId, committedAt, eventType, subjectId, told } = document;
  if (told === undefined) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what has words of its own has such a type
  const event: Told = { ...told, type: 'Told', of: eventType as ToldType, subjectId };
  return { eventId, tenant, uid, accountId, seq, traceId, committedAt, event };
}

/** As `DeliveryDocument.told` holds it. */
export function wordsOf({ type: _type, of: _of, subjectId: _subject, ...words }: Told): ToldDocument {
  return words;
}
