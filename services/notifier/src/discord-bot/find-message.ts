import * as z from 'zod';
import type { Attempt } from '../channels/channel-client.ts';
import { outcomeOf } from '../discord/outcome.ts';
import { pauseMsOf } from '../discord/pacing.ts';
import { epochMilliseconds } from '../discord/timestamp.ts';
import type { HttpResult } from '../http/send-http.ts';
import { markdown, plain } from '../messages/markdown.ts';
import { referenceOf } from '../messages/reference.ts';
import { limits } from '../messages/webhook-message.ts';
import type { Notice } from '../notices/notice.ts';

/** Whether a channel holds an alert. */
export type Sighting =
  | { readonly kind: 'absent' }
  /** It holds too much, or is not to be read by us. */
  | { readonly kind: 'unknown' }
  /** It is there, or the channel could not be read: what the alert comes to without a request for itself. */
  | { readonly kind: 'attempt'; readonly attempt: Attempt };

const pageSize = 100;
const mostPages = 10;
/** As plain text cuts it. */
const referenceLimit = 400;
/** How far Discord's clock may be behind Firestore's. */
const skewMs = 60_000;

const Message = z.object({
  id: z.string().regex(/^\d+$/),
  timestamp: z.string(),
  content: z.string(),
  embeds: z.array(z.object({ footer: z.object({ text: z.string() }).optional() })),
});
type Message = z.infer<typeof Message>;

/** Looks for the message of a notice among those that are younger than its commit, oldest first. */
export async function findMessage(
  notice: Notice,
  ask: (query: string) => Promise<HttpResult>,
): Promise<Sighting> {
  let after = snowflakeAt(notice.committedAt - skewMs);
  for (let pages = 0; pages < mostPages; pages += 1) {
    const result = await ask(`after=${after}&limit=${pageSize}`);
    const page = messagesOf(result);
    if (page === undefined) return unread(result);
    const found = page.find((message) => tells(message, notice));
    if (found !== undefined) return sighted(found);
    if (page.length < pageSize) return { kind: 'absent' };
    after = page.reduce((last, { id }) => (BigInt(id) > last ? BigInt(id) : last), after);
  }
  return { kind: 'unknown' };
}

function messagesOf(result: HttpResult): readonly Message[] | undefined {
  if (result.kind === 'failed' || result.answer.status !== 200) return undefined;
  try {
    return z.array(Message).safeParse(JSON.parse(result.answer.body)).data;
  } catch {
    return undefined;
  }
}

/** By its reference, which stands in the footer of an embed, or in a line of its own. */
function tells({ content, embeds }: Message, notice: Notice): boolean {
  const reference = referenceOf(notice);
  return (
    embeds.some(({ footer }) => footer?.text === plain(reference, limits.footer)) ||
    content.split('\n').includes(markdown(reference, referenceLimit))
  );
}

function sighted({ id, timestamp }: Message): Sighting {
  const sentAt = epochMilliseconds(timestamp) ?? timeOf(BigInt(id));
  return {
    kind: 'attempt',
    attempt: { outcome: { kind: 'sent', messageId: id, sentAt, isOnce: true } },
  };
}

/** Nothing was told, so nothing of it is ambiguous. */
function unread(result: HttpResult): Sighting {
  if (result.kind === 'answered' && result.answer.status === 403) return { kind: 'unknown' };
  const outcome = outcomeOf(result);
  const pauseMs = pauseMsOf(result);
  if (outcome.kind === 'throttled' || outcome.kind === 'gone')
    return { kind: 'attempt', attempt: { outcome, pauseMs } };
  const reason = `cannot read the channel: ${'reason' in outcome ? outcome.reason : 'no list of messages'}`;
  return { kind: 'attempt', attempt: { outcome: { kind: 'unreachable', reason }, pauseMs } };
}

const discordEpochMs = 1_420_070_400_000;

/** The least id of a message at that time. */
function snowflakeAt(milliseconds: number): bigint {
  return BigInt(Math.max(0, Math.floor(milliseconds) - discordEpochMs)) << 22n;
}

function timeOf(snowflake: bigint): number {
  return Number(snowflake >> 22n) + discordEpochMs;
}
