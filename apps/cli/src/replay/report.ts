import type { Commit, DeliveryDocument } from '@bellwether/contracts';
import { formatDecimal } from '@bellwether/domain';
import type { StoredCommit } from '@bellwether/store';
import { counted } from '../counted.ts';
import { type Execution, type RefusedAction, executionsIn } from './executions.ts';
import { toldBy } from './told.ts';

/** What `bellwether replay` found out, all of it read back from what was stored. */
export interface ReplayReport {
  readonly ticks: number;
  readonly frames: number;
  readonly seconds: number;
  readonly executions: readonly ReplayedExecution[];
  /** What triggers fired for and was not done. */
  readonly refused: readonly RefusedAction[];
  /** Ids of positions that are still open. */
  readonly open: readonly string[];
  /** Ids of triggers that are still armed. */
  readonly armed: readonly string[];
  /** Names of orders that still work. */
  readonly working: readonly string[];
  readonly firestore: { readonly reads: number; readonly writes: number; readonly deletes: number };
  readonly pubsub: { readonly messages: number; readonly bytes: number };
  /** Events of the journals. */
  readonly events: number;
  readonly bigquery: { readonly tickRows: number; readonly eventRows: number };
  readonly ledger: { readonly trades: number; readonly entries: number; readonly balanced: boolean };
  /** Events that somebody was told of, and alerts and digests that say that they may be repeats. */
  readonly discord: { readonly messages: number; readonly alerts: number; readonly possibleRepeats: number };
  /** The most memory that all processes of the run held at once, as sampled. */
  readonly peakRssBytes: number;
}

/** An execution and when it was committed, published and told: epoch milliseconds with fraction, by the cloud's clock. */
export interface ReplayedExecution extends Execution {
  readonly committedAt: number;
  /** Null for what nobody was told of. */
  readonly publishedAt: number | null;
  readonly notifiedAt: number | null;
}

/** The executions that the journals tell, in the order of their ticks. */
export function executionsOf(
  journal: readonly StoredCommit[],
  deliveryOf: (eventId: string) => DeliveryDocument | undefined,
  eventIdOf: (commit: Commit, index: number) => string,
): ReplayedExecution[] {
  const committedAt = new Map(journal.map((stored) => [stored.commit, stored.committedAt]));
  return executionsIn(committedAt.keys()).map(({ execution, commit, index }) => {
    const delivery = deliveryOf(eventIdOf(commit, toldBy(commit, index)));
    return {
      ...execution,
      committedAt: committedAt.get(commit) ?? Number.NaN,
      publishedAt: delivery?.publishedAt ?? null,
      notifiedAt: delivery?.sentAt ?? null,
    };
  });
}

/** The report in a few lines, for a person. */
export function summaryOf(report: ReplayReport): string {
  const { ticks, frames, seconds, executions, ledger, bigquery, discord } = report;
  const lag = executions
    .flatMap(({ committedAt, notifiedAt }) => (notifiedAt === null ? [] : notifiedAt - committedAt))
    .toSorted((a, b) => a - b);
  const at = (share: number): string =>
    formatDecimal({ units: BigInt(Math.round((lag[Math.floor(lag.length * share)] ?? 0) * 10)), scale: 1 });
  return [
    `${counted(ticks, 'tick')} in ${counted(frames, 'frame')}, ${seconds.toFixed(1)} s`,
    outcomeOf(report),
    `ledger: ${counted(ledger.trades, 'trade')}, ${counted(ledger.entries, 'entry', 'entries')}, ${ledger.balanced ? 'balanced' : 'NOT BALANCED'}`,
    `BigQuery: ${counted(bigquery.tickRows, 'tick row')}, ${counted(bigquery.eventRows, 'event row')}`,
    `Discord: ${counted(discord.alerts, 'alert')} in ${counted(discord.messages, 'message')}; commit to alert p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    `peak memory of all processes ${Math.round(report.peakRssBytes / 1024 / 1024)} MiB`,
  ].join('\n');
}

/** What executed and what is left, in one line. */
export function outcomeOf({
  executions,
  open,
  armed,
}: {
  readonly executions: readonly Pick<Execution, 'reason'>[];
  readonly open: readonly string[];
  readonly armed: readonly string[];
}): string {
  const byReason = new Map<string, number>();
  for (const { reason } of executions) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  const reasons = [...byReason].map(([reason, times]) => `${reason} ${times}`).join(', ');
  return `${counted(executions.length, 'execution')}${reasons === '' ? '' : ` (${reasons})`}, ${counted(open.length, 'position')} open, ${counted(armed.length, 'trigger')} armed`;
}
