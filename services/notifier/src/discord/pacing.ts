import type { HttpResult } from '../http/send-http.ts';
import { secondsOf } from './outcome.ts';

/**
 * How long the headers of an answer ask to leave its route alone, milliseconds. It counts from the answer
 * (`Reset-After`), so a clock that differs from Discord's does no harm.
 */
export function pauseMsOf(result: HttpResult): number {
  if (result.kind === 'failed') return 0;
  const { header } = result.answer;
  const remaining = secondsOf(header('x-ratelimit-remaining'));
  const resetAfter = secondsOf(header('x-ratelimit-reset-after'));
  return remaining === 0 && resetAfter !== undefined ? resetAfter * 1_000 : 0;
}
