import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../channels/outcome.ts';
import type { HttpResult } from '../http/send-http.ts';
import { outcomeOf } from './outcome.ts';

const answered = (status: number, body = '', headers: Record<string, string> = {}): HttpResult => ({
  kind: 'answered',
  answer: { status, header: (name) => headers[name], body },
});

describe('an answer of Slack', () => {
  it.each<[string, HttpResult, Outcome]>([
    ['200', answered(200, 'ok'), { kind: 'sent', messageId: 'e1', sentAt: 1_000 }],
    ['400', answered(400, 'invalid_payload'), { kind: 'refused', reason: '400 invalid_payload' }],
    [
      '400 of too many blocks',
      answered(400, 'invalid_blocks\n'),
      { kind: 'refused', reason: '400 invalid_blocks' },
    ],
    ['400 of nobody', answered(400, 'user_not_found'), { kind: 'gone', reason: '400 user_not_found' }],
    ['403', answered(403, 'invalid_token'), { kind: 'gone', reason: '403 invalid_token' }],
    ['404', answered(404, 'no_service'), { kind: 'gone', reason: '404 no_service' }],
    ['410', answered(410, 'channel_is_archived'), { kind: 'gone', reason: '410 channel_is_archived' }],
    [
      '429',
      answered(429, 'rate_limited', { 'retry-after': '30' }),
      { kind: 'throttled', retryAfterMs: 30_000, scope: 'user' },
    ],
    ['500', answered(500, 'rollup_error'), { kind: 'ambiguous', reason: '500 rollup_error' }],
    ['a page', answered(502, '<html>Bad gateway</html>'), { kind: 'ambiguous', reason: '502' }],
    [
      'a cut connection',
      { kind: 'failed', reason: 'ECONNRESET', mayHaveArrived: true },
      { kind: 'ambiguous', reason: 'ECONNRESET' },
    ],
  ])('%s', (_, result, outcome) => {
    expect(outcomeOf(result, { messageId: 'e1', now: 1_000 })).toEqual(outcome);
  });
});
