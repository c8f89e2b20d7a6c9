import { dayAt, instantOf, nameOf, plusDays, weekdayOf } from './zoned-time.ts';

/** When a summary is told, and of what. */
export interface SummaryTerms {
  readonly period: 'day' | 'week';
  /** IANA, such as `Europe/Berlin`. */
  readonly zone: string;
  /** Time of day, `HH:MM`. */
  readonly at: string;
}

/** A day, or a week from Monday on, of a calendar in a zone. */
export interface SummaryPeriod {
  /** Its first and last day, `2026-11-27`. */
  readonly first: string;
  readonly last: string;
  /** Epoch milliseconds: from, and before. */
  readonly from: number;
  readonly before: number;
  /** When it is to be told. */
  readonly dueAt: number;
}

/** The last whole period whose time to be told has come: the day before, told at `at`, or the week before, on Mondays. */
export function lastDuePeriod({ period, zone, at }: SummaryTerms, now: number): SummaryPeriod {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const length = period === 'day' ? 1 : 7;
  const today = dayAt(now, zone);
  let due = period === 'day' ? today : plusDays(today, -weekdayOf(today));
  if (instantOf(due, hours * 60 + minutes, zone) > now) due = plusDays(due, -length);
  const first = plusDays(due, -length);
  return {
    first: nameOf(first),
    last: nameOf(plusDays(due, -1)),
    from: instantOf(first, 0, zone),
    before: instantOf(due, 0, zone),
    dueAt: instantOf(due, hours * 60 + minutes, zone),
  };
}

/** When the next whole period is to be told, epoch milliseconds after `now`. */
export function nextDueAt(terms: SummaryTerms, now: number): number {
  const { period, zone, at } = terms;
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const { first } = lastDuePeriod(terms, now);
  const [year = 0, month = 1, day = 1] = first.split('-').map(Number);
  const next = plusDays({ year, month, day }, period === 'day' ? 2 : 14);
  return instantOf(next, hours * 60 + minutes, zone);
}
