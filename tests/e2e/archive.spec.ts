import { paths } from '@bellwether/contracts';
import { closedTradeOf, ledgerTradeOf } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type StoredData, storedData } from '../support/stored-data.ts';

const tradedAt = Date.parse('2026-01-05T12:00:00Z');
const trades = [1, 3].map((hour) => ledgerTradeOf(hour, { uid: 'ann', realizedPnl: '10', tradedAt }));

describe('the archive of old trades', () => {
  let data: StoredData;

  beforeAll(async () => {
    data = await storedData(async ({ firestore }) => {
      const batch = firestore.batch();
      batch.create(firestore.doc(paths.tenant('acme')), { tenantId: 'acme', status: 'active' });
      for (const trade of trades) {
        batch.create(firestore.doc(paths.ledgerTrade('acme', trade.eventId)), trade);
        batch.create(firestore.doc(paths.shadowTrade('ann', trade.positionId)), closedTradeOf('acme', trade));
      }
      await batch.commit();
    });
  });
  afterAll(async () => data.remove());

  const bellwether = async (...args: readonly string[]) => data.run(...args);

  it('is written, listed, verified, and told with what is not archived', async () => {
    const pnl = ['ledger', 'pnl', '--tenant', 'acme', '--json'];
    const positions = ['ledger', 'positions', '--tenant', 'acme', '--uid', 'ann', '--json'];
    const before = [await bellwether(...pnl), await bellwether(...positions)];
    expect(before.map(({ stdout }): unknown => JSON.parse(stdout))).toMatchObject([
      [{ trades: 2, realizedPnl: '20' }],
      [{ positionId: 'p3', realizedPnl: '10', fees: { USD: '0.5' } }, { positionId: 'p1' }],
    ]);
    const run = await bellwether('archive', 'run');
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringContaining('acme: 2 trades and 2 positions moved into 2 files'),
    ]);
    expect((await bellwether('archive', 'run', '--json')).stdout).toBe(
      '[{"tenant":"acme","archives":0,"trades":0,"positions":0}]\n',
    );
    const listed = await bellwether('archive', 'list', '--json');
    const archives = z.array(z.object({ file: z.string() })).parse(JSON.parse(listed.stdout));
    const done = { state: 'done', sums: { rows: 2, realizedPnl: { USD: '20' } } };
    expect(JSON.parse(listed.stdout)).toMatchObject([done, done]);
    expect([await bellwether(...pnl), await bellwether(...positions)]).toEqual(before);
    const whole = await bellwether('archive', 'verify');
    expect([whole.code, whole.stdout.match(/2 (trades|positions), whole/g)?.toSorted()]).toEqual([
      0,
      ['2 positions, whole', '2 trades, whole'],
    ]);
    const ofTrades = archives.find(({ file }) => file.endsWith('.trades'));
    await writeFile(join(data.directory, 'archive', ofTrades?.file ?? ''), 'something else');
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
