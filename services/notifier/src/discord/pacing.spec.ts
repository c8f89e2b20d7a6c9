import { describe, expect, it } from '@jest/globals';
import type { Outcome } from './outcome.ts';
import { backoffMs, nextRequestAt } from './pacing.ts';
import type { PostResult } from './post.ts';

const sent: Outcome = { kind: 'sent', messageId: '1', sentAt: 0 };
const answered = (headers: Record<string, string>): PostResult => ({
  kind: 'answered',
  answer: { status: 200, header: (name) => headers[name], body: '' },
});

describe('the pace of a channel', () => {
  it.each<[string, Record<string, string>, number]>([
    ['some are left', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset-after': '2' }, 1_000],
    ['none is left', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.25' }, 2_250],
    ['nothing is said', {}, 1_000],
    ['it is unreadable', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': 'soon' }, 1_000],
  ])('when %s', (_, headers, at) => {
    expect(nextRequestAt(answered(headers), sent, 1_000)).toBe(at);
  });

  it('obeys a 429 before its other headers', () => {
    const throttled: Outcome = { kind: 'throttled', retryAfterMs: 1_300_000, scope: 'user' };
    expect(nextRequestAt(answered({ 'x-ratelimit-remaining': '3' }), throttled, 1_000)).toBe(1_301_000);
  });

  it('backs off twice as long each time, up to 30 s', () => {
    expect([1, 2, 3, 7, 8].map((failures) => backoffMs(failures, 500))).toEqual([
      500, 1_000, 2_000, 30_000, 30_000,
    ]);
  });
});
