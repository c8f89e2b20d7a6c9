import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replay, temporaryFolder } from '../support/bellwether.ts';
import { Killer } from '../support/killer.ts';
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
    const killer = new Killer('executor', [1 / 3, 2 / 3]);
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

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
