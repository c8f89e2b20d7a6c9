import * as z from 'zod';
import type { Outcome } from '../channels/outcome.ts';
import type { HttpAnswer, HttpResult } from '../http/send-http.ts';

const Answer = z.object({
  result: z.object({ message_id: z.number().int() }).optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  parameters: z
    .object({ retry_after: z.number().nonnegative().optional(), migrate_to_chat_id: z.number().optional() })
    .optional()
    .catch(undefined),
});

const defaultRetryAfterMs = 5_000;
const leastRetryAfterMs = 50;

/** What 400 says of a chat, and not of a message. */
const goneChat =
  /chat not found|group chat was upgraded|chat_write_forbidden|not enough rights|user not found|PEER_ID_INVALID/i;
/** An edit that changes nothing has succeeded before. */
const unchanged = /message is not modified/i;

/**
 * Telegram's answers and what they come to.
 *
 * @param now epoch milliseconds: Telegram tells the time of a message by the second.
 */
export function outcomeOf(result: HttpResult, now: number): Outcome {
  if (result.kind === 'failed')
    return { kind: result.mayHaveArrived ? 'ambiguous' : 'unreachable', reason: result.reason };
  const { status } = result.answer;
  const told = answerOf(result.answer);
  const reason = [String(status), told.description?.slice(0, 200) ?? ''].join(' ').trim();
  if (status === 200)
    return told.result === undefined
      ? { kind: 'ambiguous', reason: '200 without a message' }
      : { kind: 'sent', messageId: String(told.result.message_id), sentAt: now };
  if (status === 429) {
    const seconds = told.parameters?.retry_after;
    const retryAfterMs = seconds === undefined ? defaultRetryAfterMs : seconds * 1_000;
    return { kind: 'throttled', retryAfterMs: Math.max(leastRetryAfterMs, retryAfterMs), scope: 'user' };
  }
  if (status === 401 || status === 403 || status === 404) return { kind: 'gone', reason };
  if (status === 400) return refusedOr(reason, told);
  if (status === 408 || status >= 500) return { kind: 'ambiguous', reason };
  return { kind: 'refused', reason };
}

function refusedOr(reason: string, { parameters }: z.infer<typeof Answer>): Outcome {
  const chat = parameters?.migrate_to_chat_id;
  if (chat !== undefined) return { kind: 'gone', reason: `${reason}: the chat is now ${chat}` };
  return { kind: goneChat.test(reason) ? 'gone' : 'refused', reason };
}

function answerOf({ body }: HttpAnswer): z.infer<typeof Answer> {
  try {
    return Answer.safeParse(JSON.parse(body)).data ?? {};
  } catch {
    return {};
  }
}

/** Of an edit of a message with that id. */
export function outcomeOfEdit(result: HttpResult, messageId: string, now: number): Outcome {
  const outcome = outcomeOf(result, now);
  return outcome.kind === 'refused' && unchanged.test(outcome.reason)
    ? { kind: 'sent', messageId, sentAt: now }
    : outcome;
}
