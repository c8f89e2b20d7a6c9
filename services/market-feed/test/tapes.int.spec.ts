import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { TapeError, demoTape, inspectTape } from '../src/index.ts';
import { TapeSource } from '../src/tapes/tape-source.ts';
import type { TickPass } from '../src/ticks/tick-source.ts';
import { type TapeFolder, makeTapeFolder, quotesHeader, tradesHeader } from './tape-file.ts';

const run = promisify(execFile);
const generator = fileURLToPath(new URL('../../../tools/make-demo-tape.mjs', import.meta.url));

let folder: TapeFolder;
beforeAll(async () => {
  folder = await makeTapeFolder();
});
afterAll(async () => folder.remove());

describe('inspectTape', () => {
  it('tells what a tape of trades holds', async () => {
    const rows = '1000,SPY,P,167.4,100\n1000,BAC,P,13.830,2000.5\n1003,SPY,P,167.41,1';
    const path = await folder.write('trades.csv.gz', tradesHeader + rows);
    expect(await inspectTape(path)).toEqual({
      path,
      kind: 'trade',
      rows: 3,
      firstAt: 1_000,
      lastAt: 1_003,
      symbols: [
        { symbol: 'SPY', priceScale: 2, sizeScale: 0 },
        { symbol: 'BAC', priceScale: 2, sizeScale: 1 },
      ],
    });
  });

  it('tells what a tape of quotes holds, also with Windows line ends', async () => {
    const rows = '5,XAUUSD,oanda,1290.9,1290.948\r\n6,XAUUSD,oanda,1290,1290\r\n';
    const path = await folder.write('quotes.csv.gz', quotesHeader.replace('\n', '\r\n') + rows);
    const { kind, rows: count, symbols } = await inspectTape(path);
    expect({ kind, count, symbols }).toEqual({
      kind: 'quote',
      count: 2,
      symbols: [{ symbol: 'XAUUSD', priceScale: 3, sizeScale: 0 }],
    });
  });

  it('names file, line, column and reason of a bad row, wherever it stands', async () => {
    const good = Array.from({ length: 30_000 }, (_, i) => `${i},BTC-USDT,test,64250.1,0.00${(i % 9) + 1}\n`);
    good[24_998] = '24998,BTC-USDT,test,6.4e4,1\n';
    const path = await folder.write('bad.csv.gz', tradesHeader + good.join(''));
    await expect(inspectTape(path)).rejects.toThrow(
      new TapeError(`${path}: line 25000: column "price" is not a positive plain decimal: "6.4e4"`),
    );
  });

  it.each([
    ['an empty file', '', 'line 1: the header is not "ts_ms,symbol,venue,price,size" or'],
    ['a wrong header', 'time,symbol,venue,price,size\n1,A,X,1,1\n', 'line 1: the header is not'],
    ['no rows', tradesHeader, 'line 2: the tape holds no rows'],
    ['an empty line', `${tradesHeader}1,A,X,1,1\n\n`, 'line 3: 1 fields where 5 are due'],
    ['a line without end', tradesHeader + '1'.repeat(5_000), 'line 2: the line does not end'],
    [
      'a number too large for its symbol',
      `${tradesHeader}1,A,X,4500000000,1\n2,A,X,0.0000001,1\n`,
      'line 2: the price is',
    ],
  ])('refuses %s', async (_, text, reason) => {
    const path = await folder.write('refused.csv.gz', text);
    const failure: unknown = await inspectTape(path).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TapeError);
    expect(String(failure)).toContain(`${path}: ${reason}`);
  });

  it('refuses what is not there, not gzip, or cut short', async () => {
    const whole = gzipSync(`${tradesHeader}1,A,X,1,1\n`);
    const plain = await folder.writeBytes('plain.csv.gz', Buffer.from(tradesHeader));
    const cut = await folder.writeBytes('cut.csv.gz', whole.subarray(0, whole.length - 12));
    const failures = await Promise.all(
      [`${plain}.missing`, plain, cut].map(async (path) => inspectTape(path).catch(String)),
    );
    expect(failures).toEqual([
      `TapeError: ${plain}.missing: no such file`,
      `TapeError: ${plain}: is not a gzip file, or damaged`,
      `TapeError: ${cut}: after line 1: the gzip data ends too early`,
    ]);
  });
});

describe('TapeSource', () => {
  it('merges tapes by time and counts a symbol alike on all of them', async () => {
    const a = await folder.write('a.csv.gz', `${tradesHeader}10,SPY,P,167.4,100\n12,SPY,P,167.41,5\n`);
    const b = await folder.write('b.csv.gz', `${quotesHeader}9,SPY,Q,167.395,167.4\n12,SPY,Q,167.4,167.41\n`);
    const source = await TapeSource.check([a, b], { shards: 2, isRebased: false });
    const pass = source.open(1_000_000);
    expect(pass).toMatchObject({ startsAt: 9 });
    expect(pass).not.toHaveProperty('rebasedByMs');
    expect(await ticksOf(pass)).toEqual([
      '9 SPY quote 167395e-3 167400e-0',
      '10 SPY trade 167400e-3 100e-0',
      '12 SPY trade 167410e-3 5e-0',
      '12 SPY quote 167400e-3 167410e-0',
    ]);
  });

  it('shifts each pass so that its first tick is now', async () => {
    const path = await folder.write('rebased.csv.gz', `${tradesHeader}10,SPY,P,1,1\n25,SPY,P,1,1\n`);
    const source = await TapeSource.check([path], { shards: 2, isRebased: true });
    for (const now of [1_000_000.4, 2_000_000]) {
      const pass = source.open(now);
      expect(pass).toMatchObject({ startsAt: Math.round(now), rebasedByMs: Math.round(now) - 10 });
      const times = (await ticksOf(pass)).map((tick) => Number(tick.split(' ')[0]) - Math.round(now));
      expect(times).toEqual([0, 15]);
    }
  });
});

describe('the demo tape', () => {
  it('is valid, of four symbols and five minutes', async () => {
    const { kind, rows, firstAt, lastAt, symbols } = await inspectTape(demoTape);
    expect(kind).toBe('trade');
    expect(rows).toBeGreaterThan(12_000);
    expect(lastAt - firstAt).toBeGreaterThan(295_000);
    expect(lastAt - firstAt).toBeLessThan(300_000);
    expect(new Set(symbols.map(({ symbol }) => symbol))).toEqual(
      new Set(['BTC-USDT', 'ETH-USDT', 'SOL-USDT', 'XRP-USDT']),
    );
  });

  it('is what the generator makes', async () => {
    const path = await folder.writeBytes('demo.csv.gz', new Uint8Array(0));
    await run(process.execPath, [generator, '--out', path]);
    const [made, shipped] = [await readFile(path), await readFile(demoTape)];
    expect(gunzipSync(made).equals(gunzipSync(shipped))).toBe(true);
    expect(made.subarray(0, 10)).toEqual(shipped.subarray(0, 10));
  });
});

async function ticksOf(pass: TickPass): Promise<string[]> {
  const found: string[] = [];
  for await (const ticks of pass.batches)
    for (const { instrument, exchangeAt, first, second } of ticks) {
      const { symbol, kind, priceScale, sizeScale } = instrument;
      found.push(`${exchangeAt} ${symbol} ${kind} ${first}e-${priceScale} ${second}e-${sizeScale}`);
    }
  return found;
}
