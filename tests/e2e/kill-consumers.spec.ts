import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replay, temporaryFolder } from '../support/bellwether.ts';
import { makeOrders, makeTrades } from '../support/make-market.ts';
import { expectedExecutions } from '../support/oracle.ts';
import { Killer } from '../support/killer.ts';

const consumers = ['ledger', 'history', 'notifier'] as const;
/** How often each of them is killed: `KILLS=10` is what is promised, and takes a minute and a half. */
const kills = Number(process.env['KILLS'] ?? 2);

describe('a replay whose ledger, history and notifier are killed again and again', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(async () => folder.remove());

  it('books, stores and tells each execution once, and every tick is a row', async () => {
    const tape = join(folder.path, 'trades.csv.gz');
    await writeFile(tape, makeTrades(21, 1_500 * (kills + 2)));
    const made = makeOrders(22, 30 * (kills + 2), 6 * (kills + 2), 7_000 * (kills + 2));
    const traded = new Set(['AAA', 'BBB-USDT', 'CCC']);
    const market = {
      positions: made.positions.filter(({ symbol }) => traded.has(symbol)),
      triggers: made.triggers.filter(({ symbol }) => traded.has(symbol)),
    };
    const shares = Array.from({ length: kills }, (_, time) => (time + 1) / (kills + 2));
    const killers = consumers.map((name, place) => {
      // Never two at the same share: what one lost must not hide what another did.
      const apart = (place + 1) / (4 * (kills + 2));
      return new Killer(
        name,
        shares.map((share) => share + apart),
      );
    });
    const report = await replay(
      folder.path,
      [tape],
      market,
      ['--split', '--restart', '--speed', '2', '--log-dir', folder.path],
      (text) => {
        for (const killer of killers) killer.read(text);
      },
    );
    const { expected, open, armed, rows } = expectedExecutions([await readFile(tape)], market);
    expect(killers.map((killer) => killer.kills)).toEqual(consumers.map(() => kills));
    const shapes = report.executions.map(({ id, reason, tick, realizedPnl }) => {
      return { id, reason, tsMs: tick.tsMs, price: tick.price, realizedPnl };
    });
    expect(shapes.toSorted(byId)).toEqual(expected.toSorted(byId));
    expect([report.open.toSorted(), report.armed.toSorted()]).toEqual([open.toSorted(), armed.toSorted()]);
    expect(expected.length).toBeGreaterThan(20);

    const closed = expected.filter(({ reason }) => reason !== 'trigger').length;
    expect(report.ledger).toMatchObject({ trades: closed, balanced: true });
    expect([report.ticks, report.bigquery.tickRows]).toEqual([rows, rows]);
    expect(report.bigquery.eventRows).toBe(report.events);
    expect(report.discord.alerts).toBe(expected.length);
    // Whatever was claimed and not recorded as sent at a kill may have landed, and says so; the rest is beyond doubt.
    expect(report.discord.possibleRepeats).toBeLessThan(expected.length);
    for (const { notifiedAt } of report.executions) expect(notifiedAt).not.toBeNull();
  }, 600_000);
});

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}
