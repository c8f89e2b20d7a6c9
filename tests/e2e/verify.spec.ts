import { mainAccount, paths } from '@bellwether/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runToEnd } from '../support/bellwether.ts';
import { type StoredData, openAccount, storedData } from '../support/stored-data.ts';

const account = mainAccount('acme', 'ann');

describe('a verification', () => {
  let data: StoredData;

  beforeAll(async () => {
    data = await storedData(async (cloud) => {
      await openAccount(cloud, account);
      await cloud.firestore
        .doc(paths.ledgerProjection(account))
        .set({ watermark: 1, entries: 0, trades: 0, balances: {} });
    });
  });
  afterAll(async () => data.remove());

  const verify = async (...args: readonly string[]) => data.run('verify', ...args);

  it('ends with 0 where everything adds up, else tells what does not and its repair, and ends with 1', async () => {
    expect(await verify()).toEqual({
      code: 0,
      stdout: '1 account, 1 commit, 0 entries, 0 trades: everything adds up\n',
      stderr: '1/1 ann.main: 1 commit, 0 entries, 0 trades: adds up\n',
    });
    await data.change(async ({ firestore }) =>
      firestore.doc(paths.account(account)).update({ openPositionIds: ['ghost'] }),
    );
    const { code, stdout } = await verify();
    expect([code, stdout]).toEqual([
      1,
      'ann.main: state: the account lists position ghost, which is not stored\n' +
        '  repair: bellwether rebuild --account ann.main --write --yes\n' +
        '1 account, 1 commit, 0 entries, 0 trades: 1 difference\n',
    ]);
    const told = await verify('--json', '--account', account.accountId);
    expect([told.code, told.stderr, JSON.parse(told.stdout)]).toEqual([
      1,
      '',
      expect.objectContaining({ accounts: 1, differences: [expect.objectContaining({ account })] }),
    ]);
  }, 90_000);

  it('says that it has no credentials, where the cloud is that of Google', async () => {
    const google = { GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_APPLICATION_CREDENTIALS: '', HOME: data.directory };
    const told = await runToEnd(['verify'], { ...google, METADATA_SERVER_DETECTION: 'none' });
    expect(told).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^verify: works on project p of Google Cloud\nCould not load the default credentials\. .*\n$/,
      ),
    });
  }, 60_000);

  it('refuses a patience that is none', async () => {
    const { code, stderr } = await verify('--patience', 'long');
    expect([code, stderr]).toEqual([2, '--patience: must be seconds from 0 to 3600, not "long"\n']);
  }, 60_000);
});
