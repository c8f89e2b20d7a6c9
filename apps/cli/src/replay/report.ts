import type { Commit, DeliveryDocument } from '@bellwether/contracts';
import { type AccountEvent, type ExitReason, formatDecimal } from '@bellwether/domain';
import type { StoredCommit } from '@bellwether/store';

/** What `bellwether replay` found out, all of it read back from what was stored. */
export interface ReplayReport {
  readonly ticks: number;
  readonly frames: number;
  readonly seconds: number;
  readonly executions: readonly Execution[];
  /** Ids of positions that are still open. */
  readonly open: readonly string[];
  /** Ids of triggers that are still armed. */
  readonly armed: readonly string[];
  readonly firestore: { readonly reads: number; readonly writes: number; readonly deletes: number };
  readonly pubsub: { readonly messages: number; readonly bytes: number };
  readonly bigquery: { readonly tickRows: number; readonly eventRows: number };
  readonly ledger: { readonly trades: number; readonly entries: number; readonly balanced: boolean };
  readonly discord: { readonly messages: number };
  /** The most memory that all processes of the run held at once, as sampled. */
  readonly peakRssBytes: number;
}

/** One exit or trigger. Times are epoch milliseconds with fraction, all from the cloud's clock. */
export interface Execution {
  readonly id: string;
  readonly uid: string;
  readonly reason: ExitReason | 'trigger';
  readonly tick: { readonly tsMs: number; readonly symbol: string; readonly price: string };
  /** Null for a trigger, which fills nothing. */
  readonly fillPrice: string | null;
  readonly realizedPnl: string | null;
  readonly journalSeq: number;
  readonly committedAt: number;
  readonly publishedAt: number;
  readonly notifiedAt: number;
}

/** The executions that the journals tell, in the order of their ticks. */
export function executionsOf(
  journal: readonly StoredCommit[],
  deliveryOf: (eventId: string) => DeliveryDocument | undefined,
  eventIdOf: (commit: Commit, index: number) => string,
): Execution[] {
  const found: { execution: Execution; ordinal: number }[] = [];
  for (const { commit, committedAt } of journal) {
    for (const [index, event] of commit.events.entries()) {
      const result = resultOf(event);
      if (result === undefined) continue;
      const delivery = deliveryOf(eventIdOf(commit, index));
      const { tick } = result;
      const execution: Execution = {
        id: result.id,
        uid: commit.uid,
        reason: result.reason,
        tick: { tsMs: tick.exchangeAt, symbol: tick.symbol, price: tick.price },
        fillPrice: result.fillPrice,
        realizedPnl: result.realizedPnl,
        journalSeq: commit.seq,
        committedAt,
        publishedAt: delivery?.publishedAt ?? Number.NaN,
        notifiedAt: delivery?.sentAt ?? Number.NaN,
      };
      found.push({ execution, ordinal: tick.ordinal });
    }
  }
  return found
    .toSorted(
      (a, b) =>
        a.execution.tick.tsMs - b.execution.tick.tsMs ||
        a.ordinal - b.ordinal ||
        (a.execution.id < b.execution.id ? -1 : 1),
    )
    .map(({ execution }) => execution);
}

function resultOf(event: AccountEvent) {
  if (event.type === 'PositionClosed') {
    const { positionId: id, reason, exitPrice: fillPrice, realizedPnl, tick } = event;
    if (tick === undefined) return undefined;
    return { id, reason, fillPrice, realizedPnl, tick };
  }
  if (event.type === 'TriggerFired')
    return {
      id: event.triggerId,
      reason: 'trigger',
      fillPrice: null,
      realizedPnl: null,
      tick: event.tick,
    } as const;
  return undefined;
}

/** The report in a few lines, for a person. */
export function summaryOf(report: ReplayReport): string {
  const { ticks, frames, seconds, executions, ledger, bigquery, discord } = report;
  const count = new Intl.NumberFormat('en-US');
  const byReason = new Map<string, number>();
  for (const { reason } of executions) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  const reasons = [...byReason].map(([reason, times]) => `${reason} ${times}`).join(', ');
  const lag = executions
    .map(({ committedAt, notifiedAt }) => notifiedAt - committedAt)
    .filter((milliseconds) => Number.isFinite(milliseconds))
    .toSorted((a, b) => a - b);
  const at = (share: number): string =>
    formatDecimal({ units: BigInt(Math.round((lag[Math.floor(lag.length * share)] ?? 0) * 10)), scale: 1 });
  return [
    `${count.format(ticks)} ticks in ${count.format(frames)} frames, ${seconds.toFixed(1)} s`,
    `${executions.length} executions${reasons === '' ? '' : ` (${reasons})`}, ${report.open.length} positions open, ${report.armed.length} triggers armed`,
    `ledger: ${ledger.trades} trades, ${ledger.entries} entries, ${ledger.balanced ? 'balanced' : 'NOT BALANCED'}`,
    `BigQuery: ${count.format(bigquery.tickRows)} tick rows, ${count.format(bigquery.eventRows)} event rows`,
    `Discord: ${discord.messages} messages; commit to alert p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
    `peak memory of all processes ${Math.round(report.peakRssBytes / 1024 / 1024)} MiB`,
  ].join('\n');
}
