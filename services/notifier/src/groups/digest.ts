import { type Decimal, add, decimal, formatDecimal, invariant } from '@bellwether/domain';
import { describeNotice } from '../messages/describe-notice.ts';
import { closedBy, signed, utc } from '../messages/wording.ts';
import { alertFactsOf, severityOf } from '../notices/alert-facts.ts';
import { alertTypes } from '../notices/alert-types.ts';
import { inJournalOrder } from '../notices/journal-order.ts';
import type { Notice } from '../notices/notice.ts';
import type { Severity } from '../rules/alert-rule.ts';
import { ranges } from './ranges.ts';

const mostLines = 15;
const mostNamed = 8;
const severities: readonly Severity[] = ['critical', 'warning', 'success', 'info'];

/**
 * The notice that tells many, at least one, in one: how many of what, what they came to, the first of them in the order of
 * `inDigestOrder`, and where all of them stand in the journals.
 *
 * @param repeats how many of them may have been told before.
 */
export function digestOf(notices: readonly Notice[], repeats = 0): Notice {
  const [first] = notices;
  invariant(first, 'a digest of nothing');
  const severity =
    severities.find((each) => notices.some(({ event }) => severityOf(event) === each)) ?? 'info';
  const symbols = counts(notices, (notice) => alertFactsOf(notice).symbol);
  const times = notices.map(({ committedAt }) => committedAt);
  const isShadow = notices.every((notice) => describeNotice(notice).isShadow);
  const pnl = resultOf(notices);
  const details = [
    ['Alerts', String(notices.length)],
    ['P&L', pnl],
    ['By symbol', named(symbols)],
    ['By strategy', named(counts(notices, (notice) => alertFactsOf(notice).strategy))],
    ['Closed by', named(counts(notices, exitReasonOf))],
    ['Accounts', accountsOf(notices)],
    ['Possible repeats', repeats === 0 ? '' : String(repeats)],
    ['First', utc(Math.floor(Math.min(...times)))],
    ['Last', utc(Math.floor(Math.max(...times)))],
  ] as const;
  const { tenant } = first;
  return {
    eventId: `digest:${first.eventId}`,
    tenant,
    uid: '',
    accountId: '',
    seq: 0,
    traceId: '',
    committedAt: Math.max(...times),
    event: {
      type: 'Told',
      of: 'AlertsGrouped',
      subjectId: symbols.size === 1 ? ([...symbols.keys()][0] ?? '') : howMany(notices.length, 0),
      severity,
      headline: `${howMany(notices.length, repeats)}: ${named(counts(notices, whatOf))}${pnl === '' ? '' : `, ${pnl}`}`,
      details: details.flatMap(([name, value]) => (value === '' ? [] : { name, value })),
      lines: linesOf(notices),
      ...(isShadow ? { isShadow } : {}),
    },
  };
}

/** Failed actions first, then protective exits, other exits, and all else; each by its commits, in the order of their events. */
export function inDigestOrder(a: Notice, b: Notice): number {
  return urgencyOf(a) - urgencyOf(b) || a.committedAt - b.committedAt || inJournalOrder(a, b);
}

function urgencyOf({ event }: Notice): number {
  if (severityOf(event) === 'critical') return 0;
  if (event.type !== 'PositionClosed' && event.type !== 'PositionReduced') return 3;
  return event.reason === 'stopLoss' || event.reason === 'trailingStop' ? 1 : 2;
}

/** `BTC-USDT long closed by stop -42.1 USDT · u1.main:0000000012:1`, and how many more. */
function linesOf(notices: readonly Notice[]): string[] {
  const lines = notices
    .slice(0, mostLines)
    .map((notice) => `${describeNotice(notice).headline.slice(0, 160)} · ${notice.eventId}`);
  const rest = notices.length - lines.length;
  return rest === 0 ? lines : [...lines, `and ${rest} more`];
}

/** Realized P&L by currency, `-12 USDT, +3 EUR`; empty where nothing was closed. */
function resultOf(notices: readonly Notice[]): string {
  const sums = new Map<string, Decimal>();
  for (const { event } of notices)
    if (event.type === 'PositionClosed' || event.type === 'PositionReduced') {
      const sum = sums.get(event.currency);
      const own = decimal(event.realizedPnl);
      sums.set(event.currency, sum === undefined ? own : add(sum, own));
    }
  return [...sums].map(([currency, sum]) => `${signed(formatDecimal(sum))} ${currency}`).join(', ');
}

/** Of which accounts, and where in their journals: `u1.main 12-15, u2.main 3, and 7 more`. */
function accountsOf(notices: readonly Notice[]): string {
  const seqs = new Map<string, number[]>();
  for (const { accountId, seq } of notices)
    if (accountId !== '') seqs.set(accountId, [...(seqs.get(accountId) ?? []), seq]);
  const told = [...seqs].slice(0, mostNamed).map(([account, all]) => `${account} ${ranges(all)}`);
  const rest = seqs.size - told.length;
  return [...told, ...(rest === 0 ? [] : [`and ${rest} more`])].join(', ');
}

function howMany(alerts: number, repeats: number): string {
  const all = alerts === 1 ? '1 alert' : `${alerts} alerts`;
  return repeats === alerts ? `${all} that may have been told before` : all;
}

function whatOf({ event }: Notice): string {
  return alertTypes[event.type === 'Told' ? event.of : event.type];
}

function exitReasonOf({ event }: Notice): string | undefined {
  const isExit = event.type === 'PositionClosed' || event.type === 'PositionReduced';
  return isExit ? closedBy[event.reason] : undefined;
}

function counts(
  notices: readonly Notice[],
  nameOf: (notice: Notice) => string | undefined,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const notice of notices) {
    const name = nameOf(notice);
    if (name !== undefined) found.set(name, (found.get(name) ?? 0) + 1);
  }
  return found;
}

/** The most frequent first: `BTC-USDT 500, SPY 3, and 2 more`. */
function named(found: ReadonlyMap<string, number>): string {
  const sorted = [...found].toSorted(([a, times], [b, others]) => others - times || (a < b ? -1 : 1));
  const told = sorted.slice(0, mostNamed).map(([name, times]) => `${name.slice(0, 40)} ${times}`);
  const rest = sorted.length - told.length;
  return [...told, ...(rest === 0 ? [] : [`and ${rest} more`])].join(', ');
}
