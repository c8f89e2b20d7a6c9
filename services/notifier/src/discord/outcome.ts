import * as z from 'zod';
import type { Outcome } from '../channels/outcome.ts';
import type { HttpAnswer, HttpResult } from '../http/send-http.ts';
import { epochMilliseconds } from './timestamp.ts';

/** Discord's answers and what they come to. */
export function outcomeOf(result: HttpResult): Outcome {
  if (result.kind === 'failed')
    return { kind: result.mayHaveArrived ? 'ambiguous' : 'unreachable', reason: result.reason };
  const { answer } = result;
  const { status } = answer;
  if (status === 204) return { kind: 'unconfirmed', reason: 'Discord answered 204: no receipt' };
  if (status >= 200 && status < 300) return receiptOf(answer);
  if (status === 429) return throttled(answer);
  if (status === 404 && codeOf(answer) === unknownMessage)
    return { kind: 'refused', reason: reasonOf(answer) };
  if (status === 401 || status === 403 || status === 404) return { kind: 'gone', reason: reasonOf(answer) };
  if (status === 408 || status >= 500) return { kind: 'ambiguous', reason: reasonOf(answer) };
  return { kind: 'refused', reason: reasonOf(answer) };
}

const Receipt = z.object({ id: z.string().min(1), timestamp: z.string() });
const Throttle = z.object({ retry_after: z.number().nonnegative(), global: z.boolean().optional() });
const Refusal = z.object({ message: z.string(), code: z.number().optional() });

/** Of an edit: the channel is there, what was to be edited is not. */
const unknownMessage = 10_008;
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

function codeOf({ body }: HttpAnswer): number | undefined {
  return Refusal.safeParse(json(body)).data?.code;
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
