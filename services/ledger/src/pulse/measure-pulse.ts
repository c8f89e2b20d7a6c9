import type { ServiceMetrics } from '@bellwether/observability';
import type { PulseBook } from './pulse-book.ts';
import type { PulseStream } from './pulse-stream.ts';

/** Tells what a pulse marks to market, and for how many. */
export function measurePulse(
  metrics: ServiceMetrics,
  book: Pick<PulseBook, 'positions' | 'accounts'>,
  stream: Pick<PulseStream, 'subscribers'>,
): void {
  const gauge = (name: string, help: string, read: () => number): void => metrics.gauge({ name, help, read });
  gauge('bellwether_positions_marked', 'Open positions that are marked to market.', () => book.positions);
  gauge('bellwether_accounts_marked', 'Accounts that the pulse knows.', () => book.accounts.length);
  gauge('bellwether_pulse_subscribers', 'Who looks at the pulse now.', () => stream.subscribers);
}
