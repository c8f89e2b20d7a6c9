import { paths } from '@bellwether/contracts';
import { ledgerTradeOf } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StoredData, storedData } from '../support/stored-data.ts';

const trade = ledgerTradeOf(3, {
  uid: 'ann',
  quantity: '2',
  fee: '0.25',
  realizedPnl: '10',
  reason: 'target',
  tags: ['a', 'b'],
  tradedAt: Date.parse('2026-11-28T12:00:00Z'),
});

describe('statements', () => {
  let data: StoredData;

  beforeAll(async () => {
    data = await storedData(async ({ firestore }) =>
      firestore.doc(paths.ledgerTrade('acme', trade.eventId)).create(trade),
    );
  });
  afterAll(async () => data.remove());

  const ledger = async (...args: readonly string[]) => data.run('ledger', ...args, '--tenant', 'acme');

  it('tell trades, profit and loss, and fees', async () => {
    const trades = await ledger('trades', '--json', '--side', 'sell', '--from', '2026-11-28');
    expect([trades.code, JSON.parse(trades.stdout)]).toEqual([0, [trade]]);
    expect(await ledger('pnl', '--period', 'week', '--by', 'tag')).toEqual({
      code: 0,
      stderr: '',
      stdout:
        'from,group,currency,trades,realizedPnl,fees,net\r\n' +
        '2026-11-23,a,USD,1,10,0.25,9.75\r\n' +
        '2026-11-23,b,USD,1,10,0.25,9.75\r\n',
    });
    const fees = await ledger('fees', '--uid', 'ann');
    expect(fees.stdout).toBe('from,group,currency,trades,fees\r\n2026-11-28,-,USD,1,0.25\r\n');
    for (const until of ['--to', '--before']) {
      expect((await ledger('fees', until, '2026-11-29')).stdout).toBe(fees.stdout);
      expect((await ledger('fees', until, '2026-11-28')).stdout).toBe('from,group,currency,trades,fees\r\n');
    }
  }, 90_000);

  it.each([
    [['trades', '--from', '2026-11-28T12:00'], '--from: must be a day'],
    [['trades', '--from', '2026-11-28', '--to', '2026-11-28'], '--to: must be after --from'],
    [['trades', '--limit', '0'], '--limit: must be a whole number'],
    [['trades', '--open'], '--open: needs --uid'],
  ])(
    'refuse %j',
    async (args, message) => {
      const { code, stderr } = await ledger(...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    },
    60_000,
  );
});
