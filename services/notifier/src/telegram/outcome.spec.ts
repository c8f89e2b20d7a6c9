import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../channels/outcome.ts';
import type { HttpResult } from '../http/send-http.ts';
import { outcomeOf, outcomeOfEdit } from './outcome.ts';

const answered = (status: number, body: unknown = '<html>'): HttpResult => ({
  kind: 'answered',
  answer: { status, header: () => undefined, body: typeof body === 'string' ? body : JSON.stringify(body) },
});
const refusing = (status: number, description: string, parameters?: object) =>
  answered(status, { ok: false, error_code: status, description, ...(parameters && { parameters }) });
const notModified = 'Bad Request: message is not modified: specified new message content is the same';

describe('an answer of Telegram', () => {
  it.each<[string, HttpResult, Outcome]>([
    [
      '200',
      answered(200, { ok: true, result: { message_id: 7, date: 1 } }),
      { kind: 'sent', messageId: '7', sentAt: 1_000 },
    ],
    ['200 without a message', answered(200), { kind: 'ambiguous', reason: '200 without a message' }],
    [
      '400 of a text',
      refusing(400, "Bad Request: can't parse entities"),
      { kind: 'refused', reason: "400 Bad Request: can't parse entities" },
    ],
    [
      '400 of a chat',
      refusing(400, 'Bad Request: chat not found'),
      { kind: 'gone', reason: '400 Bad Request: chat not found' },
    ],
    [
      '400 of a chat that has another number',
      refusing(400, 'Bad Request: group chat was upgraded', { migrate_to_chat_id: -100 }),
      { kind: 'gone', reason: '400 Bad Request: group chat was upgraded: the chat is now -100' },
    ],
    ['401', refusing(401, 'Unauthorized'), { kind: 'gone', reason: '401 Unauthorized' }],
    [
      '403',
      refusing(403, 'Forbidden: bot was blocked by the user'),
      { kind: 'gone', reason: '403 Forbidden: bot was blocked by the user' },
    ],
    ['404', refusing(404, 'Not Found'), { kind: 'gone', reason: '404 Not Found' }],
    [
      '429',
      refusing(429, 'Too Many Requests: retry after 7', { retry_after: 7 }),
      { kind: 'throttled', retryAfterMs: 7_000, scope: 'user' },
    ],
    ['429 without a time', answered(429), { kind: 'throttled', retryAfterMs: 5_000, scope: 'user' }],
    ['502', answered(502), { kind: 'ambiguous', reason: '502' }],
    [
      'a timeout',
      { kind: 'failed', reason: 'TimeoutError', mayHaveArrived: true },
      { kind: 'ambiguous', reason: 'TimeoutError' },
    ],
    [
      'no connection',
      { kind: 'failed', reason: 'ENOTFOUND', mayHaveArrived: false },
      { kind: 'unreachable', reason: 'ENOTFOUND' },
    ],
  ])('%s', (_, result, outcome) => {
    expect(outcomeOf(result, 1_000)).toEqual(outcome);
  });

  it('to an edit that was made before is that it stands', () => {
    expect(outcomeOfEdit(refusing(400, notModified), '7', 1_000)).toEqual({
      kind: 'sent',
      messageId: '7',
      sentAt: 1_000,
    });
    expect(outcomeOfEdit(refusing(400, 'Bad Request: message to edit not found'), '7', 1_000).kind).toBe(
      'refused',
    );
  });
});
