import type { Delivery } from '../deliveries/delivery.ts';
import { describeNotice } from '../messages/describe-notice.ts';
import { plain } from '../messages/markdown.ts';
import { referenceOf } from '../messages/reference.ts';
import { latenessMsOf } from '../notices/notice.ts';

/** An alert in words without markup: each a single line, without control characters and mentions. */
export interface AlertText {
  readonly headline: string;
  readonly details: readonly (readonly [name: string, value: string])[];
  /** What it lists. */
  readonly lines: readonly string[];
  /** By what the alert is found again: event, place in the journal, trace. */
  readonly reference: string;
}

const most = { headline: 200, value: 1_024, line: 240, reference: 400 } as const;

/** For kinds of channels that have a markup of their own, or none. */
export function alertTextOf({
  notice,
  possibleRepeat,
  text,
}: Pick<Delivery, 'notice' | 'possibleRepeat' | 'text'>): AlertText {
  const { headline, details, lines = [], isShadow } = describeNotice(notice);
  const remarks = [
    ...(latenessMsOf(notice) === undefined ? [] : ['late']),
    ...(possibleRepeat ? ['possible repeat'] : []),
  ];
  const line = `${isShadow ? '[SHADOW] ' : ''}${plain(text ?? headline, most.headline)}`;
  return {
    headline: remarks.length === 0 ? line : `${line} (${remarks.join(', ')})`,
    details: details.map(([name, value]) => [plain(name, 100), plain(value, most.value) || '—'] as const),
    lines: lines.map((listed) => plain(listed, most.line)),
    reference: plain(referenceOf(notice), most.reference),
  };
}
