import type { ServiceMetrics } from '@bellwether/observability';
import type { BookingCounts } from './books/booking-counts.ts';
import type { VerificationSchedule } from './schedule/verification-schedule.ts';

/** Tells what a ledger books, and what its last verification came to. */
export function measureLedger(
  metrics: ServiceMetrics,
  counts: BookingCounts,
  verified: () => VerificationSchedule['last'],
): void {
  const count = (name: string, help: string, read: () => number): void =>
    metrics.counter({ name, help, read });
  count('bellwether_commits_booked_total', 'Commits that were booked.', () => counts.commits);
  count('bellwether_events_booked_total', 'Events of these commits.', () => counts.events);
  count('bellwether_entries_booked_total', 'Ledger entries that were written.', () => counts.entries);
  count('bellwether_trades_booked_total', 'Trades that were written.', () => counts.trades);
  count('bellwether_bookings_total', 'Batches in which commits were booked.', () => counts.batches);
  count(
    'bellwether_bookings_retried_total',
    'Batches that failed, so that the books were read again.',
    () => counts.retries,
  );
  count(
    'bellwether_commits_healed_total',
    'Commits that no message had brought, read from the journal.',
    () => counts.healed,
  );
  metrics.gauge({
    name: 'bellwether_verified_accounts',
    help: 'Accounts that the last verification looked at.',
    read: () => verified()?.accounts ?? 0,
  });
  metrics.gauge({
    name: 'bellwether_verified_differences',
    help: 'Differences that the last verification found.',
    read: () => verified()?.differences ?? 0,
  });
}
