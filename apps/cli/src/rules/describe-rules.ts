import type { AlertRuleDocument } from '@bellwether/contracts';

/** A rule as it is listed. */
export type ListedRule =
  | ({ readonly id: string } & AlertRuleDocument)
  /** The notifier passes it over, or part of it, for that reason. */
  | { readonly id: string; readonly invalid: string };

/** As they decide; those that do not come last. */
export function inOrder(rules: readonly ListedRule[]): readonly ListedRule[] {
  return rules.toSorted((a, b) => orderOf(a) - orderOf(b) || (a.id < b.id ? -1 : 1));
}

/** A line for each: `10 shadow-openings silent  events PositionOpened, modes shadow`. */
export function tableOf(tenant: string, rules: readonly ListedRule[]): string {
  if (rules.length === 0)
    return `${tenant} has no rule: every alert is sent. \`bellwether rules set --help\` says how one is set.\n`;
  const rows = rules.map((rule) =>
    'invalid' in rule
      ? `${'-'.padStart(6)} ${rule.id.padEnd(20)} invalid ${rule.invalid.replaceAll(/\s*\n\s*/g, ' ')}`
      : `${String(rule.order).padStart(6)} ${rule.id.padEnd(20)} ${rule.delivery.padEnd(7)} ${termsOf(rule)}`,
  );
  return `${rows.join('\n')}\n`;
}

function termsOf(rule: AlertRuleDocument): string {
  const { uid, eventTypes, severities, symbols, strategies, modes, exitReasons, channels } = rule;
  const { quietHours, grouping, updates } = rule;
  const conditions = [
    ...(uid === undefined ? [] : [`user ${uid}`]),
    ...named('events', eventTypes),
    ...named('severities', severities),
    ...named('symbols', symbols),
    ...named('strategies', strategies),
    ...named('modes', modes),
    ...named('exits by', exitReasons),
    ...named('channels', channels),
  ];
  return [
    conditions.length === 0 ? 'every alert' : conditions.join(', '),
    ...(quietHours === undefined
      ? []
      : [`quiet from ${quietHours.from} to ${quietHours.to} ${quietHours.zone}`]),
    ...(grouping === undefined ? [] : [groupingOf(grouping)]),
    ...(updates === undefined ? [] : [`updates ${updates}`]),
  ].join('; ');
}

function named(what: string, names: readonly string[] | undefined): string[] {
  return names === undefined ? [] : [`${what} ${names.join(' ')}`];
}

function groupingOf({ seconds, after }: NonNullable<AlertRuleDocument['grouping']>): string {
  return seconds === 0 ? 'no digests' : `a digest of more than ${after} within ${seconds} s`;
}

function orderOf(rule: ListedRule): number {
  return 'invalid' in rule ? Infinity : rule.order;
}
