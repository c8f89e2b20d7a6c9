import type { Outcome } from '../channels/outcome.ts';
import type { HttpResult } from '../http/send-http.ts';
import { type SentAs, outcomeOf as outcomeOfWebhook } from '../webhook/outcome.ts';

/** Slack's answers and what they come to: a webhook's, told apart by the word that Slack answers. */
export function outcomeOf(result: HttpResult, sentAs: SentAs): Outcome {
  const outcome = outcomeOfWebhook(result, sentAs);
  if (result.kind === 'failed' || !('reason' in outcome)) return outcome;
  const word = /^[a-z_]{1,60}$/.exec(result.answer.body.trim())?.[0];
  if (word === undefined) return outcome;
  const reason = `${outcome.reason} ${word}`;
  return { ...outcome, reason, ...(isGone.has(word) ? { kind: 'gone' } : {}) };
}

/** Words of 400 that say no more than others do with 403, 404 or 410. */
const isGone: ReadonlySet<string> = new Set([
  'user_not_found',
  'channel_not_found',
  'channel_is_archived',
  'no_service',
  'no_service_id',
  'no_team',
  'team_disabled',
  'invalid_token',
  'action_prohibited',
]);
