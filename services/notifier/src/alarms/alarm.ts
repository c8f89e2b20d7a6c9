import type { AlarmDocument } from '@bellwether/contracts';
import type { Severity } from '../rules/alert-rule.ts';

/** How something that operators look after is now. */
export interface Reading {
  /** By which it is known from look to look: `writes-ledger`, `feed-01`. */
  readonly name: string;
  readonly isRaised: boolean;
  /** What only ever grows, and is told again when it has grown. */
  readonly count?: number;
  readonly severity: Severity;
  /** What is to be told, of a raised one. */
  readonly headline: string;
  readonly details: readonly { readonly name: string; readonly value: string }[];
  /** What is to be told when it is over; without it nobody is. */
  readonly over?: string;
}

export interface AlarmChange {
  readonly kind: 'AlarmRaised' | 'AlarmCleared';
  readonly document: AlarmDocument;
}

/** What grows is told anew at most this often. */
const growthEveryMs = 600_000;

/** What has changed since operators were told last; `undefined` when nothing has that is to be told. @param now epoch milliseconds. */
export function judgeAlarm(
  told: AlarmDocument | undefined,
  { isRaised, count = 0 }: Pick<Reading, 'isRaised' | 'count'>,
  now: number,
): AlarmChange | undefined {
  const { isRaised: wasRaised = false, episode = 0, count: before = 0, changedAt = -Infinity } = told ?? {};
  const hasGrown = count > before && now - changedAt >= growthEveryMs;
  if (isRaised && (!wasRaised || hasGrown))
    return {
      kind: 'AlarmRaised',
      document: { isRaised: true, episode: episode + 1, count, changedAt: now },
    };
  if (!isRaised && wasRaised)
    return { kind: 'AlarmCleared', document: { isRaised: false, episode, count, changedAt: now } };
  return undefined;
}
