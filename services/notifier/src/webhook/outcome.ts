import type { Outcome } from '../channels/outcome.ts';
import type { HttpAnswer, HttpResult } from '../http/send-http.ts';
import { retryAfterMsOf } from '../http/retry-after.ts';

/** What our request is known by: receivers answer with no id of their own. */
export interface SentAs {
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const defaultRetryAfterMs = 5_000;

/** The answers of receivers of webhooks and what they come to. */
export function outcomeOf(result: HttpResult, { messageId, now }: SentAs): Outcome {
  if (result.kind === 'failed') return failed(result);
  const { status } = result.answer;
  const reason = String(status);
  if (status >= 200 && status < 300) return { kind: 'sent', messageId, sentAt: now };
  if (status === 429) return throttled(result.answer, now);
  if (isClosed.has(status)) return { kind: 'gone', reason };
  if (status === 408 || status >= 500) return { kind: 'ambiguous', reason };
  return { kind: 'refused', reason };
}

/** Gone, or closed to us. */
const isClosed: ReadonlySet<number> = new Set([401, 403, 404, 410]);

function failed({ reason, mayHaveArrived }: HttpResult & { readonly kind: 'failed' }): Outcome {
  if (reason === 'EADDRESSREFUSED')
    return { kind: 'gone', reason: 'it has no address of the public internet' };
  return { kind: mayHaveArrived ? 'ambiguous' : 'unreachable', reason };
}

function throttled(answer: HttpAnswer, now: number): Outcome {
  return {
    kind: 'throttled',
    retryAfterMs: retryAfterMsOf(answer, now) ?? defaultRetryAfterMs,
    scope: 'user',
  };
}
