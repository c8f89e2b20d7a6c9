import type { AlertFacts, AlertRule, Grouping, Updates } from './alert-rule.ts';
import { quietUntil } from './quiet-hours.ts';

/** What becomes of an alert, and by which rule. */
export type Verdict =
  | (Sending & { readonly kind: 'send' })
  | (Sending & { readonly kind: 'wait'; readonly until: number })
  | { readonly kind: 'suppress'; readonly rule: string };

interface Sending {
  readonly isSilent: boolean;
  readonly updates?: Updates;
  readonly grouping?: Grouping;
}

const always: Verdict = { kind: 'send', isSilent: false };

/**
 * The verdict of the first rule that matches; without one the alert is sent. Quiet hours hold nothing critical back.
 *
 * @param now epoch milliseconds.
 */
export function judgeAlert(rules: readonly AlertRule[], facts: AlertFacts, now: number): Verdict {
  const [rule] = rules.filter((each) => matches(each, facts)).toSorted(byOrder);
  if (rule === undefined) return always;
  if (rule.delivery === 'off') return { kind: 'suppress', rule: rule.id };
  const { updates } = rule;
  const sending = {
    isSilent: rule.delivery === 'silent',
    ...(updates === undefined ? {} : { updates }),
    ...groupingOf(rule),
  };
  const isHeld = rule.quietHours !== undefined && facts.severity !== 'critical';
  const until = isHeld ? quietUntil(rule.quietHours, now) : undefined;
  if (until !== undefined) return { kind: 'wait', until, ...sending };
  return { kind: 'send', ...sending };
}

function groupingOf({ id: key, grouping }: AlertRule): { readonly grouping?: Grouping } {
  if (grouping === undefined) return {};
  return { grouping: { key, windowMs: grouping.seconds * 1_000, after: grouping.after } };
}

function matches(rule: AlertRule, facts: AlertFacts): boolean {
  return (
    (rule.uid === undefined || rule.uid === facts.uid) &&
    isNamed(rule.eventTypes, facts.eventType) &&
    isNamed(rule.severities, facts.severity) &&
    isNamed(rule.symbols, facts.symbol) &&
    isNamed(rule.strategies, facts.strategy) &&
    isNamed(rule.modes, facts.mode) &&
    isNamed(rule.exitReasons, facts.exitReason) &&
    isNamed(rule.channels, facts.channelId)
  );
}

function isNamed<Name extends string>(names: readonly Name[] | undefined, name: Name | undefined): boolean {
  return names === undefined || (name !== undefined && names.includes(name));
}

function byOrder(a: AlertRule, b: AlertRule): number {
  if (a.order !== b.order) return a.order - b.order;
  return a.id < b.id ? -1 : 1;
}
