import { type Frame, paths } from '@bellwether/contracts';
import { eventually } from '@bellwether/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { countTicks } from '../src/index.ts';
import { frameOf } from '../src/ticks/frame.fixture.ts';
import { System, tickRowsOf } from './system.ts';

const epoch = 'tape-0000000001';

describe('history of ticks', () => {
  let system: System;
  beforeEach(async () => {
    system = await System.start();
  });
  afterEach(async () => {
    await system.close();
  });

  async function untilCounted(epochs: readonly string[], count: number): Promise<void> {
    await eventually(async () => expect(await countTicks(system.cloud.bigquery, { epochs })).toBe(count));
  }

  it('holds each tick once, in order, of frames that come in any order and twice', async () => {
    const history = await system.startHistory();
    const frames = [0, 1].flatMap((shard) => framesOf(shard, epoch, 20));
    await system.publishFrames(frames.filter((_, index) => index % 3 === 0).toReversed());
    await system.publishFrames(frames.toReversed());
    await system.publishFrames(frames);
    await untilCounted([epoch], 2 * 20 * 10);
    await history.close();
    expect(await system.ticks()).toEqual(frames.flatMap(tickRowsOf));
  });

  it('goes on after a restart, whatever is delivered again', async () => {
    const frames = framesOf(0, epoch, 30);
    const first = await system.startHistory();
    await system.publishFrames(frames.slice(0, 15));
    await untilCounted([epoch], 150);
    await first.close();
    await system.publishFrames([...frames.slice(10, 25), ...frames.slice(3, 6)].toReversed());
    const second = await system.startHistory();
    await untilCounted([epoch], 250);
    await system.publishFrames(frames.slice(20));
    await untilCounted([epoch], 300);
    await second.close();
    expect(await system.ticks()).toEqual(frames.flatMap(tickRowsOf));
  });

  it('keeps a write stream per shard and epoch', async () => {
    const history = await system.startHistory();
    const next = 'tape-0000000002';
    const frames = [...framesOf(0, epoch, 3), ...framesOf(0, next, 3), ...framesOf(1, next, 3)];
    await system.publishFrames(frames.toReversed());
    await untilCounted([epoch, next], 90);
    await history.close();
    expect(await system.ticks()).toEqual(frames.flatMap(tickRowsOf));
    const documents = await Promise.all(
      [`ticks-00-${epoch}`, `ticks-00-${next}`, `ticks-01-${next}`].map(async (name) =>
        system.cloud.firestore.doc(paths.historyStream(name)).get(),
      ),
    );
    const streams = documents.map((document): unknown => document.get('streams'));
    for (const each of streams) expect(each).toEqual([{ writeStream: expect.any(String), firstOrdinal: 0 }]);
    expect(new Set(streams.map((each) => JSON.stringify(each))).size).toBe(3);
  });

  it('lets two processes share a subscription', async () => {
    const [one, other] = await Promise.all([system.startHistory(), system.startHistory()]);
    const frames = framesOf(0, epoch, 40);
    await system.publishFrames([...frames, ...frames]);
    await untilCounted([epoch], 400);
    await Promise.all([one.close(), other.close()]);
    expect(await system.ticks()).toEqual(frames.flatMap(tickRowsOf));
  });

  it('puts a message that is no frame into quarantine', async () => {
    const history = await system.startHistory();
    const { pubsub, firestore } = system.cloud;
    const id = await pubsub.topic('ticks-00').publishMessage({ data: Buffer.from('no frame') });
    await eventually(async () => {
      const kept = await firestore.doc(paths.quarantine('history.ticks-00', id)).get();
      expect(kept.get('reason')).toBe('not a frame');
    });
    await history.close();
  });
});

/** Frames of ten ticks each, the last of them marked. */
function framesOf(shard: number, name: string, count: number): Frame[] {
  return Array.from({ length: count }, (_, index) =>
    frameOf({
      shard,
      epoch: name,
      number: index + 1,
      firstOrdinal: index * 10,
      length: 10,
      isLast: index === count - 1,
    }),
  );
}
