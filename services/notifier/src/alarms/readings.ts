import type { BatchPerformanceDocument, ShardDocument } from '@bellwether/contracts';
import { utc } from '../messages/wording.ts';
import type { Reading } from './alarm.ts';

/** What is stored of how the system is doing. */
export interface Stored {
  /** By shard name. */
  readonly shards: ReadonlyMap<string, ShardDocument>;
  readonly performance: BatchPerformanceDocument | undefined;
  /** Messages in quarantine. */
  readonly quarantined: number;
  /** Alerts of all tenants that no channel took, and that nobody has retried or discarded. */
  readonly dead: number;
}

/** Batches that wait: then a process writes as fast as it may. */
const manyWaiting = 100;

/** Since when a shard's place has not moved, as one process has seen it. */
export class ShardProgress {
  readonly #seen = new Map<string, { readonly place: string; readonly since: number }>();

  /** Epoch milliseconds. */
  stillSince(shard: string, { checkpoint }: ShardDocument, now: number): number {
    const place = `${checkpoint?.epoch ?? ''} ${checkpoint?.frame ?? 0}`;
    const seen = this.#seen.get(shard);
    if (seen?.place === place) return seen.since;
    this.#seen.set(shard, { place, since: now });
    return now;
  }
}

/**
 * How feeds, writes and quarantine are.
 *
 * @param now epoch milliseconds.
 * @param silentMs a shard without a frame for so long has no feed.
 */
export function readingsOf(
  { shards, performance, quarantined, dead }: Stored,
  progress: ShardProgress,
  { now, silentMs }: { readonly now: number; readonly silentMs: number },
): Reading[] {
  return [
    ...[...shards].map(([name, shard]) =>
      feedReading(name, shard, progress.stillSince(name, shard, now), now, silentMs),
    ),
    ...Object.entries(performance?.processes ?? {}).map(([name, report]): Reading => {
      const isOpen = report.state !== 'closed';
      const about = isOpen ? 'is refused writes for lack of quota' : 'writes as fast as its limit allows';
      return {
        name: `writes-${name}`,
        isRaised: isOpen || report.waiting >= manyWaiting,
        severity: isOpen ? 'critical' : 'warning',
        headline: `${name} ${about}: ${report.waiting} batches wait`,
        details: [
          { name: 'Process', value: name },
          { name: 'Breaker', value: report.state },
          { name: 'Profile', value: report.profile },
          { name: 'Refused by Firestore', value: String(report.exhausted) },
          { name: 'Shed', value: String(report.shed) },
          { name: 'Reported', value: utc(report.reportedAt) },
        ],
        over: `${name} writes freely again`,
      };
    }),
    {
      name: 'quarantine',
      isRaised: quarantined > 0,
      count: quarantined,
      severity: 'critical',
      headline: `${quarantined} messages are in quarantine: they cannot be read`,
      details: [{ name: 'Messages', value: String(quarantined) }],
    },
    {
      name: 'dead-alerts',
      isRaised: dead > 0,
      count: dead,
      severity: 'warning',
      headline: `${dead} alerts are dead: no channel took them`,
      details: [
        { name: 'Alerts', value: String(dead) },
        { name: 'Why', value: 'bellwether dlq groups' },
      ],
    },
  ];
}

function feedReading(
  name: string,
  { checkpoint }: ShardDocument,
  since: number,
  now: number,
  silentMs: number,
): Reading {
  const isExpected = checkpoint !== undefined && !checkpoint.isEpochOver;
  return {
    name: `feed-${name}`,
    isRaised: isExpected && now - since >= silentMs,
    severity: 'critical',
    headline: `Shard ${name} gets no ticks: nothing of it fires`,
    details: [
      { name: 'Epoch', value: checkpoint?.epoch ?? '' },
      { name: 'Last frame', value: String(checkpoint?.frame ?? 0) },
      { name: 'Silent since', value: utc(Math.floor(since)) },
    ],
    over: `Shard ${name} gets ticks again`,
  };
}
