import { AccountId } from '@bellwether/contracts';
import { readCommit } from '@bellwether/store';
import type { Firestore } from '@google-cloud/firestore';
import { renderMessage } from '../messages/render-message.ts';
import type { WebhookMessage } from '../messages/webhook-message.ts';
import { type Notice, noticesOf } from '../notices/notice.ts';
import { valuesOf } from './placeholders.ts';
import { fill } from './template.ts';

/** The message that Discord would get of the alert. @param template as `faultOf` finds nothing wrong with. */
export function previewAlert(notice: Notice, template?: string): WebhookMessage {
  const text = template === undefined ? {} : { text: fill(template, valuesOf(notice)) };
  return renderMessage([{ notice, possibleRepeat: false, ...text }]);
}

/** The alert of an event of an account's journal; `undefined` where there is no such event, or nobody is told of it. */
export async function readNotice(
  firestore: Firestore,
  tenant: string,
  eventId: string,
): Promise<Notice | undefined> {
  const [, account, seq] = /^(.+):(\d{10}):\d+$/.exec(eventId) ?? [];
  const accountId = AccountId.safeParse(account).data;
  if (accountId === undefined) return undefined;
  const uid = accountId.slice(0, accountId.indexOf('.'));
  const stored = await readCommit(firestore, { tenant, uid, accountId }, Number(seq));
  if (stored === undefined) return undefined;
  return noticesOf(stored.commit, stored.committedAt).find((notice) => notice.eventId === eventId);
}
