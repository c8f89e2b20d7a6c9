import { describe, expect, it } from '@jest/globals';
import type { HttpResult } from '../http/send-http.ts';
import { outcomeOf } from './outcome.ts';

function answered(status: number, body: unknown = '', headers: Record<string, string> = {}): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'answered', answer: { status, header: (name) => headers[name], body: text } };
}
const failed = (reason: string, mayHaveArrived: boolean): HttpResult => ({
  kind: 'failed',
  reason,
  mayHaveArrived,
});
const message = { id: '42', timestamp: '2026-11-21T09:16:53.123456+00:00', content: '…' };

describe('an answer of Discord', () => {
  it.each<[string, HttpResult, object]>([
    [
      '200 with a message',
      answered(200, message),
      { kind: 'sent', messageId: '42', sentAt: 1_795_252_613_123.456 },
    ],
    ['200 without one', answered(200, '<html>'), { kind: 'ambiguous', reason: '200 without a message' }],
    ['204', answered(204), { kind: 'unconfirmed', reason: 'Discord answered 204: no receipt' }],
    ['301', answered(301), { kind: 'refused', reason: '301' }],
    [
      '400',
      answered(400, { message: 'Invalid Form Body', code: 50_035 }),
      { kind: 'refused', reason: '400 Invalid Form Body (50035)' },
    ],
    [
      '401',
      answered(401, { message: '401: Unauthorized' }),
      { kind: 'gone', reason: '401 401: Unauthorized' },
    ],
    ['403', answered(403), { kind: 'gone', reason: '403' }],
    [
      '404',
      answered(404, { message: 'Unknown Webhook', code: 10_015 }),
      { kind: 'gone', reason: '404 Unknown Webhook (10015)' },
    ],
    [
      '404 of an edit',
      answered(404, { message: 'Unknown Message', code: 10_008 }),
      { kind: 'refused', reason: '404 Unknown Message (10008)' },
    ],
    ['408', answered(408), { kind: 'ambiguous', reason: '408' }],
    ['413', answered(413), { kind: 'refused', reason: '413' }],
    [
      '429',
      answered(429, { message: 'slow', retry_after: 1.337, global: false }),
      { kind: 'throttled', retryAfterMs: 1_337, scope: 'user' },
    ],
    [
      '429 for everyone',
      answered(429, { retry_after: 2, global: true }),
      { kind: 'throttled', retryAfterMs: 2_000, scope: 'global' },
    ],
    [
      '429 of a channel that others post to',
      answered(429, { retry_after: 1_300, global: false }, { 'x-ratelimit-scope': 'shared' }),
      { kind: 'throttled', retryAfterMs: 1_300_000, scope: 'shared' },
    ],
    [
      '429 by headers',
      answered(429, '<html>', { 'retry-after': '3', 'x-ratelimit-global': 'true' }),
      { kind: 'throttled', retryAfterMs: 3_000, scope: 'global' },
    ],
    ['429 without a time', answered(429), { kind: 'throttled', retryAfterMs: 5_000, scope: 'user' }],
    [
      '429 with no pause',
      answered(429, { retry_after: 0 }),
      { kind: 'throttled', retryAfterMs: 50, scope: 'user' },
    ],
    ['500', answered(500), { kind: 'ambiguous', reason: '500' }],
    ['503', answered(503, 'overloaded'), { kind: 'ambiguous', reason: '503' }],
    ['a timeout', failed('TimeoutError', true), { kind: 'ambiguous', reason: 'TimeoutError' }],
    ['a reset', failed('ECONNRESET', true), { kind: 'ambiguous', reason: 'ECONNRESET' }],
    ['no connection', failed('ECONNREFUSED', false), { kind: 'unreachable', reason: 'ECONNREFUSED' }],
  ])('%s', (_, result, outcome) => {
    expect(outcomeOf(result)).toEqual(outcome);
  });
});
