import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import {
  type Report,
  backtest,
  comparable,
  replay,
  runBellwether,
  temporaryFolder,
} from '../support/bellwether.ts';
import { makeFullOrders, makeOrders, makeQuotes, makeTrades } from '../support/make-market.ts';
import { type OrdersFile, expectedExecutions } from '../support/oracle.ts';
import { root } from '../support/root.ts';

const data = join(root, '../shared/data');
const equities = join(data, 'tapes/us-equities-trades-2013-10-08.csv.gz');
const equitiesOrders = join(data, 'orders-equities-2013-10-08.json');

interface Market {
  readonly name: string;
  readonly tapes: readonly string[];
  readonly orders: OrdersFile;
}

describe('a replay', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const markets: Market[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder();
    const [trades, quotes] = [join(folder.path, 'trades.csv.gz'), join(folder.path, 'quotes.csv.gz')];
    await writeFile(trades, makeTrades(1, 30_000));
    await writeFile(quotes, makeQuotes(2, 12_000));
    markets.push({ name: 'made', tapes: [trades, quotes], orders: makeOrders(3, 70, 20, 150_000) });
    if (existsSync(equities))
      markets.push({
        name: 'equities',
        tapes: [equities],
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        orders: JSON.parse(await readFile(equitiesOrders, 'utf8')) as OrdersFile,
      });
  });
  afterAll(async () => folder.remove());

  it('executes what a tick-by-tick evaluation of the rules executes, and accounts for all of it', async () => {
    for (const { name, tapes, orders } of markets) {
      const report = await replay(folder.path, tapes, orders);
      const expected = expectedExecutions(
        await Promise.all(tapes.map(async (tape) => readFile(tape))),
        orders,
      );
      expect(expected.expected.length).toBeGreaterThan(20);
      expect({ name, executions: shapes(report) }).toEqual({ name, executions: sorted(expected.expected) });
      expect(report.open.toSorted()).toEqual(expected.open.toSorted());
      expect(report.armed.toSorted()).toEqual(expected.armed.toSorted());
      checkBooked(report, expected.rows);
      const backtested = await backtest(folder.path, tapes, orders, ['--shards', '2']);
      expect(comparable(backtested.report)).toEqual(comparable(report));
    }
  }, 240_000);

  it('executes what a backtest executes of exits in parts, conditions, actions and orders at a time', async () => {
    const trades = join(folder.path, 'few-trades.csv.gz');
    const quotes = join(folder.path, 'few-quotes.csv.gz');
    await writeFile(trades, makeTrades(31, 8_000));
    await writeFile(quotes, makeQuotes(32, 4_000));
    const orders = makeFullOrders(33, 36, 40_000);
    const report = await replay(folder.path, [trades, quotes], orders);
    const { report: backtested } = await backtest(folder.path, [trades, quotes], orders, ['--shards', '2']);
    expect(comparable(backtested)).toEqual(comparable(report));
    expect(report.refused).toEqual([]);
    const reasons = new Set(report.executions.map(({ reason }) => reason));
    expect([...reasons].toSorted()).toEqual(
      expect.arrayContaining(['entry', 'stopLoss', 'takeProfit', 'timeExit', 'trailingStop', 'trigger']),
    );
    expect(report.ledger.balanced).toBe(true);
  }, 180_000);

  it('gives the same with every service in a process of its own, under one trace from tick to delivery', async () => {
    const [made] = markets;
    if (made === undefined) throw new Error('no market');
    const report = await replay(folder.path, made.tapes, made.orders, ['--split', '--log-dir', folder.path]);
    const tapes = await Promise.all(made.tapes.map(async (tape) => readFile(tape)));
    expect(shapes(report)).toEqual(sorted(expectedExecutions(tapes, made.orders).expected));

    const committed = await logLines(folder.path, 'executor', 'committed');
    const told = [
      ...(await logLines(folder.path, 'notifier', 'alert sent')),
      ...(await logLines(folder.path, 'notifier', 'alert grouped')),
    ];
    for (const { uid, journalSeq } of report.executions) {
      const commit = committed.find(({ account, seq }) => account === `${uid}.main` && seq === journalSeq);
      const alert = told.find(({ eventId }) =>
        eventId?.startsWith(`${uid}.main:${journalSeq.toString().padStart(10, '0')}:`),
      );
      expect(commit?.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(alert?.traceId).toBe(commit?.traceId);
    }
  }, 120_000);

  it('leaves nothing behind when it is interrupted', async () => {
    const temporary = await mkdtemp(join(folder.path, 'tmp-'));
    const [tape, file] = [join(folder.path, 'long.csv.gz'), join(folder.path, 'long.json')];
    await writeFile(tape, makeTrades(1, 1_000));
    await writeFile(file, JSON.stringify({ positions: [order({})] }));
    const report = join(folder.path, 'none.json');
    const command = ['replay', '--tape', tape, '--orders', file, '--report', report, '--speed', '0.001'];
    const running = runBellwether(
      command,
      (said) => {
        if (said.includes('"evaluated"')) running.child.kill('SIGINT');
      },
      { TMPDIR: temporary },
    );
    expect(await running.ended).toBe(130);
    expect([await readdir(temporary), existsSync(report)]).toEqual([[], false]);
  }, 120_000);

  it.each([
    ['a tape that is not there', { tape: 'none.csv.gz' }, /none\.csv\.gz/],
    [
      'an unknown symbol',
      { orders: { positions: [order({ symbol: 'NONE' })] } },
      /p1: symbol: "NONE" is in no tape/,
    ],
    [
      'a negative quantity',
      { orders: { positions: [order({ quantity: '-1' })] } },
      /\(id "p1"\)\.quantity: must be more than zero/,
    ],
    ['a malformed row', { row: '1700000000000,AAA,X,abc,1' }, /line 2/],
    ['a tape with a comma in its path', { tape: 'a,b.csv.gz' }, /^--tape: .*a,b\.csv\.gz/m],
    [
      'a pace of writes that is none',
      { environment: { WRITE_LIMITS: 'turbo' } },
      /^WRITE_LIMITS must be one of default, conservative, aggressive, off, not "turbo"$/m,
    ],
  ])('refuses %s before anything is started', async (_what, wrong: Wrong, message) => {
    const tape = join(folder.path, 'wrong.csv.gz');
    await writeFile(tape, wrong.row === undefined ? makeTrades(1, 100) : gzipRows(wrong.row));
    const orders = join(folder.path, 'wrong.json');
    await writeFile(orders, JSON.stringify(wrong.orders ?? { positions: [order({})] }));
    const command = ['replay', '--tape', wrong.tape ?? tape, '--orders', orders];
    const running = runBellwether(
      [...command, '--report', join(folder.path, 'no.json')],
      undefined,
      wrong.environment,
    );
    expect(await running.ended).toBe(2);
    expect(running.stderr()).toMatch(message);
    expect(running.stderr()).not.toContain('starting');
  });
});

const LogLine = z.object({
  msg: z.string(),
  traceId: z.string().optional(),
  account: z.string().optional(),
  seq: z.number().optional(),
  eventId: z.string().optional(),
});

async function logLines(dir: string, service: string, message: string): Promise<z.infer<typeof LogLine>[]> {
  const text = await readFile(join(dir, `${service}.log`), 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => LogLine.parse(JSON.parse(line)));
  return lines.filter(({ msg }) => msg === message);
}

interface Wrong {
  readonly environment?: Readonly<Record<string, string>>;
  readonly tape?: string;
  readonly row?: string;
  readonly orders?: unknown;
}

function order(change: Record<string, unknown>) {
  return {
    id: 'p1',
    uid: 'u1',
    symbol: 'AAA',
    side: 'long',
    quantity: '1',
    entryPrice: '100',
    armedAt: 0,
    stopLoss: '90',
    ...change,
  };
}

function gzipRows(row: string): Uint8Array {
  return gzipSync(`ts_ms,symbol,venue,price,size\n${row}\n`);
}

function shapes({ executions }: Report) {
  return sorted(
    executions.map(({ id, reason, tick, realizedPnl }) => ({
      id,
      reason,
      tsMs: tick.tsMs,
      price: tick.price,
      realizedPnl,
    })),
  );
}

function sorted<Shape extends { id: string }>(shapesOf: readonly Shape[]): Shape[] {
  return shapesOf.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Every tick and event is stored once, every execution booked and told, in this order. */
function checkBooked({ executions, ledger, bigquery, discord, ticks, frames }: Report, rows: number): void {
  const closed = executions.filter(({ reason }) => reason !== 'trigger');
  expect([ticks, bigquery.tickRows]).toEqual([rows, rows]);
  expect(frames).toBeGreaterThan(0);
  expect(ledger).toMatchObject({ trades: closed.length, balanced: true });
  expect(discord.messages).toBeGreaterThan(0);
  expect(discord).toMatchObject({ alerts: executions.length, possibleRepeats: 0 });
  for (const execution of executions) {
    const { committedAt, publishedAt, notifiedAt } = execution;
    expect(committedAt).toBeLessThanOrEqual(publishedAt ?? Number.NaN);
    expect(publishedAt).toBeLessThanOrEqual(notifiedAt ?? Number.NaN);
    expect(execution.fillPrice).toBe(execution.reason === 'trigger' ? null : execution.tick.price);
  }
}
