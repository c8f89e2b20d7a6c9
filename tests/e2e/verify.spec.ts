import { mainAccount, paths } from '@bellwether/contracts';
import { createLogger, systemClock, systemIds } from '@bellwether/observability';
import { AccountStore, connectFirestore } from '@bellwether/store';
import { startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { runToEnd, temporaryFolder } from '../support/bellwether.ts';

const account = mainAccount('acme', 'ann');
const logger = createLogger({ service: 'test', level: 'silent' });

describe('a verification', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let dataDir: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    dataDir = join(folder.path, 'data');
    const cloud = await startTestCloud({ dataDir });
    const firestore = connectFirestore(cloud.environment);
    const store = new AccountStore({ firestore, clock: systemClock, ids: systemIds, logger, shards: 2 });
    await store.commit(account, {
      cause: { kind: 'command', name: 'OpenAccount', key: 'open' },
      traceparent: '',
      decide: () => ({ events: [{ type: 'AccountOpened', ...account }] }),
    });
    await firestore
      .doc(paths.ledgerProjection(account))
      .set({ watermark: 1, entries: 0, trades: 0, balances: {} });
    await firestore.terminate();
    await cloud.close();
  });
  afterAll(async () => folder.remove());

  async function verify(...args: readonly string[]) {
    return runToEnd(['verify', '--data-dir', dataDir, ...args]);
  }

  it('ends with 0 where everything adds up, else tells what does not and its repair, and ends with 1', async () => {
    expect(await verify()).toEqual({
      code: 0,
      stdout: '1 accounts, 1 commits, 0 entries, 0 trades: everything adds up\n',
      stderr: '1/1 ann.main: 1 commits, 0 entries, 0 trades: adds up\n',
    });
    const cloud = await startTestCloud({ dataDir });
    await cloud.firestore.doc(paths.account(account)).update({ openPositionIds: ['ghost'] });
    await cloud.close();
    const { code, stdout } = await verify();
    expect([code, stdout]).toEqual([
      1,
      'ann.main: state: the account lists position ghost, which is not stored\n' +
        '  repair: bellwether rebuild --account ann.main --write --yes\n' +
        '1 accounts, 1 commits, 0 entries, 0 trades: 1 differences\n',
    ]);
    const told = await verify('--json', '--account', account.accountId);
    expect([told.code, told.stderr, JSON.parse(told.stdout)]).toEqual([
      1,
      '',
      expect.objectContaining({ accounts: 1, differences: [expect.objectContaining({ account })] }),
    ]);
  }, 90_000);

  it('refuses a patience that is none', async () => {
    const { code, stderr } = await verify('--patience', 'long');
    expect([code, stderr]).toEqual([2, '--patience: must be seconds from 0 to 3600, not "long"\n']);
  }, 60_000);
});
