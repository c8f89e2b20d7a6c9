import { mainAccount, paths } from '@bellwether/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StoredData, openAccount, storedData } from '../support/stored-data.ts';

const account = mainAccount('acme', 'ann');

describe('a rebuild', () => {
  let data: StoredData;

  beforeAll(async () => {
    data = await storedData(async (cloud) =>
      openAccount(cloud, account, {
        type: 'FundsDeposited',
        currency: 'USD',
        amount: '5',
        actor: 'test',
        reason: '',
      }),
    );
  });
  afterAll(async () => data.remove());

  const rebuild = async (...args: readonly string[]) => data.run('rebuild', ...args);

  it('finds documents as their journals make them, else names path and field and ends with 1, and repairs', async () => {
    expect(await rebuild()).toMatchObject({
      code: 0,
      stdout: '1 account, 1 entry, 1 document: all as stored\n',
    });
    await data.change(async ({ firestore }) =>
      firestore.doc(paths.account(account)).update({ 'cash.USD': '50' }),
    );
    const found = await rebuild();
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(`${paths.account(account)} cash.USD: stored "50", by the journal "5"`);
    const refused = await rebuild('--write');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/^--write: .*--yes/)]);
    expect(await rebuild('--write', '--yes')).toMatchObject({ code: 0 });
    const { code, stdout } = await rebuild('--json', '--account', account.accountId);
    expect([code, JSON.parse(stdout)]).toEqual([0, [{ account, entries: 1, documents: 1, differences: [] }]]);
  }, 90_000);

  it('books with --projection ledger what was never booked', async () => {
    const found = await rebuild('--projection', 'ledger');
    expect([found.code, found.stdout]).toEqual([
      1,
      `${paths.ledgerProjection(account)}: stored nothing, by the journal {"watermark":0,"entries":0,"trades":0,"balances":{},"sums":"[]"}\n` +
        `${paths.ledgerProjection(account)} watermark: stored 0, by the journal 1\n` +
        '1 account, 1 entry, 1 document: 2 differences\n',
    ]);
    expect(await rebuild('--projection', 'ledger', '--write', '--yes')).toMatchObject({ code: 0 });
    expect(await rebuild('--projection', 'ledger')).toMatchObject({
      code: 0,
      stdout: '1 account, 1 entry, 2 documents: all as stored\n',
    });
  }, 90_000);

  it('refuses an account that is not there', async () => {
    const { code, stderr } = await rebuild('--account', 'bob.main');
    expect([code, stderr]).toEqual([2, '--account: there is no account "bob.main"\n']);
  }, 60_000);
});
