import { describe, expect, it } from '@jest/globals';
import type { Outcome } from '../channels/outcome.ts';
import { outcomeOf } from './outcome.ts';
import type { MailResult } from './send-mail.ts';

const answered = (code: number, command: string): MailResult => ({ kind: 'answered', code, command });
const failed = (reason: string, mayHaveArrived: boolean): MailResult => ({
  kind: 'failed',
  reason,
  mayHaveArrived,
});
const later: Outcome = { kind: 'throttled', retryAfterMs: 60_000, scope: 'user' };

describe('an answer of a mail server', () => {
  it.each<[string, MailResult, Outcome]>([
    ['250', { kind: 'accepted' }, { kind: 'sent', messageId: '<m@x>', sentAt: 1_000 }],
    ['421 at the greeting', answered(421, 'CONN'), later],
    ['450 of a mailbox', answered(450, 'RCPT TO'), later],
    ['451 of a mail', answered(451, 'DATA'), later],
    ['454 of a login', answered(454, 'AUTH PLAIN'), later],
    ['535 of a login', answered(535, 'AUTH PLAIN'), { kind: 'gone', reason: '535 to AUTH PLAIN' }],
    ['502 without TLS', answered(502, 'STARTTLS'), { kind: 'gone', reason: '502 to STARTTLS' }],
    ['530 without one', answered(530, 'MAIL FROM'), { kind: 'gone', reason: '530 to MAIL FROM' }],
    ['550 of a mailbox', answered(550, 'RCPT TO'), { kind: 'gone', reason: '550 to RCPT TO' }],
    ['552 of a size', answered(552, 'MAIL FROM'), { kind: 'refused', reason: '552 to MAIL FROM' }],
    ['554 of a mail', answered(554, 'DATA'), { kind: 'refused', reason: '554 to DATA' }],
    ['550 of a mail', answered(550, 'DATA'), { kind: 'refused', reason: '550 to DATA' }],
    ['a cut connection', failed('ECONNECTION', true), { kind: 'ambiguous', reason: 'ECONNECTION' }],
    ['no connection', failed('ESOCKET', false), { kind: 'unreachable', reason: 'ESOCKET' }],
    [
      'an address that is not public',
      failed('EADDRESSREFUSED', false),
      { kind: 'gone', reason: 'it has no address of the public internet' },
    ],
  ])('%s', (_, result, outcome) => {
    expect(outcomeOf(result, { attempts: 0, messageId: '<m@x>', now: 1_000 })).toEqual(outcome);
  });

  it('that asks to come back is heeded thirty times', () => {
    const tried = { messageId: '<m@x>', now: 1_000 };
    expect(outcomeOf(answered(450, 'RCPT TO'), { ...tried, attempts: 28 })).toEqual(later);
    expect(outcomeOf(answered(450, 'RCPT TO'), { ...tried, attempts: 29 })).toEqual({
      kind: 'refused',
      reason: '450 to RCPT TO, after 30 tries',
    });
  });
});
