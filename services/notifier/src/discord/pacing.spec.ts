import { describe, expect, it } from '@jest/globals';
import { pauseMsOf } from './pacing.ts';

const answered = (headers: Record<string, string>) =>
  ({ kind: 'answered', answer: { status: 200, header: (name: string) => headers[name], body: '' } }) as const;

describe('the pace of a channel of Discord', () => {
  it.each<[string, Record<string, string>, number]>([
    ['some are left', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset-after': '2' }, 0],
    ['none is left', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.25' }, 1_250],
    ['nothing is said', {}, 0],
    ['it is unreadable', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': 'soon' }, 0],
  ])('when %s', (_, headers, pauseMs) => {
    expect(pauseMsOf(answered(headers))).toBe(pauseMs);
  });

  it('asks for nothing where there was no answer', () => {
    expect(pauseMsOf({ kind: 'failed', reason: 'ECONNRESET', mayHaveArrived: true })).toBe(0);
  });
});
