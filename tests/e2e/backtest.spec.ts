import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backtest, runBellwether, temporaryFolder } from '../support/bellwether.ts';
import { makeOrders, makeQuotes, makeTrades } from '../support/make-market.ts';
import { expectedExecutions } from '../support/oracle.ts';

describe('a backtest', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let tapes: string[];
  const orders = makeOrders(23, 90, 30, 150_000);

  beforeAll(async () => {
    folder = await temporaryFolder();
    tapes = [join(folder.path, 'trades.csv.gz'), join(folder.path, 'quotes.csv.gz')];
    await writeFile(tapes[0] ?? '', makeTrades(21, 30_000));
    await writeFile(tapes[1] ?? '', makeQuotes(22, 12_000));
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
  ])('refuses %s', async (_what, args, message) => {
    const file = join(folder.path, 'orders.json');
    await writeFile(file, JSON.stringify(orders));
    const running = runBellwether(['backtest', '--tape', tapes[0] ?? '', '--orders', file, ...args]);
    expect(await running.ended).toBe(2);
    expect(running.stderr()).toMatch(message);
  });
});

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
