import * as z from 'zod';
import { epochMilliseconds } from './timestamp.ts';
import type { HttpAnswer, PostResult } from './post.ts';

/** What a request to a webhook came to, and so what happens next. */
export type Outcome =
  | { readonly kind: 'sent'; readonly messageId: string; readonly sentAt: number }
  /** Not a failure: wait, then ask again. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number; readonly scope: LimitScope }
  /** It may have landed, or may land yet: a repeat has to say that it may be one. */
  | { readonly kind: 'ambiguous'; readonly reason: string }
  /** It has certainly not landed. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** This content will never be taken. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The webhook is gone or closed to us: every further request counts against our address. */
  | { readonly kind: 'gone'; readonly reason: string }
  /** Taken without a receipt, which only our own mistake can bring about. */
  | { readonly kind: 'unconfirmed'; readonly reason: string };

/** Whose limit was reached: the channel's, our address's, or one of all who post there, which is not our doing. */
export type LimitScope = 'user' | 'global' | 'shared';

/** The table of answers and actions. */
export function outcomeOf(result: PostResult): Outcome {
  if (result.kind === 'failed')
    return { kind: result.mayHaveArrived ? 'ambiguous' : 'unreachable', reason: result.reason };
  const { answer } = result;
  const { status } = answer;
  if (status === 204) return { kind: 'unconfirmed', reason: 'Discord answered 204: no receipt' };
  if (status >= 200 && status < 300) return receiptOf(answer);
  if (status === 429) return throttled(answer);
  if (status === 401 || status === 403 || status === 404) return { kind: 'gone', reason: reasonOf(answer) };
  if (status === 408 || status >= 500) return { kind: 'ambiguous', reason: reasonOf(answer) };
  return { kind: 'refused', reason: reasonOf(answer) };
}

const Receipt = z.object({ id: z.string().min(1), timestamp: z.string() });
const Throttle = z.object({ retry_after: z.number().nonnegative(), global: z.boolean().optional() });
const Refusal = z.object({ message: z.string(), code: z.number().optional() });

const leastRetryAfterMs = 50;
const defaultRetryAfterMs = 5_000;

function receiptOf(answer: HttpAnswer): Outcome {
  const receipt = Receipt.safeParse(json(answer.body)).data;
  const sentAt = receipt === undefined ? undefined : epochMilliseconds(receipt.timestamp);
  return receipt === undefined || sentAt === undefined
    ? { kind: 'ambiguous', reason: `${answer.status} without a message` }
    : { kind: 'sent', messageId: receipt.id, sentAt };
}

function throttled(answer: HttpAnswer): Outcome {
  const told = Throttle.safeParse(json(answer.body)).data;
  const seconds = told?.retry_after ?? secondsOf(answer.header('retry-after'));
  const retryAfterMs = seconds === undefined ? defaultRetryAfterMs : seconds * 1_000;
  const isGlobal = told?.global ?? answer.header('x-ratelimit-global') === 'true';
  const isShared = answer.header('x-ratelimit-scope') === 'shared';
  const scope = isGlobal ? 'global' : isShared ? 'shared' : 'user';
  return { kind: 'throttled', retryAfterMs: Math.max(leastRetryAfterMs, retryAfterMs), scope };
}

/** `400 Invalid Form Body (50035)` */
function reasonOf({ status, body }: HttpAnswer): string {
  const told = Refusal.safeParse(json(body)).data;
  if (told === undefined) return String(status);
  return `${status} ${told.message.slice(0, 200)}${told.code === undefined ? '' : ` (${told.code})`}`;
}

/** A number of seconds as headers tell it. */
export function secondsOf(text: string | undefined): number | undefined {
  const seconds = Number.parseFloat(text ?? '');
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
