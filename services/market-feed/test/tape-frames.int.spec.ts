import type { Frame } from '@bellwether/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runEpoch } from '../src/feed/run-epoch.ts';
import { TapeError, TapeFrames } from '../src/index.ts';
import { LastPrices } from '../src/marks/last-prices.ts';
import { TapePace } from '../src/pacing/tape-pace.ts';
import { TapeSource } from '../src/tapes/tape-source.ts';
import { type TapeFolder, makeTapeFolder, quotesHeader, tradesHeader } from './tape-file.ts';

const epoch = 'replay-0000000001';
const shards = 2;

let folder: TapeFolder;
beforeAll(async () => {
  folder = await makeTapeFolder();
});
afterAll(async () => folder.remove());

/** Rows of several markets, many at one time, with prices of different decimals. */
function rows(count: number, symbols: readonly string[], pace: number): string {
  return Array.from({ length: count }, (_, i) => {
    const symbol = symbols[(i * 7) % symbols.length] ?? '';
    const price = `${100 + (i % 13)}.${(i * 37) % 1_000}`;
    return `${1_000 + Math.floor(i / pace)},${symbol},V${i % 3},${price},${i % 2 === 0 ? `${i + 300}` : `${i + 300}.25`}\n`;
  }).join('');
}

async function framesOf(paths: readonly string[]): Promise<Frame[]> {
  const tapes = await TapeFrames.check(paths);
  const frames: Frame[] = [];
  for await (const frame of tapes.read({ epoch, shards })) frames.push(frame);
  return frames;
}

/** What the feed itself publishes of the tapes at full speed. */
async function published(paths: readonly string[]): Promise<Frame[]> {
  const source = await TapeSource.check(paths, { shards, isRebased: false });
  const frames: Frame[] = [];
  const clock = { now: () => 0 };
  await runEpoch(
    {
      epoch,
      shards,
      pass: source.open(0),
      pace: new TapePace('max', clock, async () => Promise.resolve()),
      prices: new LastPrices(epoch),
      sender: {
        send: async (frame) => Promise.resolve(void frames.push(frame)),
        drain: async () => Promise.resolve(),
      },
      clock,
    },
    new AbortController().signal,
  );
  return frames;
}

/** By shard, without the time of receipt, which is the feed's own. */
function byShard(frames: readonly Frame[]) {
  return Array.from({ length: shards }, (_, shard) =>
    frames.filter((frame) => frame.shard === shard).map(({ receivedAt: _at, ...frame }) => frame),
  );
}

describe('the frames of tapes', () => {
  it.each([
    ['one tape', [[tradesHeader, 4_000, ['AAA', 'BBB', 'CCC-USDT'], 3]]],
    [
      'tapes that overlap, with many rows at one time',
      [
        [tradesHeader, 3_000, ['AAA', 'BBB'], 5],
        [quotesHeader, 2_500, ['EURUSD', 'XAUUSD'], 4],
        [tradesHeader, 900, ['AAA', 'DDD'], 1],
      ],
    ],
    ['a tape of one row', [[tradesHeader, 1, ['AAA'], 1]]],
  ] as const)('are those that the feed publishes at full speed: %s', async (_what, contents) => {
    const paths = await Promise.all(
      contents.map(async ([header, count, symbols, pace], i) =>
        folder.write(`t${i}.csv.gz`, header + rows(count, symbols, pace)),
      ),
    );
    expect(byShard(await framesOf(paths))).toEqual(byShard(await published(paths)));
  });

  it('are received when their newest tick happened, and an empty one when the tapes end', async () => {
    const path = await folder.write('short.csv.gz', `${tradesHeader}10,AAA,X,1,1\n30,AAA,X,1,1\n`);
    const frames = await framesOf([path]);
    expect(frames.map(({ length, receivedAt, isLast }) => ({ length, receivedAt, isLast }))).toEqual(
      expect.arrayContaining([
        { length: 2, receivedAt: 30, isLast: true },
        { length: 0, receivedAt: 30, isLast: true },
      ]),
    );
    expect(frames).toHaveLength(shards);
  });

  it('are not begun when a row of any tape is wrong', async () => {
    const good = await folder.write('good.csv.gz', `${tradesHeader}10,AAA,X,1,1\n`);
    const bad = await folder.write('bad.csv.gz', `${tradesHeader}10,AAA,X,0,1\n`);
    await expect(TapeFrames.check([good, bad])).rejects.toThrow(
      new TapeError(`${bad}: line 2: column "price" is not a positive plain decimal: "0"`),
    );
  });
});
