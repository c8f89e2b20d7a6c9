import { type Frame, subscriptions } from '@bellwether/contracts';
import { eventually } from '@bellwether/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commitOf } from '../src/events/commit.fixture.ts';
import { countEvents, countTicks } from '../src/index.ts';
import { frameOf } from '../src/ticks/frame.fixture.ts';
import { type Listener, System, eventRowsOf, tickRowsOf } from './system.ts';

const epoch = 'tape-0000000001';
const next = 'tape-0000000002';
/** What may be outstanding of a shard's ticks. */
const mostFrames = 5_000;

describe('history while BigQuery is out', () => {
  let system: System;
  beforeEach(async () => {
    system = await System.start();
  });
  afterEach(async () => system.close());

  async function untilTicks(epochs: readonly string[], count: number): Promise<void> {
    await eventually(async () => expect(await countTicks(system.cloud.bigquery, { epochs })).toBe(count), {
      timeoutMs: 60_000,
    });
  }

  async function untilEvents(count: number): Promise<void> {
    await eventually(async () => expect(await countEvents(system.cloud.bigquery)).toBe(count), {
      timeoutMs: 60_000,
    });
  }

  /** Until history has been handed so many messages. */
  async function untilTaken(others: Listener, messages: number): Promise<void> {
    await eventually(() => expect(system.delivered - others.received).toBe(messages), { timeoutMs: 60_000 });
  }

  it('takes so much and no more, keeps nobody else waiting, and then catches up without loss or double', async () => {
    const history = await system.startHistory();
    const before = framesOf(epoch, 10);
    await system.publishFrames(before);
    await untilTicks([epoch], 20);
    const outage = await system.failBigQuery('before');
    const traders = system.listen(subscriptions.executorTicks(0));
    const frames = framesOf(next, 6_000);
    await system.publishFrames(frames.slice(0, 5_500));
    await untilHeard(traders, 5_510);
    await untilTaken(traders, 10 + mostFrames);
    await system.publishFrames(frames.slice(5_500));
    await untilHeard(traders, 6_010);
    expect(system.delivered - traders.received).toBe(10 + mostFrames);
    expect(await outage.struck()).toBeGreaterThan(0);
    await outage.end();
    await untilTicks([epoch, next], 12_020);
    await Promise.all([history.close(), traders.close()]);
    expect(await system.ticks()).toEqual([...before, ...frames].flatMap(tickRowsOf));
  }, 180_000);

  it('doubles nothing of what was written and not answered', async () => {
    const history = await system.startHistory();
    const outage = await system.failBigQuery('after', 'AppendRows');
    const frames = framesOf(epoch, 30);
    const commits = ['ann', 'bob'].flatMap((uid) =>
      Array.from({ length: 8 }, (_, i) => commitOf(i + 1, uid)),
    );
    await system.writeJournal(commits);
    await system.publishFrames(frames);
    await system.publishCommits(commits);
    await eventually(async () => expect(await outage.struck()).toBeGreaterThan(5), { timeoutMs: 60_000 });
    expect(await countTicks(system.cloud.bigquery, { epochs: [epoch] })).toBeGreaterThan(0);
    await outage.end();
    await Promise.all([untilTicks([epoch], 60), untilEvents(32)]);
    await history.close();
    expect(await system.ticks()).toEqual(frames.flatMap(tickRowsOf));
    expect(await system.events()).toEqual(commits.flatMap(eventRowsOf));
  }, 120_000);
});

/** Frames of two ticks each. */
function framesOf(name: string, count: number): Frame[] {
  return Array.from({ length: count }, (_, index) =>
    frameOf({
      epoch: name,
      number: index + 1,
      firstOrdinal: index * 2,
      length: 2,
      isLast: index === count - 1,
    }),
  );
}

async function untilHeard(listener: Listener, messages: number): Promise<void> {
  await eventually(() => expect(listener.received).toBe(messages), { timeoutMs: 60_000 });
}
