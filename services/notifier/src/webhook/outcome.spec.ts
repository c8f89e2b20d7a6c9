import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../channels/outcome.ts';
import type { HttpResult } from '../http/send-http.ts';
import { outcomeOf } from './outcome.ts';

const answered = (status: number, headers: Record<string, string> = {}): HttpResult => ({
  kind: 'answered',
  answer: { status, header: (name) => headers[name], body: 'told whsec_secret' },
});
const failed = (reason: string, mayHaveArrived: boolean): HttpResult => ({
  kind: 'failed',
  reason,
  mayHaveArrived,
});

describe('an answer of a receiver of webhooks', () => {
  it.each<[string, HttpResult, Outcome]>([
    ['200', answered(200), { kind: 'sent', messageId: 'e1', sentAt: 1_000 }],
    ['204', answered(204), { kind: 'sent', messageId: 'e1', sentAt: 1_000 }],
    ['302', answered(302, { location: 'https://example.com' }), { kind: 'refused', reason: '302' }],
    ['400', answered(400), { kind: 'refused', reason: '400' }],
    ['401', answered(401), { kind: 'gone', reason: '401' }],
    ['403', answered(403), { kind: 'gone', reason: '403' }],
    ['404', answered(404), { kind: 'gone', reason: '404' }],
    ['408', answered(408), { kind: 'ambiguous', reason: '408' }],
    ['410', answered(410), { kind: 'gone', reason: '410' }],
    ['413', answered(413), { kind: 'refused', reason: '413' }],
    ['429', answered(429, { 'retry-after': '3' }), { kind: 'throttled', retryAfterMs: 3_000, scope: 'user' }],
    ['429 without a time', answered(429), { kind: 'throttled', retryAfterMs: 5_000, scope: 'user' }],
    ['500', answered(500), { kind: 'ambiguous', reason: '500' }],
    ['503', answered(503), { kind: 'ambiguous', reason: '503' }],
    ['a timeout', failed('TimeoutError', true), { kind: 'ambiguous', reason: 'TimeoutError' }],
    ['no connection', failed('ECONNREFUSED', false), { kind: 'unreachable', reason: 'ECONNREFUSED' }],
    [
      'an address that is not public',
      failed('EADDRESSREFUSED', false),
      { kind: 'gone', reason: 'it has no address of the public internet' },
    ],
  ])('%s', (_, result, outcome) => {
    expect(outcomeOf(result, { messageId: 'e1', now: 1_000 })).toEqual(outcome);
  });
});
