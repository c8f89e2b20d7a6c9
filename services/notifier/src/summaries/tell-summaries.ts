import type { ToldDocument } from '@bellwether/contracts';
import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Channel } from '../channels/channel.ts';
import type { Notice } from '../notices/notice.ts';
import { type SummaryPeriod, type SummaryTerms, lastDuePeriod } from './summary-period.ts';

/** A summary that a tenant wants. */
export interface WantedSummary extends SummaryTerms {
  readonly tenant: string;
  readonly id: string;
  /** Since when, epoch milliseconds: what was due before is not told. */
  readonly wantedSince: number;
}

export interface TellSummariesPorts {
  readonly wanted: () => Iterable<WantedSummary>;
  readonly channelsOf: (tenant: string) => Promise<readonly Channel[]>;
  /** Whether the alert is claimed already. */
  readonly isClaimed: (tenant: string, eventId: string, channelId: string) => Promise<boolean>;
  readonly summarise: (tenant: string, of: 'day' | 'week', period: SummaryPeriod) => Promise<ToldDocument>;
  readonly deliver: (notice: Notice, channel: Channel, publishedAt: number) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Tells tenants at the times that they want what they traded, each period once: the alert's claim bears its name, whichever
 * notifier comes first. What was due while none ran is told at the next look, the last period alone.
 */
export class TellSummaries {
  readonly #ports: TellSummariesPorts;
  /** By summary, the first day of the period that was told last. */
  readonly #told = new Map<string, string>();

  constructor(ports: TellSummariesPorts) {
    this.#ports = ports;
  }

  /** Tells what is due and has not been told. */
  async look(): Promise<void> {
    const { wanted, clock, logger } = this.#ports;
    for (const summary of Array.from(wanted())) {
      const period = lastDuePeriod(summary, clock.now());
      const key = `${summary.tenant}/${summary.id}`;
      if (period.dueAt < summary.wantedSince || this.#told.get(key) === period.first) continue;
      try {
        await this.#tell(summary, period);
        this.#told.set(key, period.first);
      } catch (error) {
        const fields = { err: error, tenant: summary.tenant, summary: summary.id, period: period.first };
        logger.warn(fields, 'a summary is not told; it is tried again');
      }
    }
  }

  async #tell({ tenant, id, period: of }: WantedSummary, period: SummaryPeriod): Promise<void> {
    const { channelsOf, isClaimed, summarise, deliver, clock } = this.#ports;
    const eventId = `summary:${id}:${period.first}`;
    const left: Channel[] = [];
    for (const channel of await channelsOf(tenant))
      if (!(await isClaimed(tenant, eventId, channel.id))) left.push(channel);
    if (left.length === 0) return;
    const words = await summarise(tenant, of, period);
    const notice: Notice = {
      eventId,
      tenant,
      uid: '',
      accountId: '',
      seq: 0,
      traceId: '',
      committedAt: period.dueAt,
      event: { ...words, type: 'Told', of: of === 'day' ? 'DaySummarized' : 'WeekSummarized', subjectId: id },
    };
    await Promise.all(left.map(async (channel) => deliver(notice, channel, clock.now())));
  }
}
