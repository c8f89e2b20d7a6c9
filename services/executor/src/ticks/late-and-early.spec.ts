import type { ArmedFrom } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { describe, expect, it, jest } from '@jest/globals';
import { ShardRunner } from '../shards/shard-runner.ts';
import { openPosition } from './armed.builder.ts';
import { type FrameTick, bitcoin, frameOf } from './frame.builder.ts';
import { ShardBook } from './shard-book.ts';

const epoch = 'tape-0000000001';
const ether = { ...bitcoin, symbol: 'ETH-USDT' };

/** A frame of both symbols: 0 is Bitcoin, 1 is Ether. */
function frame(number: number, firstOrdinal: number, ...ticks: readonly FrameTick[]) {
  return frameOf({ epoch, number, firstOrdinal, instruments: [bitcoin, ether], ticks });
}

describe('a level that counts from a time', () => {
  it('takes no notice of an earlier tick that comes after one of another symbol, and stays armed', () => {
    const book = new ShardBook();
    book.evaluate(frame(1, 0, { exchangeAt: 1_000, first: 10_000, instrument: 1 }));
    book.note(openPosition({ armedFrom: { at: 990 } }));
    expect(book.evaluate(frame(2, 1, { exchangeAt: 985, first: 9_400 }))).toEqual([]);
    const [fired] = book.evaluate(frame(3, 2, { exchangeAt: 1_010, first: 9_300 }));
    expect(fired?.tick).toMatchObject({ ordinal: 2, price: '93' });
  });

  it('counts from the first tick of that time, also where the last of its frame is earlier', () => {
    const book = new ShardBook();
    book.evaluate(frame(1, 0, { exchangeAt: 1_000, first: 9_400 }, { exchangeAt: 985, first: 9_900 }));
    const [fired] = book.note(openPosition({ armedFrom: { at: 990 } }));
    expect(fired?.tick).toMatchObject({ ordinal: 0, price: '94' });
  });
});

describe('a shard that goes on from a checkpoint', () => {
  /** A shard that starts with tick 100 and has judged up to 102. */
  function given() {
    const logger = createLogger({ service: 'test', level: 'silent' });
    const error = jest.spyOn(logger, 'error');
    const checkpoint = {
      epoch,
      frame: 9,
      isEpochOver: false,
      nextOrdinal: 100,
      exchangeAt: 900,
      extremes: [],
    };
    const runner = new ShardRunner({
      shard: 0,
      lease: {
        checkpoint,
        isDue: false,
        isHeld: true,
        write: async () => Promise.resolve(),
        release: async () => Promise.resolve(),
      },
      clock: { now: () => 0 },
      logger,
      execute: async () => Promise.resolve(),
      recordPauses: async () => Promise.resolve(),
      onLost: () => undefined,
      isAbandoned: async () => Promise.resolve(false),
    });
    void runner.handle(
      frame(10, 100, { exchangeAt: 1_000, first: 10_000 }, { exchangeAt: 1_001, first: 10_000 }),
      '',
    );
    return { runner, error };
  }

  it.each<[string, ArmedFrom, number]>([
    ['the next tick', { epoch, ordinal: 102 }, 0],
    ['the first kept tick', { epoch, ordinal: 100 }, 0],
    ['a tick before that', { epoch, ordinal: 99 }, 1],
    ['another epoch', { epoch: 'tape-0000000000', ordinal: 500 }, 1],
    ['a later time', { at: 2_000 }, 0],
    ['a time after all that is kept no more', { at: 901 }, 0],
    ['a time of what is kept no more', { at: 900 }, 1],
  ])('says loudly when what it counts from is kept no more: %s', async (_what, armedFrom, times) => {
    const { runner, error } = given();
    runner.note(openPosition({ armedFrom }));
    runner.note(openPosition({ armedFrom }));
    expect(error).toHaveBeenCalledTimes(times);
    await runner.stop();
  });

  it('says nothing of what was armed before the start: the checkpoint covers that', async () => {
    const { runner, error } = given();
    runner.note(openPosition({ armedFrom: { epoch, ordinal: 1 } }), { isLoading: true });
    expect(error).not.toHaveBeenCalled();
    await runner.stop();
  });

  it('says loudly, once, that frames of a feed with another name are passed over', async () => {
    const { runner, error } = given();
    await runner.handle(frame(9, 99, { exchangeAt: 999, first: 10_000 }), '');
    expect(error).not.toHaveBeenCalled();
    for (const number of [1, 2]) await runner.handle({ ...frame(number, 0), epoch: 'alpha-0000000001' }, '');
    expect(error).toHaveBeenCalledTimes(1);
    await runner.stop();
  });
});
