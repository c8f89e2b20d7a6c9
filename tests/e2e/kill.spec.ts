import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replay, temporaryFolder } from '../support/bellwether.ts';
import { makeOrders, makeTrades } from '../support/make-market.ts';
import { expectedExecutions } from '../support/oracle.ts';

describe('a replay whose executor is killed', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(async () => folder.remove());

  it('executes the same at the same ticks, each committed, booked and told once', async () => {
    const tape = join(folder.path, 'trades.csv.gz');
    await writeFile(tape, makeTrades(11, 24_000));
    const orders = makeOrders(12, 60, 15, 110_000);
    const traded = new Set(['AAA', 'BBB-USDT', 'CCC']);
    const market = {
      positions: orders.positions.filter(({ symbol }) => traded.has(symbol)),
      triggers: orders.triggers.filter(({ symbol }) => traded.has(symbol)),
    };
    const killer = new Killer([1 / 3, 2 / 3]);
    const report = await replay(
      folder.path,
      [tape],
      market,
      ['--split', '--restart', '--speed', '15', '--log-dir', folder.path],
      (text) => killer.read(text),
    );
    const { expected, open, armed, rows } = expectedExecutions([await readFile(tape)], market);
    expect(killer.kills).toBe(2);
    expect(market.positions.some(({ trailing }) => trailing !== undefined)).toBe(true);
    expect(
      report.executions
        .map(({ id, reason, tick, realizedPnl }) => ({
          id,
          reason,
          tsMs: tick.tsMs,
          price: tick.price,
          realizedPnl,
        }))
        .toSorted(byId),
    ).toEqual(expected.toSorted(byId));
    expect([report.open.toSorted(), report.armed.toSorted()]).toEqual([open.toSorted(), armed.toSorted()]);
    expect([report.ticks, report.bigquery.tickRows]).toEqual([rows, rows]);
    const closed = expected.filter(({ reason }) => reason !== 'trigger').length;
    expect(report.ledger).toMatchObject({ trades: closed, balanced: true });
    for (const { committedAt, publishedAt, notifiedAt } of report.executions) {
      expect(committedAt).toBeLessThanOrEqual(publishedAt ?? Number.NaN);
      expect(publishedAt).toBeLessThanOrEqual(notifiedAt ?? Number.NaN);
    }
  }, 180_000);
});

/** Reads a replay's progress and kills its executor, as `kill -9` does, when that share of the ticks is judged. */
class Killer {
  readonly #shares: number[];
  #pid = 0;
  #rest = '';
  kills = 0;

  constructor(shares: readonly number[]) {
    this.#shares = [...shares];
  }

  read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#readLine(line);
  }

  #readLine(line: string): void {
    const started = /executor started.*pid (\d+)/.exec(line);
    if (started !== null) this.#pid = Number(started[1]);
    const progress = /"evaluated":(\d+),"total":(\d+)/.exec(line);
    const [next] = this.#shares;
    if (progress === null || next === undefined || this.#pid === 0) return;
    if (Number(progress[1]) < next * Number(progress[2])) return;
    this.#shares.shift();
    process.kill(this.#pid, 'SIGKILL');
    this.#pid = 0;
    this.kills += 1;
  }
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
