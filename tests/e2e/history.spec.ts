import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { runToEnd, temporaryFolder } from '../support/bellwether.ts';

const trades = `ts_ms,symbol,venue,price,size
1700000000000,BTC-USDT,kucoin,100.5,1
1700000000400,ETH-USDT,kucoin,7,2
1700000000900,BTC-USDT,kucoin,102,0.5
1700000001000,BTC-USDT,kucoin,99.25,0
1700000060000,BTC-USDT,kucoin,101,4
`;
const quotes = `ts_ms,symbol,venue,bid,ask
1700000000000,BTC-USDT,kucoin,100,101
1700000000700,BTC-USDT,kucoin,100.5,100.75
`;

describe('bellwether history', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let tapes: { readonly trades: string; readonly quotes: string };
  let dataDir: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    dataDir = join(folder.path, 'data');
    await mkdir(dataDir);
    tapes = { trades: join(folder.path, 'trades.csv.gz'), quotes: join(folder.path, 'quotes.csv.gz') };
    await writeFile(tapes.trades, gzipSync(trades));
    await writeFile(tapes.quotes, gzipSync(quotes));
  });
  afterAll(async () => folder.remove());

  const bitcoin = ['--symbol', 'BTC-USDT', '--venue', 'kucoin', '--from', '2023-11-14', '--to', '2023-11-15'];

  it('imports tapes once, answers candles and ticks of them, and exports a tape that is there before', async () => {
    const imported = await history('import', tapes.trades, tapes.quotes, '--data-dir', dataDir, '--json');
    expect([imported.code, JSON.parse(imported.stdout)]).toEqual([
      0,
      [
        { path: tapes.trades, epoch: expect.stringMatching(/^import-[0-9a-f]{24}$/), ticks: 5, added: 5 },
        { path: tapes.quotes, epoch: expect.stringMatching(/^import-[0-9a-f]{24}$/), ticks: 2, added: 2 },
      ],
    ]);
    const again = join(folder.path, 'again.csv.gz');
    await writeFile(again, gzipSync(trades, { level: 1 }));
    expect(await history('import', again, '--data-dir', dataDir)).toMatchObject({
      code: 0,
      stdout: `${again}: 5 ticks, all there before\n`,
    });

    const candles = await history('candles', ...bitcoin, '--interval', '1s', '--csv', '--data-dir', dataDir);
    expect(candles).toMatchObject({
      code: 0,
      stdout: `ts_ms,open,high,low,close,volume,vwap,count
1700000000000,100.5,102,100.5,102,1.5,101,2
1700000001000,99.25,99.25,99.25,99.25,0,,1
1700000060000,101,101,101,101,4,101,1
`,
    });
    const ofQuotes = [...bitcoin, '--kind', 'quote', '--data-dir', dataDir];
    const middles = await history('candles', ...ofQuotes, '--interval', '1d', '--json');
    expect(JSON.parse(middles.stdout)).toEqual({
      openAt: Date.UTC(2023, 10, 14),
      open: '100.5',
      high: '100.625',
      low: '100.5',
      close: '100.625',
      volume: null,
      vwap: null,
      count: 2,
    });
    const ticks = await history('ticks', ...bitcoin, '--data-dir', dataDir);
    expect([ticks.code, ticks.stdout.split('\n')[1]]).toEqual([
      0,
      expect.stringMatching(/^2023-11-14T22:13:20\.900Z {2}price 102 {2}size 0\.5 {2}import-[0-9a-f]{24}:2$/),
    ]);

    const elsewhere = [
      '--symbol',
      'BTC-USDT',
      '--venue',
      'demo',
      '--from',
      '2023-11-14',
      '--to',
      '2023-11-15',
    ];
    expect(await history('candles', ...elsewhere, '--interval', '1s', '--data-dir', dataDir)).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(
        /^There are no trade ticks of BTC-USDT at demo from 2023-11-14T00:00:00\.000Z to .*\. There are of:\n--symbol BTC-USDT --venue kucoin --kind trade +4 from /,
      ),
    });
    const markets = [
      'markets',
      '--from',
      '2023-11-14',
      '--to',
      '2023-11-15',
      '--json',
      '--data-dir',
      dataDir,
    ];
    expect(JSON.parse((await history(...markets)).stdout)).toMatchObject([
      { symbol: 'BTC-USDT', venue: 'kucoin', kind: 'trade', count: 4 },
      { symbol: 'BTC-USDT', venue: 'kucoin', kind: 'quote', count: 2 },
      { symbol: 'ETH-USDT', venue: 'kucoin', kind: 'trade', count: 1 },
    ]);

    const exported = join(folder.path, 'out.csv.gz');
    expect(await history('export', exported, ...bitcoin, '--data-dir', dataDir)).toMatchObject({
      code: 0,
      stdout: `${exported}: 4 ticks\n`,
    });
    const expected = trades.replace(/.*ETH.*\n/, '');
    expect(gunzipSync(await readFile(exported)).toString()).toBe(expected);
  }, 300_000);

  it('leaves no file of an export without ticks', async () => {
    const before = await readdir(folder.path);
    const nothing = [
      '--symbol',
      'XRP-USDT',
      '--venue',
      'kucoin',
      '--from',
      '2023-11-14',
      '--to',
      '2023-11-15',
    ];
    const found = await history('export', join(folder.path, 'no.csv.gz'), ...nothing, '--data-dir', dataDir);
    expect([found.code, found.stderr]).toEqual([
      1,
      expect.stringContaining('no trades of XRP-USDT at kucoin are stored in that time'),
    ]);
    expect(await readdir(folder.path)).toEqual(before);
  }, 60_000);

  it.each([
    [['candles', ...bitcoin, '--interval', '7m'], /^--interval: must be one of 1s, .*1d, not "7m"\n$/],
    [['ticks', ...bitcoin, '--from', 'noon'], /^--from: must be a day .*, not "noon"\n$/],
    [['ticks', ...bitcoin, '--to', '2023-11-13'], /^--to: must be after --from/],
    [['ticks', ...bitcoin, '--json', '--csv'], /^--csv: cannot be combined with --json\n$/],
    [['export', 'out.csv', ...bitcoin], /^out\.csv: the name of a tape ends in \.csv\.gz\n$/],
    [['ticks', ...bitcoin, '--data-dir', '/not/there'], /^--data-dir: \/not\/there is not there\n$/],
  ])(
    'refuses %j before anything starts',
    async (args, message) => {
      const { code, stderr } = await history(...args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    },
    60_000,
  );

  it('says where nothing was ever stored', async () => {
    const empty = join(folder.path, 'empty');
    await mkdir(empty);
    const { code, stderr } = await history('markets', '--data-dir', empty);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^no ticks are stored there: /)]);
  }, 60_000);

  it('names the line of a tape that it does not take, and takes none', async () => {
    const torn = join(folder.path, 'torn.csv.gz');
    await writeFile(torn, gzipSync('ts_ms,symbol,venue,price,size\n1,BTC-USDT,kucoin,x,1\n'));
    const { code, stderr } = await history('import', tapes.trades, torn, '--data-dir', dataDir);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${torn}: line 2: `)]);
  }, 60_000);
});

async function history(...args: readonly string[]) {
  return runToEnd(['history', ...args]);
}
