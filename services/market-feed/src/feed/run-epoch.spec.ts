import type { Frame } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import { LastPrices } from '../marks/last-prices.ts';
import { TapePace, type TapeSpeed } from '../pacing/tape-pace.ts';
import { SymbolHealths, defaultHealthRules } from '../health/symbol-health.ts';
import { Sanity } from '../sanity/sanity.ts';
import { instrument, tick } from '../ticks/tick.builder.ts';
import type { Tick } from '../ticks/tick.ts';
import { runEpoch } from './run-epoch.ts';
import { TickCheck } from './tick-check.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

const zero = instrument('ZERO', { shard: 0 });
const one = instrument('ONE', { shard: 1 });

/** Runs ticks, given in batches, through an epoch of two shards on a clock that only sleeping moves. */
function start(
  batches: readonly (readonly Tick[])[],
  options: { speed?: TapeSpeed; check?: TickCheck } = {},
) {
  const abort = new AbortController();
  const time = { now: 50_000.4 };
  const frames: Frame[] = [];
  const sleep = async (milliseconds: number): Promise<void> => {
    time.now += milliseconds;
    await Promise.resolve();
  };
  const sender = {
    send: async (frame: Frame) => {
      frames.push(frame);
      await Promise.resolve();
    },
    drain: async () => Promise.resolve(),
  };
  async function* stream(): AsyncGenerator<readonly Tick[]> {
    yield* batches;
  }
  const clock = { now: () => time.now };
  const run = async () =>
    runEpoch(
      {
        epoch: 'tape-0000000001',
        shards: 2,
        pass: { startsAt: batches[0]?.[0]?.exchangeAt ?? 0, batches: stream() },
        pace: new TapePace(options.speed ?? 'max', clock, sleep),
        ...(options.check === undefined ? {} : { check: options.check }),
        prices: new LastPrices('tape-0000000001'),
        sender,
        clock,
      },
      abort.signal,
    );
  return { run, abort, frames, sender };
}

function outline(frames: readonly Frame[]): string[] {
  return frames.map(
    ({ shard, number, receivedAt, isLast, exchangeAt }) =>
      `${shard}/${number} ${receivedAt}: ${exchangeAt.join(' ')}${isLast ? ' last' : ''}`,
  );
}

describe('runEpoch', () => {
  it('ends every shard with a last frame, also one without ticks', async () => {
    const { run, frames } = start([[tick(zero, 1), tick(zero, 2)]]);
    const result = await run();
    expect(outline(frames)).toEqual(['0/1 50000: 1 2 last', '1/1 50000:  last']);
    expect(result).toEqual({
      shards: { '00': { frames: 1, ticks: 2 }, '01': { frames: 1, ticks: 0 } },
      refused: {},
      refusedSamples: [],
    });
  });

  it('sends full frames at full speed, with every tick in its shard and in order', async () => {
    const ticks = Array.from({ length: 3_000 }, (_, i) => tick(i % 3 === 0 ? one : zero, i));
    const { run, frames } = start([ticks.slice(0, 1_000), ticks.slice(1_000)]);
    const result = await run();
    expect(result.shards).toEqual({ '00': { frames: 4, ticks: 2_000 }, '01': { frames: 2, ticks: 1_000 } });
    for (const shard of [0, 1]) {
      const found = frames.filter((frame) => frame.shard === shard).flatMap((frame) => [...frame.exchangeAt]);
      expect(found).toEqual(
        ticks.filter((each) => each.instrument.shard === shard).map((each) => each.exchangeAt),
      );
    }
  });

  it('sends what fell due as one frame a shard when it is paced', async () => {
    const { run, frames } = start(
      [
        [tick(zero, 0), tick(one, 2)],
        [tick(zero, 4), tick(zero, 30)],
      ],
      { speed: 1 },
    );
    await run();
    expect(outline(frames)).toEqual([
      '0/1 50000: 0',
      '0/2 50005: 4',
      '1/1 50005: 2',
      '0/3 50030: 30 last',
      '1/2 50030:  last',
    ]);
  });

  it('publishes only what sanity believes, and tells what it refused', async () => {
    const ticks = [
      [1, 100],
      [2, 100],
      [3, 900],
      [4, 101],
    ].map(([at, price]) => tick(zero, at!, price));
    const { run, frames } = start([ticks], { check: new TickCheck(logger) });
    const result = await run();
    expect(outline(frames)).toEqual(['0/1 50000: 1 2 4 last', '1/1 50000:  last']);
    expect(result).toMatchObject({
      refused: { outlier: 1 },
      refusedSamples: [{ reason: 'outlier', symbol: 'ZERO', first: '900' }],
    });
  });

  it('releases a confirmed spike in order, with its own time, between the ticks of others', async () => {
    const other = instrument('OTHER', { shard: 0 });
    const ticks = [tick(zero, 1, 100), tick(other, 1), tick(zero, 2, 100), tick(other, 2)];
    const spike = [tick(zero, 3, 50), tick(other, 4), tick(zero, 5, 51), tick(other, 6), tick(zero, 7, 52)];
    const { run, frames } = start([[...ticks, ...spike]], { check: new TickCheck(logger) });
    await run();
    expect(outline(frames)[0]).toBe('0/1 50000: 1 2 1 2 4 6 3 5 7 last');
  });

  it('says that a symbol is stale when it is, although no tick comes, and healthy before its next tick', async () => {
    const rules = { ...defaultHealthRules, silentAfterMs: 50, silences: 2, expectedAfter: 3 };
    const ticks = [10, 20, 30, 200].map((at) => tick(zero, at));
    const check = new TickCheck(logger, new Sanity(), new SymbolHealths(rules));
    const { run, frames } = start([[...ticks, tick(one, 210), tick(one, 220)]], { speed: 1, check });
    await run();
    const told = frames
      .filter(({ shard }) => shard === 0)
      .map(({ health, length, receivedAt }) => ({
        ticks: length,
        receivedAt,
        health:
          health?.map((change) => `${change.at} ${change.symbol} ${change.health} ${change.since}`) ?? [],
      }));
    expect(told).toEqual([
      { ticks: 2, receivedAt: 50_010, health: [] },
      { ticks: 1, receivedAt: 50_020, health: [] },
      { ticks: 0, receivedAt: 50_070, health: ['0 ZERO stale 80'] },
      { ticks: 1, receivedAt: 50_190, health: ['0 ZERO healthy 200'] },
      { ticks: 0, receivedAt: 50_210, health: [] },
    ]);
  });

  it('places the changes of health between the ticks, at full speed as when it is paced', async () => {
    const rules = { ...defaultHealthRules, silentAfterMs: 50, expectedAfter: 3 };
    const busy = instrument('BUSY', { shard: 0 });
    const ticks = [
      ...[1, 2, 3].flatMap((at) => [tick(zero, at), tick(busy, at)]),
      ...[20, 40, 60, 80].map((at) => tick(busy, at)),
      tick(zero, 90),
    ];
    const placed = await Promise.all(
      (['max', 1, 7] as const).map(async (speed) => {
        const check = new TickCheck(logger, new Sanity(), new SymbolHealths(rules));
        const { run, frames } = start([ticks], { speed, check });
        await run();
        let before = 0;
        return frames
          .filter(({ shard }) => shard === 0)
          .flatMap(({ health = [], length }) => {
            before += length;
            return health.map(({ at, health: now }) => `${before - length + at} ${now}`);
          });
      }),
    );
    expect(placed).toEqual([
      ['8 stale', '10 healthy'],
      ['8 stale', '10 healthy'],
      ['8 stale', '10 healthy'],
    ]);
  });

  it('leaves the rest out after an abort, and still ends every shard', async () => {
    const ticks = Array.from({ length: 2_000 }, (_, i) => tick(zero, i));
    const { run, abort, frames, sender } = start([ticks]);
    const send = sender.send;
    sender.send = async (frame) => {
      abort.abort();
      await send(frame);
    };
    const result = await run();
    expect(result.shards).toEqual({ '00': { frames: 2, ticks: 512 }, '01': { frames: 1, ticks: 0 } });
    expect(frames.filter(({ isLast }) => isLast)).toHaveLength(2);
  });

  it('sends no last frame when a frame could not be published', async () => {
    const ticks = Array.from({ length: 600 }, (_, i) => tick(zero, i));
    const { run, frames, sender } = start([ticks]);
    sender.send = async () => Promise.reject(new Error('gone'));
    await expect(run()).rejects.toThrow('gone');
    expect(frames).toEqual([]);
  });
});
