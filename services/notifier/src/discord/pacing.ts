import { type Outcome, secondsOf } from './outcome.ts';
import type { PostResult } from './post.ts';

/**
 * When the next request of the channel may go, by what the last one was answered at `now`; both are epoch
 * milliseconds. It counts from the answer (`Reset-After`), so a clock that differs from Discord's does no harm.
 */
export function nextRequestAt(result: PostResult, outcome: Outcome, now: number): number {
  if (outcome.kind === 'throttled') return now + outcome.retryAfterMs;
  if (result.kind === 'failed') return now;
  const { header } = result.answer;
  const remaining = secondsOf(header('x-ratelimit-remaining'));
  const resetAfter = secondsOf(header('x-ratelimit-reset-after'));
  return remaining === 0 && resetAfter !== undefined ? now + resetAfter * 1_000 : now;
}

/** The pause before the next try, after that many failures in a row. */
export function backoffMs(failures: number, firstMs: number): number {
  return Math.min(longestBackoffMs, firstMs * 2 ** (failures - 1));
}

const longestBackoffMs = 30_000;
