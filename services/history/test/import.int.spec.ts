import type { Frame } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TickPage, countTicks, openTickImport, queryTicks } from '../src/index.ts';
import { frameOf } from '../src/ticks/frame.fixture.ts';
import { System } from './system.ts';

const epoch = 'import-0123456789abcdef';
const count = 200;
const length = 50;
const logger = createLogger({ service: 'test', level: 'silent' });

describe('an import of ticks', () => {
  let system: System;
  beforeEach(async () => {
    system = await System.start();
  });
  afterEach(async () => system.close());

  async function importFrames(frames: AsyncIterable<Frame>): Promise<number[]> {
    const ticks = await openTickImport({ ...system.cloud.environment }, logger);
    const progress: number[] = [];
    try {
      await ticks.write(frames, (done) => progress.push(done));
    } finally {
      await ticks.close();
    }
    return progress;
  }

  async function storedTicks() {
    const market = { symbol: 'BTC-USDT', venue: 'kucoin', kind: 'trade' } as const;
    const span = { from: new Date(0), to: new Date('2100-01-01') };
    const pages: TickPage[] = [];
    for await (const page of queryTicks(system.cloud.bigquery, { market, span })) pages.push(page);
    for (const { total } of pages)
      expect(total).toBe(pages.reduce((sum, { ticks }) => sum + ticks.length, 0));
    return pages.flatMap(({ ticks }) => ticks);
  }

  it('makes the tables, writes each tick once, says how far it is, and adds nothing when it is done again', async () => {
    const progress = await importFrames(framesUpTo(count));
    expect(progress).toHaveLength(count);
    expect(progress.at(-1)).toBe(count * length);
    await importFrames(framesUpTo(count));
    const ticks = await storedTicks();
    expect(ticks.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: count * length }, (_, i) => i));
    expect(ticks[7]).toEqual({
      at: 1_700_000_000_007,
      first: '1000.07',
      second: '0.00000008',
      epoch,
      ordinal: 7,
    });
  });

  it('goes on where one before it ended', async () => {
    await expect(importFrames(framesUpTo(count, 123))).rejects.toThrow('the tape is torn');
    expect(await countTicks(system.cloud.bigquery, { epochs: [epoch] })).toBeLessThan(count * length);
    await importFrames(framesUpTo(count));
    expect(await countTicks(system.cloud.bigquery, { epochs: [epoch] })).toBe(count * length);
  });
});

/** @param tornAfter so many frames, it fails. */
async function* framesUpTo(last: number, tornAfter = Infinity): AsyncGenerator<Frame> {
  for (let index = 0; index < last; index += 1) {
    if (index === tornAfter) throw new Error('the tape is torn');
    yield await Promise.resolve(
      frameOf({ epoch, number: index + 1, firstOrdinal: index * length, length, isLast: index === last - 1 }),
    );
  }
}
