import { FrameDecoder, type ShardCheckpoint, encodeFrame } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { afterEach, describe, expect, it } from '@jest/globals';
import { frameOf } from '../ticks/frame.builder.ts';
import { ShardRunner } from './shard-runner.ts';

const epoch = 'tape-0000000001';
const minute = 60_000;
const logger = createLogger({ service: 'test', level: 'silent' });

function frame(number: number, of = epoch, isLast = false) {
  return frameOf({
    epoch: of,
    number,
    firstOrdinal: number - 1,
    isLast,
    ticks: [{ exchangeAt: number, first: 10_000 }],
  });
}

/** A runner after frame 1, its clock in hand, over a lease that is always ours. */
function given(options: { isEpochOver?: boolean; abandoned?: readonly string[] } = {}) {
  const { isEpochOver = false, abandoned = [] } = options;
  let now = 1_000_000;
  const pauses = new Set<() => void>();
  let stored: ShardCheckpoint = {
    epoch,
    frame: 1,
    isEpochOver,
    nextOrdinal: 1,
    exchangeAt: 1,
    extremes: [],
  };
  const runner = new ShardRunner({
    shard: 0,
    lease: {
      checkpoint: stored,
      isDue: false,
      isHeld: true,
      write: async (checkpoint) => {
        stored = checkpoint ?? stored;
        return Promise.resolve();
      },
      release: async () => Promise.resolve(),
    },
    clock: { now: () => now },
    logger,
    execute: async () => Promise.resolve(),
    recordPauses: async () => Promise.resolve(),
    onLost: () => undefined,
    isAbandoned: async (of) => Promise.resolve(abandoned.includes(of)),
    pause: async (_milliseconds, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      pauses.add(resolve);
      signal?.addEventListener('abort', () => resolve());
      await promise;
      pauses.delete(resolve);
    },
  });
  return {
    runner,
    /** Lets that much time pass, and the runner look at what it waits for. */
    pass: async (milliseconds: number) => {
      now += milliseconds;
      await settle();
      for (const end of pauses) end();
      await settle();
    },
    covered: () => `${stored.epoch}/${stored.frame}`,
    /** How many ticks of the epoch were judged or passed over: each frame here holds one. */
    judged: () => runner.armedFromNow,
    lastPrice: () => runner.pricesOf('BTC-USDT').trade?.price,
    stop: async () => runner.stop(),
  };
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 100; turns += 1) await Promise.resolve();
}

describe('a shard that misses a frame', () => {
  let world: ReturnType<typeof given>;
  const offer = async (...frames: readonly ReturnType<typeof frame>[]) =>
    Promise.all(
      frames.map(async (each) =>
        world.runner.handle(each, '').then(
          () => 'covered',
          () => 'refused',
        ),
      ),
    );
  afterEach(async () => world.stop());

  it('still takes it when no more can wait', async () => {
    world = given();
    void offer(...Array.from({ length: 5_000 }, (_, i) => frame(i + 3)));
    const outcome = offer(frame(2));
    await world.pass(0);
    expect(await outcome).toEqual(['covered']);
    expect(world.covered()).toBe(`${epoch}/5002`);
  });

  it('judges by its own ticks a frame that has room only after a while, and was decoded in memory used since', async () => {
    world = given();
    const decoder = new FrameDecoder();
    void offer(...Array.from({ length: 5_000 }, (_, i) => frame(i + 3)));
    const priced = { ...frame(5_003), first: Float64Array.of(4_200) };
    void offer(decoder.decode(encodeFrame(priced)));
    void offer(decoder.decode(encodeFrame(frame(2))));
    await world.pass(0);
    expect(world.lastPrice()).toBe('42');
  });

  it('waits for it as long after an hour without ticks as ever', async () => {
    world = given();
    await world.pass(60 * minute);
    void offer(frame(3));
    await world.pass(1);
    expect(world.judged()).toEqual({ epoch, ordinal: 1 });
    void offer(frame(2));
    expect(world.judged()).toEqual({ epoch, ordinal: 3 });
  });

  it('waits ten minutes for what a living feed has published', async () => {
    world = given();
    void offer(frame(3));
    await world.pass(9 * minute);
    expect(world.judged()).toEqual({ epoch, ordinal: 1 });
    await world.pass(2 * minute);
    expect(world.judged()).toEqual({ epoch, ordinal: 3 });
  });

  it('goes on soon when the feed has died, but not without the first frame of the next epoch', async () => {
    world = given({ abandoned: [epoch] });
    void offer(frame(3), frame(2, 'tape-0000000002'));
    await world.pass(16_000);
    expect(world.judged()).toEqual({ epoch, ordinal: 3 });
    void offer(frame(1, 'tape-0000000002'));
    expect(world.judged()).toEqual({ epoch: 'tape-0000000002', ordinal: 2 });
  });

  it('passes over an epoch in which nothing was published', async () => {
    world = given({ isEpochOver: true, abandoned: ['tape-0000000002'] });
    void offer(frame(1, 'tape-0000000003'));
    await world.pass(16_000);
    expect(world.judged()).toEqual({ epoch: 'tape-0000000003', ordinal: 1 });
  });
});
