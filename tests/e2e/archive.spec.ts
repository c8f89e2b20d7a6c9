import { type LedgerTradeDocument, type ShadowTradeDocument, eventId, paths } from '@bellwether/contracts';
import { startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { runBellwether, temporaryFolder } from '../support/bellwether.ts';

const tradedAt = Date.parse('2026-01-05T12:00:00Z');

describe('the archive of old trades', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let dataDir: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    dataDir = join(folder.path, 'data');
    const cloud = await startTestCloud({ dataDir });
    const batch = cloud.firestore.batch();
    batch.create(cloud.firestore.doc(paths.tenant('acme')), { tenantId: 'acme', status: 'active' });
    for (const trade of [tradeOf(1), tradeOf(2)]) {
      batch.create(cloud.firestore.doc(paths.ledgerTrade('acme', trade.eventId)), trade);
      batch.create(cloud.firestore.doc(paths.shadowTrade('ann', trade.positionId)), closedOf(trade));
    }
    await batch.commit();
    await cloud.close();
  });
  afterAll(async () => folder.remove());

  async function bellwether(...args: readonly string[]) {
    const running = runBellwether([...args, '--data-dir', dataDir]);
    return { code: await running.ended, stdout: running.stdout(), stderr: running.stderr() };
  }

  it('is written, listed, verified, and told with what is not archived', async () => {
    const pnl = ['ledger', 'pnl', '--tenant', 'acme', '--json'];
    const before = await bellwether(...pnl);
    expect(JSON.parse(before.stdout)).toMatchObject([{ trades: 2, realizedPnl: '20' }]);
    const run = await bellwether('archive', 'run');
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('acme: 2 trades moved into 1 files')]);
    expect((await bellwether('archive', 'run', '--json')).stdout).toBe(
      '[{"tenant":"acme","archives":0,"trades":0}]\n',
    );
    const listed = await bellwether('archive', 'list', '--json');
    const archives = z.array(z.object({ file: z.string() })).parse(JSON.parse(listed.stdout));
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { state: 'done', sums: { rows: 2, realizedPnl: { USD: '20' } } },
    ]);
    expect(await bellwether(...pnl)).toEqual(before);
    const whole = await bellwether('archive', 'verify');
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('2 trades, whole')]);
    await writeFile(join(dataDir, 'archive', archives[0]?.file ?? ''), 'something else');
    const broken = await bellwether('archive', 'verify');
    expect([broken.code, broken.stdout]).toEqual([
      1,
      expect.stringContaining('not what its hash was made of'),
    ]);
    const told = await bellwether(...pnl);
    expect(told.code).toBe(1);
  }, 120_000);

  it('takes no trades that are young', async () => {
    const young = await bellwether('archive', 'run', '--older-than', '1');
    expect([young.code, young.stderr]).toEqual([
      2,
      expect.stringContaining('--older-than: must be days from 7'),
    ]);
  }, 60_000);
});

function tradeOf(seq: number): LedgerTradeDocument {
  const id = eventId('ann.main', seq, 1);
  return {
    eventId: id,
    bookedAs: id,
    shard: seq % 8,
    accountId: 'ann.main',
    uid: 'ann',
    seq,
    positionId: `p${seq}`,
    orderId: `o${seq}`,
    symbol: 'SPY',
    side: 'sell',
    positionSide: 'long',
    effect: 'close',
    quantity: '2',
    price: '105',
    currency: 'USD',
    proceeds: '210',
    fee: '0.25',
    feeCurrency: 'USD',
    realizedPnl: '10',
    broker: 'shadow',
    tradedAt,
  };
}

function closedOf({
  accountId,
  positionId,
  symbol,
  quantity,
  eventId: id,
}: LedgerTradeDocument): ShadowTradeDocument {
  return {
    tenantId: 'acme',
    accountId,
    positionId,
    symbol,
    side: 'long',
    quantity,
    entryPrice: '100',
    currency: 'USD',
    broker: 'shadow',
    openedAt: tradedAt,
    openedBy: id,
    status: 'CLOSED',
    exitPrice: '105',
    realizedPnl: '10',
    fees: {},
    funding: '0',
    reason: 'manual',
    closedAt: tradedAt,
    closedBy: id,
  };
}
