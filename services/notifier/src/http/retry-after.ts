import type { HttpAnswer } from './send-http.ts';

const least = 50;
/** What asks for more is asked again sooner. */
const most = 3_600_000;

/** The header `Retry-After`, seconds or a date, in milliseconds: at least 50, at most an hour. */
export function retryAfterMsOf({ header }: HttpAnswer, now: number): number | undefined {
  const text = header('retry-after')?.trim() ?? '';
  const milliseconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(milliseconds) ? undefined : Math.min(most, Math.max(least, milliseconds));
}
