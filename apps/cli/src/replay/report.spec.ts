import { type Commit, type DeliveryDocument, eventId } from '@bellwether/contracts';
import type { AccountEvent, TickReference } from '@bellwether/domain';
import type { StoredCommit } from '@bellwether/store';
import { Timestamp } from '@google-cloud/firestore';
import { describe, expect, it } from '@jest/globals';
import { type ReplayReport, type ReplayedExecution, executionsOf, summaryOf } from './report.ts';

const tickAt = (exchangeAt: number, ordinal = exchangeAt): TickReference => ({
  symbol: 'SPY',
  venue: 'P',
  epoch: 'replay-0000000001',
  ordinal,
  series: 'trade',
  price: '13.8',
  exchangeAt,
  receivedAt: 0,
});

function closed(positionId: string, tick: TickReference): AccountEvent {
  return {
    type: 'PositionClosed',
    positionId,
    symbol: 'SPY',
    side: 'long',
    quantity: '5',
    entryPrice: '13.83',
    exitPrice: '13.8',
    currency: 'USD',
    realizedPnl: '-0.15',
    reason: 'stopLoss',
    openedAt: 0,
    closedAt: tick.exchangeAt,
    tick,
  };
}

function fired(triggerId: string, tick: TickReference): AccountEvent {
  const when = { kind: 'price', direction: 'below', price: '13.8' } as const;
  return { type: 'TriggerFired', triggerId, symbol: 'SPY', when, tick, late: false, lagMs: 1 };
}

function stored(uid: string, seq: number, ...events: AccountEvent[]): StoredCommit {
  const commit: Commit = {
    schema: 2,
    tenant: 'replay',
    uid,
    accountId: `${uid}.main`,
    seq,
    commitId: '',
    cause: { kind: 'frame', shard: 0, epoch: 'replay-0000000001', number: 1 },
    events,
    traceparent: '',
    previousHash: '',
    hash: '',
  };
  return { commit, committedAt: 100.25, commitTime: Timestamp.fromMillis(100) };
}

const eventIdOf = ({ accountId, seq }: Commit, index: number) => eventId(accountId, seq, index);

/** Only what a report reads of a delivery. */
const delivered = (id: string): DeliveryDocument => ({
  eventId: id,
  shard: 0,
  channelId: 'discord',
  accountId: 'ann.main',
  uid: 'ann',
  seq: 1,
  eventType: 'PositionClosed',
  subjectId: 'p1',
  status: 'sent',
  attempts: 1,
  possibleRepeat: false,
  traceId: '',
  committedAt: 100.25,
  publishedAt: 101.5,
  sentAt: 102.75,
  claimedAt: 102,
});

describe('the executions of a replay', () => {
  it('are the closed positions and the fired triggers of the journals, with their times', () => {
    const journal = [
      stored('ann', 1, { type: 'AccountOpened', tenant: 'replay', uid: 'ann', accountId: 'ann.main' }),
      stored('ann', 2, closed('p1', tickAt(7)), fired('t1', tickAt(8))),
    ];
    const common = { uid: 'ann', journalSeq: 2, committedAt: 100.25, publishedAt: 101.5, notifiedAt: 102.75 };
    expect(executionsOf(journal, delivered, eventIdOf)).toEqual([
      {
        ...common,
        id: 'p1',
        reason: 'stopLoss',
        tick: { tsMs: 7, symbol: 'SPY', price: '13.8' },
        fillPrice: '13.8',
        quantity: '5',
        realizedPnl: '-0.15',
      },
      {
        ...common,
        id: 't1',
        reason: 'trigger',
        tick: { tsMs: 8, symbol: 'SPY', price: '13.8' },
        fillPrice: null,
        quantity: null,
        realizedPnl: null,
      },
    ]);
  });

  it('look up the delivery of their own event', () => {
    const asked: string[] = [];
    const journal = [stored('ann', 3, fired('t1', tickAt(1)), closed('p1', tickAt(1)))];
    executionsOf(
      journal,
      (id) => {
        asked.push(id);
        return undefined;
      },
      eventIdOf,
    );
    expect(asked.toSorted()).toEqual(['ann.main:0000000003:0', 'ann.main:0000000003:1']);
  });

  it('stand in the order of their ticks, then of their ids, whatever the order of the journals', () => {
    const journal = [
      stored('ann', 2, closed('p9', tickAt(5, 50)), closed('p3', tickAt(5, 40))),
      stored('bob', 1, fired('t2', tickAt(5, 50)), fired('t1', tickAt(4, 60))),
    ];
    for (const commits of [journal, journal.toReversed()]) {
      const found = executionsOf(commits, () => undefined, eventIdOf);
      expect(found.map(({ id }) => id)).toEqual(['t1', 'p3', 'p9', 't2']);
    }
  });
});

function execution(
  reason: ReplayedExecution['reason'],
  committedAt: number,
  notifiedAt: number | null,
): ReplayedExecution {
  return {
    id: 'p1',
    uid: 'ann',
    reason,
    tick: { tsMs: 1, symbol: 'SPY', price: '13.8' },
    fillPrice: '13.8',
    quantity: '5',
    realizedPnl: '-0.15',
    journalSeq: 2,
    committedAt,
    publishedAt: notifiedAt,
    notifiedAt,
  };
}

describe('the summary of a replay', () => {
  const report: ReplayReport = {
    ticks: 641_921,
    frames: 1_254,
    seconds: 12.345,
    executions: [],
    open: ['p2'],
    armed: ['t2', 't3'],
    working: [],
    refused: [],
    firestore: { reads: 1, writes: 2, deletes: 3 },
    pubsub: { messages: 4, bytes: 5 },
    bigquery: { tickRows: 641_921, eventRows: 7 },
    ledger: { trades: 2, entries: 3, balanced: true },
    events: 7,
    discord: { messages: 2, alerts: 3, possibleRepeats: 0 },
    peakRssBytes: 512 * 1024 * 1024,
  };

  it('says in six lines what happened', () => {
    const executions = [
      ...Array.from({ length: 98 }, (_, i) => execution('stopLoss', 0, i + 1)),
      execution('trigger', 0, 98.96),
      execution('stopLoss', 0, 200),
    ];
    expect(summaryOf({ ...report, executions }).split('\n')).toEqual([
      '641,921 ticks in 1,254 frames, 12.3 s',
      '100 executions (stopLoss 99, trigger 1), 1 position open, 2 triggers armed',
      'ledger: 2 trades, 3 entries, balanced',
      'BigQuery: 641,921 tick rows, 7 event rows',
      'Discord: 3 alerts in 2 messages; commit to alert p50 51 ms, p99 200 ms',
      'peak memory of all processes 512 MiB',
    ]);
  });

  it('has nothing to count when nothing executed', () => {
    const [, executions, , , discord] = summaryOf(report).split('\n');
    expect(executions).toBe('0 executions, 1 position open, 2 triggers armed');
    expect(discord).toBe('Discord: 3 alerts in 2 messages; commit to alert p50 0 ms, p99 0 ms');
  });

  it('leaves what was never delivered out of the times', () => {
    const executions = [execution('stopLoss', 1, null), execution('stopLoss', 1, 4)];
    expect(summaryOf({ ...report, executions })).toContain('p50 3 ms, p99 3 ms');
  });

  it('says loudly that the books do not balance', () => {
    const ledger = { ...report.ledger, balanced: false };
    expect(summaryOf({ ...report, ledger })).toContain('ledger: 2 trades, 3 entries, NOT BALANCED');
  });
});
