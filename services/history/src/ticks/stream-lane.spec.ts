import type { Frame } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Appender } from '../bigquery/append-connection.ts';
import { encodeTicks } from './encode-ticks.ts';
import { FakeStream } from './fake-stream.fixture.ts';
import { frameOf } from './frame.fixture.ts';
import { type Gap, type LaneLimits, StreamLane } from './stream-lane.ts';

interface Lane {
  readonly lane: StreamLane;
  readonly gaps: Gap[];
  readonly offer: (frame: Frame) => Promise<void>;
}

function open(
  stream: Appender,
  options: { isNew: boolean; firstOrdinal?: number; limits?: Partial<LaneLimits> },
): Lane {
  const gaps: Gap[] = [];
  const lane = new StreamLane({
    appender: stream,
    firstOrdinal: 0,
    onGap: (gap) => {
      gaps.push(gap);
      for (const { reject } of lane.takeWaiting()) reject(new Error('gap'));
    },
    ...options,
    limits: { retryMs: { first: 1, longest: 2 }, ...options.limits },
  });
  const offer = (frame: Frame) =>
    new Promise<void>((resolve, reject) => lane.offer({ frame, resolve, reject }));
  return { lane, gaps, offer };
}

/** So many frames of 1 to 5 ticks, one after another. */
function framesOf(count: number, firstOrdinal = 0): Frame[] {
  const frames: Frame[] = [];
  for (let number = 1, ordinal = firstOrdinal; number <= count; number += 1) {
    const frame = frameOf({ number, firstOrdinal: ordinal, length: 1 + (number % 5) });
    frames.push(frame);
    ordinal += frame.length;
  }
  return frames;
}

const rowsOf = (frames: readonly Frame[]) => frames.flatMap(encodeTicks).map((row) => Buffer.from(row));
const stored = (stream: FakeStream) => stream.rows.map((row) => Buffer.from(row));

describe('StreamLane', () => {
  it('appends in order what arrives in any order, several frames at a time', async () => {
    const stream = new FakeStream();
    const { offer } = open(stream, { isNew: true });
    const frames = framesOf(40);
    await Promise.all(frames.toReversed().map(offer));
    expect(stored(stream)).toEqual(rowsOf(frames));
    expect(stream.appends).toBe(1);
  });

  it('bounds the rows of an append', async () => {
    const stream = new FakeStream();
    const { offer } = open(stream, { isNew: true, limits: { rowsPerAppend: 10 } });
    const frames = framesOf(40);
    await Promise.all(frames.toReversed().map(offer));
    expect(stored(stream)).toEqual(rowsOf(frames));
    expect(stream.appends).toBeGreaterThan(8);
  });

  it('drops what was appended before it started, and goes on after it', async () => {
    const stream = new FakeStream();
    const frames = framesOf(20);
    await Promise.all(frames.slice(0, 12).map(open(stream, { isNew: true }).offer));
    const { offer } = open(stream, { isNew: false });
    await Promise.all(frames.slice(8).toReversed().map(offer));
    expect(stored(stream)).toEqual(rowsOf(frames));
  });

  it('appends the rest frame by frame when an append of several exists in part', async () => {
    const stream = new FakeStream();
    const frames = framesOf(4);
    const { offer } = open(stream, { isNew: true });
    const [first, ...rest] = frames;
    const another = open(stream, { isNew: true });
    if (first !== undefined) await another.offer(first);
    await Promise.all(frames.toReversed().map(offer));
    expect(rest).toHaveLength(3);
    expect(stored(stream)).toEqual(rowsOf(frames));
  });

  it('resolves a frame that is known to be there without asking', async () => {
    const stream = new FakeStream();
    const { offer } = open(stream, { isNew: true });
    const frames = framesOf(3);
    await Promise.all(frames.map(offer));
    const { appends } = stream;
    await Promise.all(frames.map(offer));
    expect(stream.appends).toBe(appends);
  });

  it('refuses a frame that overlaps what is there', async () => {
    const { offer } = open(new FakeStream(), { isNew: true });
    await offer(frameOf({ length: 4 }));
    await expect(offer(frameOf({ firstOrdinal: 2, length: 4 }))).rejects.toThrow('overlaps');
  });

  it('gives a gap up after the grace period, and still takes the missing frames', async () => {
    const stream = new FakeStream();
    const { offer, gaps } = open(stream, { isNew: true, limits: { graceMs: 6 } });
    const frames = framesOf(6);
    const late = frames.slice(2, 4);
    await Promise.all(frames.slice(0, 2).map(offer));
    await expect(Promise.all(frames.slice(4).map(offer))).rejects.toThrow('gap');
    expect(gaps).toEqual([{ fromOrdinal: late[0]?.firstOrdinal, toOrdinal: frames[4]?.firstOrdinal }]);
    await Promise.all(late.map(offer));
    expect(stored(stream)).toEqual(rowsOf(frames.slice(0, 4)));
  });

  it('does not claim to know where a gap begins when it has seen nothing of the stream', async () => {
    const stream = new FakeStream();
    const { offer, gaps } = open(stream, { isNew: false, limits: { graceMs: 6 } });
    await expect(offer(frameOf({ firstOrdinal: 50, length: 2 }))).rejects.toThrow('gap');
    expect(gaps).toEqual([{ fromOrdinal: undefined, toOrdinal: 50 }]);
  });

  it('refuses the farthest frames when too many wait for a missing one', async () => {
    const { offer } = open(new FakeStream(), { isNew: true, limits: { waitingFrames: 2, graceMs: 60_000 } });
    const [missing, ...frames] = framesOf(4);
    const near = Promise.all(frames.slice(0, 2).map(offer));
    await expect(offer(frames[2] ?? frameOf({ length: 1 }))).rejects.toThrow('too far ahead');
    if (missing !== undefined) await offer(missing);
    await near;
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'holds every row once, in order, whatever happens (seed %d)',
    async (seed) => {
      const random = randomOf(seed);
      const stream = new FakeStream();
      const frames = framesOf(60);
      const limits = { rowsPerAppend: 1 + random(20), appendsInFlight: 1 + random(4), graceMs: 60_000 };
      const unresolved = new Map(frames.map((frame) => [frame.firstOrdinal, frame]));
      for (let life = 0; unresolved.size > 0; life += 1) {
        // One or two processes, each with some of the frames, some in both; they die at any moment.
        const lanes = Array.from({ length: 1 + random(2) }, () =>
          open(stream, { isNew: life === 0, limits }),
        );
        const isLastLife = life === 5;
        for (const frame of shuffled([...unresolved.values()], random)) {
          for (const { offer } of lanes.filter(() => isLastLife || random(2) === 0))
            void offer(frame).then(
              () => unresolved.delete(frame.firstOrdinal),
              () => undefined,
            );
          if (random(4) === 0) await new Promise(setImmediate);
        }
        for (let turn = 0; isLastLife ? unresolved.size > 0 : turn < 10; turn += 1)
          await new Promise((resolve) => setTimeout(resolve, 1));
        for (const { lane } of lanes) for (const { reject } of lane.takeWaiting()) reject(new Error('died'));
      }
      expect(stored(stream)).toEqual(rowsOf(frames));
    },
  );
});

function randomOf(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function shuffled<T>(items: readonly T[], random: (below: number) => number): T[] {
  return items
    .map((item) => ({ item, key: random(1_000_000) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
