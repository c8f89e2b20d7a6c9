import type { Outcome } from '../channels/outcome.ts';
import type { MailResult } from './send-mail.ts';

export interface MailTried {
  readonly messageId: string;
  /** Requests before this one. */
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A server that asks to come back later is asked so often, and so long after. */
const mostTries = 30;
const laterMs = 60_000;

/** What the mail server's answers come to: 4yz is for now, 5yz for ever, and of the mailboxes unless it is of the mail. */
export function outcomeOf(result: MailResult, { messageId, attempts, now }: MailTried): Outcome {
  switch (result.kind) {
    case 'accepted':
      return { kind: 'sent', messageId, sentAt: now };
    case 'failed':
      if (result.reason === 'EADDRESSREFUSED')
        return { kind: 'gone', reason: 'it has no address of the public internet' };
      return { kind: result.mayHaveArrived ? 'ambiguous' : 'unreachable', reason: result.reason };
    case 'answered': {
      const { code, command } = result;
      const reason = `${code} to ${command}`;
      if (code < 500)
        return attempts + 1 >= mostTries
          ? { kind: 'refused', reason: `${reason}, after ${mostTries} tries` }
          : { kind: 'throttled', retryAfterMs: laterMs, scope: 'user' };
      return { kind: isOfMail(code, command) ? 'refused' : 'gone', reason };
    }
  }
}

/** Too large, or taken for spam: another mail may pass. */
function isOfMail(code: number, command: string): boolean {
  return command === 'DATA' || code === 552 || code === 554;
}
