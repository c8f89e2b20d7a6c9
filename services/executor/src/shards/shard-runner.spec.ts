import { type Frame, FrameDecoder, type ShardCheckpoint, encodeFrame } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openPosition } from '../ticks/armed.builder.ts';
import type { Fired } from '../ticks/fired.ts';
import { frameOf } from '../ticks/frame.builder.ts';
import { LeaseLostError } from './shard-lease.ts';
import { type FrameOrigin, ShardRunner } from './shard-runner.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const epoch = 'tape-0000000001';

/** The frame of that number: one trade, at that price or at 100. */
function frame(number: number, price = 10_000, isLast = false): Frame {
  const ticks = [{ exchangeAt: 1_000 + number, first: price }];
  return frameOf({ epoch, number, firstOrdinal: number - 1, isLast, ticks });
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 100; turns += 1) await Promise.resolve();
}

/** One shard over a lease, a store and a clock that are in the spec's hand. */
class World {
  /** In order: what was executed, written, covered or refused. */
  readonly log: string[] = [];
  readonly origins: FrameOrigin[] = [];
  readonly fired: Fired[] = [];
  readonly runner: ShardRunner;
  checkpoint: ShardCheckpoint | undefined;
  /** What the store still has to commit: `p1` to its release. */
  readonly commits = new Map<string, () => void>();
  isStoreSlow = false;
  failWrite: Error | undefined;
  isWriteSlow = false;
  isDue = false;
  readonly #pauses = new Set<() => void>();
  #finishWrite: () => void = () => undefined;

  constructor(checkpoint?: ShardCheckpoint) {
    const isDue = (): boolean => this.isDue;
    this.runner = new ShardRunner({
      shard: 3,
      lease: {
        checkpoint,
        isHeld: true,
        get isDue() {
          return isDue();
        },
        write: async (next) => this.#write(next),
        release: async () => {
          this.log.push('released');
          return Promise.resolve();
        },
      },
      clock: { now: () => 0 },
      logger,
      execute: async (fired, origin) => this.#execute(fired, origin),
      recordPauses: async (changes) => {
        for (const { symbol, health } of changes) this.log.push(`${symbol} ${health}`);
        if (!this.isStoreSlow) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        this.commits.set('pauses', resolve);
        await promise;
      },
      onLost: () => this.log.push('lost'),
      isAbandoned: async () => Promise.resolve(false),
      pause: async (_milliseconds, signal) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#pauses.add(resolve);
        signal?.addEventListener('abort', () => resolve());
        await promise;
        this.#pauses.delete(resolve);
      },
    });
  }

  /** Delivers frames; what becomes of each goes to the log. */
  deliver(...frames: readonly Frame[]): void {
    for (const each of frames)
      this.runner.handle(each, `trace ${each.number}`).then(
        () => this.log.push(`covered ${each.number}`),
        () => this.log.push(`refused ${each.number}`),
      );
  }

  /** The pauses end: it is time for the next checkpoint. */
  async second(): Promise<void> {
    await settle();
    for (const end of this.#pauses) end();
    await settle();
  }

  finishWrite(): void {
    this.isWriteSlow = false;
    this.#finishWrite();
  }

  async #write(next: ShardCheckpoint | undefined): Promise<void> {
    if (this.isWriteSlow) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#finishWrite = resolve;
      await promise;
    }
    if (this.failWrite !== undefined) throw this.failWrite;
    this.checkpoint = next ?? this.checkpoint;
    this.log.push(next === undefined ? 'renewed' : `checkpoint ${next.frame}`);
  }

  async #execute(fired: readonly Fired[], origin: FrameOrigin): Promise<void> {
    this.origins.push(origin);
    this.fired.push(...fired);
    for (const { subject } of fired) {
      this.log.push(`fired ${subject.id}`);
      if (!this.isStoreSlow) continue;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.commits.set(subject.id, resolve);
      await promise;
    }
  }
}

/** From the first tick of a frame on. */
function bitcoinIs(health: 'stale' | 'healthy'): NonNullable<Frame['health']> {
  return [{ at: 0, symbol: 'BTC-USDT', health, reason: 'spec', since: 1 }];
}

describe('a shard', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('judges frames by number, in whatever order they come', async () => {
    for (const [id, stopLoss] of [
      ['p1', '99'],
      ['p2', '98'],
      ['p3', '97'],
    ] as const)
      world.runner.note(openPosition({ id, exits: { stopLoss } }));
    world.deliver(frame(3, 9_700), frame(2, 9_800));
    expect(world.log).toEqual([]);
    world.deliver(frame(1, 9_900));
    expect(world.log).toEqual(['fired p1', 'fired p2', 'fired p3']);
    expect(world.origins).toEqual(
      [1, 2, 3].map((number) => ({ shard: 3, epoch, number, traceparent: `trace ${number}` })),
    );
    await world.second();
    expect(world.log.slice(3)).toEqual(['checkpoint 3', 'covered 1', 'covered 2', 'covered 3']);
  });

  it('judges each frame by its own ticks, also where all are decoded in the same memory and many wait', async () => {
    const numbers = Array.from({ length: 12 }, (_, i) => i + 1);
    const orderArb = fc.shuffledSubarray(numbers, { minLength: numbers.length });
    await fc.assert(
      fc.asyncProperty(orderArb, async (order) => {
        world = new World();
        const decoder = new FrameDecoder();
        for (const number of numbers)
          world.runner.note(openPosition({ id: `p${number}`, exits: { stopLoss: `${100 - number}` } }));
        for (const number of order)
          world.deliver(decoder.decode(encodeFrame(frame(number, 10_000 - 100 * number))));
        decoder.decode(encodeFrame(frame(99, 1)));
        await settle();
        expect(world.log).toEqual(numbers.map((number) => `fired p${number}`));
        expect(world.fired.map(({ tick }) => [tick.price, tick.ordinal])).toEqual(
          numbers.map((number) => [`${100 - number}`, number - 1]),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('acknowledges a frame when the checkpoint covers it, and not before', async () => {
    world.isWriteSlow = true;
    world.deliver(frame(1), frame(2));
    await settle();
    expect(world.log).toEqual([]);
    await world.second();
    expect(world.log).toEqual([]);
    world.finishWrite();
    await settle();
    expect(world.log).toEqual(['checkpoint 2', 'covered 1', 'covered 2']);
  });

  it('writes into the checkpoint all that a restart needs', async () => {
    world.runner.note(openPosition({ exits: { trailing: { distance: '3' } } }));
    world.deliver(frame(1, 11_000), frame(2, 10_900, true));
    await world.second();
    expect(world.checkpoint).toEqual({
      epoch,
      frame: 2,
      isEpochOver: true,
      nextOrdinal: 2,
      exchangeAt: 1_002,
      paused: [],
      extremes: [
        {
          symbol: 'BTC-USDT',
          series: 'trade',
          direction: 'highest',
          points: [{ epoch, ordinal: 0, exchangeAt: 1_001, price: '110' }],
        },
      ],
    });
  });

  it('writes no checkpoint before all commits of its frames are durable', async () => {
    world.isStoreSlow = true;
    world.runner.note(openPosition());
    world.deliver(frame(1, 9_400), frame(2));
    await world.second();
    await world.second();
    expect(world.log).toEqual(['fired p1']);
    world.commits.get('p1')?.();
    await settle();
    expect(world.log).toEqual(['fired p1', 'checkpoint 2', 'covered 1', 'covered 2']);
  });

  it('fires nothing on a paused symbol, and acknowledges a pause when it is committed', async () => {
    world.isStoreSlow = true;
    world.runner.note(openPosition());
    const health = bitcoinIs('stale');
    world.deliver({ ...frame(1, 9_400), health }, frame(2, 9_300));
    await world.second();
    expect(world.log).toEqual(['BTC-USDT stale']);
    world.commits.get('pauses')?.();
    await settle();
    expect(world.log.slice(1)).toEqual(['checkpoint 2', 'covered 1', 'covered 2']);
    expect(world.checkpoint?.paused).toEqual(['BTC-USDT']);
  });

  it('goes on with the pauses of its checkpoint, and fires at the first tick after them', async () => {
    const paused = ['BTC-USDT'];
    world = new World({
      epoch,
      frame: 1,
      isEpochOver: false,
      nextOrdinal: 1,
      exchangeAt: 1_001,
      paused,
      extremes: [],
    });
    world.runner.note(openPosition(), { isLoading: true });
    const health = bitcoinIs('healthy');
    world.deliver(frame(2, 9_400));
    expect(world.log).toEqual([]);
    world.deliver({ ...frame(3, 9_300), health });
    expect(world.log).toEqual(['fired p1', 'BTC-USDT healthy']);
    expect(world.origins).toEqual([expect.objectContaining({ number: 3 })]);
    await world.second();
  });

  it('judges what it kept by the pauses of that time, when a level comes late', async () => {
    world.deliver({ ...frame(1, 9_400), health: bitcoinIs('stale') });
    expect(world.runner.pricesOf('BTC-USDT')).toMatchObject({ isPaused: true });
    expect(world.runner.pricesOf('ETH-USDT')).toEqual({});
    world.deliver({ ...frame(2, 9_900), health: bitcoinIs('healthy') });
    expect(world.runner.pricesOf('BTC-USDT')).not.toHaveProperty('isPaused');
    world.runner.note(openPosition({ armedFrom: { at: 0 } }));
    expect(world.log).toEqual(['BTC-USDT stale', 'BTC-USDT healthy']);
    await world.second();
  });

  it('goes on judging and executing while a commit is blocked', async () => {
    world.isStoreSlow = true;
    world.runner.note(openPosition({ id: 'blocked' }));
    world.runner.note(openPosition({ id: 'other', exits: { stopLoss: '90' } }));
    world.deliver(frame(1, 9_400));
    await world.second();
    world.deliver(frame(2, 9_000));
    world.commits.get('other')?.();
    await settle();
    expect(world.log).toEqual(['fired blocked', 'fired other']);
    world.commits.get('blocked')?.();
    await settle();
    expect(world.log.slice(2)).toEqual(['checkpoint 1', 'covered 1']);
    await world.second();
    expect(world.log.slice(4)).toEqual(['checkpoint 2', 'covered 2']);
  });

  it('covers with a checkpoint only what was judged when it was taken', async () => {
    world.isWriteSlow = true;
    world.deliver(frame(1));
    await world.second();
    world.deliver(frame(2));
    world.finishWrite();
    await settle();
    expect(world.log).toEqual(['checkpoint 1', 'covered 1']);
    await world.second();
    expect(world.log.slice(2)).toEqual(['checkpoint 2', 'covered 2']);
  });

  it('answers a duplicate when its first delivery is covered, and at once after that', async () => {
    world.runner.note(openPosition());
    world.deliver(frame(2), frame(1, 9_400), frame(1, 9_400), frame(2));
    await settle();
    expect(world.log).toEqual(['fired p1']);
    await world.second();
    const covered = ['covered 1', 'covered 1', 'covered 2', 'covered 2'];
    expect(world.log.slice(0, 2)).toEqual(['fired p1', 'checkpoint 2']);
    expect(world.log.slice(2).toSorted()).toEqual(covered);
    world.deliver(frame(1, 9_400));
    await settle();
    expect(world.log.slice(6)).toEqual(['covered 1']);
  });

  it('goes on where a checkpoint ended: what that covers is not judged again', async () => {
    const checkpoint = {
      epoch,
      frame: 2,
      isEpochOver: false,
      nextOrdinal: 2,
      exchangeAt: 1_002,
      extremes: [],
    };
    world = new World(checkpoint);
    expect(world.runner.armedFromNow).toEqual({ epoch, ordinal: 2 });
    world.runner.note(openPosition());
    world.deliver(frame(1, 9_400), frame(2, 9_400), frame(3));
    await settle();
    expect(world.log).toEqual(['covered 1', 'covered 2']);
    await world.second();
    expect(world.log.slice(2)).toEqual(['checkpoint 3', 'covered 3']);
  });

  it('acknowledges nothing while the checkpoint cannot be written, and tries again', async () => {
    world.failWrite = new Error('unreachable');
    world.deliver(frame(1));
    await world.second();
    await world.second();
    expect(world.log).toEqual([]);
    world.failWrite = undefined;
    await world.second();
    expect(world.log).toEqual(['checkpoint 1', 'covered 1']);
  });

  it('writes nothing while nothing moves, but renews its lease', async () => {
    await world.second();
    await world.second();
    expect(world.log).toEqual([]);
    world.isDue = true;
    await world.second();
    expect(world.log).toEqual(['renewed']);
  });

  it('renews its lease while it waits for a commit', async () => {
    world.isStoreSlow = true;
    world.runner.note(openPosition());
    world.deliver(frame(1, 9_400));
    await world.second();
    world.isDue = true;
    await world.second();
    expect(world.log).toEqual(['fired p1', 'renewed']);
    world.isDue = false;
    world.commits.get('p1')?.();
    await settle();
    expect(world.log.slice(2)).toEqual(['checkpoint 1', 'covered 1']);
  });

  it('does not wait for the next second when many frames wait to be covered', async () => {
    world.deliver(...Array.from({ length: 499 }, (_, i) => frame(i + 1)));
    await settle();
    expect(world.log).toEqual([]);
    world.deliver(frame(500));
    await settle();
    expect(world.log[0]).toBe('checkpoint 500');
  });

  it('holds the checkpoint while a level is armed, and arms no other meanwhile', async () => {
    const arming = Promise.withResolvers<void>();
    const armed = world.runner.arming(async () => arming.promise);
    world.deliver(frame(1));
    await world.second();
    const other = world.runner.arming(async () => Promise.resolve(world.log.push('armed')));
    await settle();
    expect(world.log).toEqual([]);
    arming.resolve();
    await Promise.all([armed, other]);
    await settle();
    expect(world.log.toSorted()).toEqual(['armed', 'checkpoint 1', 'covered 1']);
  });

  it('executes what the kept ticks say of a level that arrives late, before the next checkpoint', async () => {
    world.isStoreSlow = true;
    world.deliver(frame(1, 9_400), frame(2));
    world.runner.note(openPosition({ armedFrom: { epoch, ordinal: 0 } }));
    expect(world.log).toEqual(['fired p1']);
    expect(world.origins).toMatchObject([{ number: 2, traceparent: 'trace 2' }]);
    await world.second();
    expect(world.log).toEqual(['fired p1']);
    world.commits.get('p1')?.();
    await settle();
    expect(world.log.slice(1)).toEqual(['checkpoint 2', 'covered 1', 'covered 2']);
  });

  it('gives everything up when its lease is lost', async () => {
    world.deliver(frame(1), frame(3));
    world.failWrite = new LeaseLostError('held by another');
    await world.second();
    expect(world.log.toSorted()).toEqual(['lost', 'refused 1', 'refused 3']);
    world.deliver(frame(2));
    await settle();
    expect(world.log.at(-1)).toBe('refused 2');
    await world.runner.stop();
    expect(world.log).not.toContain('released');
  });

  it('stops after a last checkpoint, gives its lease back, and refuses what is not covered', async () => {
    world.isStoreSlow = true;
    world.runner.note(openPosition());
    world.deliver(frame(1, 9_400), frame(3));
    const stopped = world.runner.stop();
    await settle();
    expect(world.log).toEqual(['fired p1']);
    world.commits.get('p1')?.();
    await stopped;
    await settle();
    expect(world.log.slice(1)).toEqual(['checkpoint 1', 'covered 1', 'released', 'refused 3']);
    world.deliver(frame(2));
    await settle();
    expect(world.log.at(-1)).toBe('refused 2');
  });

  it('stops also when the last checkpoint fails: its frames come again', async () => {
    world.deliver(frame(1));
    world.failWrite = new Error('unreachable');
    await world.runner.stop();
    await settle();
    expect(world.log).toEqual(['refused 1']);
  });
});
