import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { backtest, runBellwether, runToEnd, temporaryFolder } from '../support/bellwether.ts';
import { makeOrders, makeQuotes, makeTrades } from '../support/make-market.ts';
import { expectedExecutions } from '../support/oracle.ts';

const position = {
  id: 'p1',
  uid: 'ann',
  symbol: 'AAA',
  side: 'long',
  quantity: '1',
  entryPrice: '100',
  armedAt: 0,
};

describe('a backtest', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let tapes: string[];
  const orders = makeOrders(23, 90, 30, 150_000);

  beforeAll(async () => {
    folder = await temporaryFolder();
    tapes = [join(folder.path, 'trades.csv.gz'), join(folder.path, 'quotes.csv.gz')];
    await writeFile(tapes[0] ?? '', makeTrades(21, 30_000));
    await writeFile(tapes[1] ?? '', makeQuotes(22, 12_000));
    await writeFile(join(folder.path, 'cut.csv.gz'), makeTrades(21, 30_000).subarray(0, 100_000));
    const exits = { stopLoss: { percent: '150' } };
    await writeFile(join(folder.path, 'exits.json'), JSON.stringify({ positions: [{ ...position, exits }] }));
    const accounts = [{ uid: 'ann', settings: { broker: 'none' } }];
    await writeFile(join(folder.path, 'broker.json'), JSON.stringify({ accounts }));
  });
  afterAll(async () => folder.remove());

  it('executes what a tick-by-tick evaluation of the rules executes, over one shard as over three', async () => {
    const bytes = await Promise.all(tapes.map(async (tape) => readFile(tape)));
    const { expected, open, armed, rows } = expectedExecutions(bytes, orders);
    expect(expected.length).toBeGreaterThan(40);
    for (const shards of ['1', '3']) {
      const { report } = await backtest(folder.path, tapes, orders, ['--shards', shards]);
      const executed = report.executions.map(({ id, reason, tick, realizedPnl }) => ({
        id,
        reason,
        tsMs: tick.tsMs,
        price: tick.price,
        realizedPnl,
      }));
      expect(executed.toSorted(byId)).toEqual(expected.toSorted(byId));
      expect([report.ticks, report.open.toSorted(), report.armed.toSorted()]).toEqual([
        rows,
        open.toSorted(),
        armed.toSorted(),
      ]);
    }
  }, 60_000);

  it('makes the same report again, byte for byte', async () => {
    const [first, second] = [
      await backtest(folder.path, tapes, orders),
      await backtest(folder.path, tapes, orders),
    ];
    expect(second.text).toBe(first.text);
  }, 60_000);

  it.each([
    ['a tape that is not there', ['--tape', 'none.csv.gz'], /none\.csv\.gz: no such file/],
    ['a number of shards that is none', ['--shards', '0'], /--shards: must be a whole number from 1 to 64/],
    ['a folder that is not there', ['--report', '/none/report.json'], /--report: the folder of/],
    ['a folder for a report', ['--report', tmpdir()], /--report: .* is a folder, not a file/],
    [
      'settings that no account can have',
      ['--orders', 'broker.json'],
      /broker\.json: accounts: "ann": UNKNOWN_BROKER/,
    ],
    [
      'exits at no price',
      ['--orders', 'exits.json'],
      /exits\.json: p1: NOT_POSITIVE: field: stopLoss, value: -50/,
    ],
    [
      'a tape that was cut off',
      ['--tape', 'cut.csv.gz'],
      /cut\.csv\.gz: after line \d+: the gzip data ends too early/,
    ],
  ])('refuses %s', async (_what, args, message) => {
    const file = join(folder.path, 'orders.json');
    await writeFile(file, JSON.stringify(orders));
    const command = ['backtest', '--tape', tapes[0] ?? '', '--orders', file, ...args];
    const running = runBellwether(command, undefined, { INIT_CWD: folder.path });
    expect(await running.ended).toBe(2);
    expect(running.stderr()).toMatch(message);
  });

  it('takes a tape and orders that begin with a byte order mark', async () => {
    const [tape, file] = [join(folder.path, 'marked.csv.gz'), join(folder.path, 'marked.json')];
    await writeFile(tape, gzipSync('\uFEFFts_ms,symbol,venue,price,size\r\n1000,AAA,X,94,1\r\n'));
    await writeFile(file, `\uFEFF${JSON.stringify({ positions: [{ ...position, stopLoss: '95' }] })}`);
    const { stdout, code } = await runToEnd(['backtest', '--tape', tape, '--orders', file, '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { ticks: 1, executions: [{ id: 'p1' }] }]);
  });

  it('does not write a report over its input', async () => {
    const file = join(folder.path, 'kept.json');
    await writeFile(file, JSON.stringify(orders));
    const command = ['backtest', '--tape', tapes[0] ?? '', '--orders', file, '--report', file];
    expect(await runToEnd(command)).toMatchObject({ code: 2 });
    expect(await readFile(file, 'utf8')).toBe(JSON.stringify(orders));
  });

  it('prints the same again, and ends without a word where nobody reads it', async () => {
    const file = join(folder.path, 'orders.json');
    await writeFile(file, JSON.stringify(orders));
    const command = ['backtest', ...tapes.flatMap((tape) => ['--tape', tape]), '--orders', file, '--json'];
    const [first, second] = [await runToEnd(command), await runToEnd(command)];
    expect([second, second.stderr]).toEqual([first, '']);
    const unread = runBellwether(command);
    unread.child.stdout?.destroy();
    expect([await unread.ended, unread.stderr()]).toEqual([141, '']);
  });
});

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
