import type { CommandClient } from '@bellwether/bus';
import {
  type CommandInput,
  type CreditTransactionDocument,
  type CreditsBalanceDocument,
  mainAccount,
  paths,
} from '@bellwether/contracts';
import { defaultSettings } from '@bellwether/domain';
import type { RunningService } from '@bellwether/observability';
import { readAccount, readDocument, rebuildAccount } from '@bellwether/store';
import type { TestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startExecutor } from '../src/index.ts';
import { type TradingCloud, logger, startTradingCloud } from './trading-cloud.fixture.ts';

const by = { actor: 'test', reason: 'spec' };
jest.setTimeout(60_000);

describe('credits through the executor', () => {
  let system: TradingCloud;
  let cloud: TestCloud;
  let executor: RunningService;
  let commands: CommandClient;

  beforeAll(async () => {
    system = await startTradingCloud();
    ({ cloud, commands } = system);
    executor = await startExecutor({ ...system.environment, WRITE_LIMITS: 'off' }, logger);
  });
  afterAll(async () => {
    await executor.close();
    await system.close();
  });

  const send = async (command: CommandInput) => commands.request(command, { timeoutMs: 30_000 });

  /** An account whose triggers cost one credit each. */
  async function metered(uid: string, granted: string) {
    const account = mainAccount('acme', uid);
    const settings = { ...defaultSettings, creditPrices: { ArmTrigger: '1' } };
    await send({ name: 'OpenAccount', key: 'open', ...account });
    await send({ name: 'ResumeTrading', key: 'resume', ...account, ...by });
    await send({ name: 'ConfigureAccount', key: 'configure', ...account, ...by, settings });
    await send({ name: 'GrantCredits', key: 'grant', ...account, ...by, amount: granted });
    const arm = async (id: string) =>
      send({
        name: 'ArmTrigger',
        key: `arm-${id}`,
        ...account,
        trigger: {
          id,
          symbol: 'BTC-USDT',
          priceSource: 'trade',
          when: { kind: 'price', direction: 'below', price: '95' },
          action: { kind: 'notify' },
        },
      });
    const transactions = async (): Promise<CreditTransactionDocument[]> => {
      const { docs } = await cloud.firestore.collection(paths.creditTransactions(uid)).get();
      return docs.flatMap((document) => readDocument<CreditTransactionDocument>(document) ?? []);
    };
    const balance = async () =>
      readDocument<CreditsBalanceDocument>(await cloud.firestore.doc(paths.creditsBalance(uid)).get())
        ?.accounts[account.accountId];
    return { account, arm, transactions, balance };
  }

  it('are charged in the commit of what they pay for, each with the balance after it', async () => {
    const { account, arm, transactions, balance } = await metered('ann', '2');
    expect(await arm('t1')).toMatchObject({ status: 'committed', seq: 5 });
    expect(await transactions()).toMatchObject([
      { kind: 'grant', amount: '2', balance: '2', seq: 4, actor: 'test' },
      { kind: 'settle', amount: '1', balance: '1', seq: 5, purpose: 'ArmTrigger' },
    ]);
    expect(await balance()).toMatchObject({ available: '1', reserved: '0', version: 5 });
    expect(await arm('t1')).toMatchObject({ status: 'committed', seq: 5 });
    expect(await transactions()).toHaveLength(2);
    const rebuilt = await rebuildAccount(cloud.firestore, account, { shards: 2, now: 1 });
    expect(rebuilt.differences).toEqual([]);
  });

  it('are set aside, spent in part, and given back', async () => {
    const { account, transactions, balance } = await metered('bob', '10');
    const job = { ...account, purpose: 'a job' };
    await send({ name: 'ReserveCredits', key: 'r1', ...job, reservationId: 'j1', amount: '4' });
    await send({ name: 'ReserveCredits', key: 'r2', ...job, reservationId: 'j2', amount: '5' });
    expect(await balance()).toMatchObject({ available: '1', reserved: '9' });
    const more = await send({
      name: 'ReserveCredits',
      key: 'r3',
      ...job,
      reservationId: 'j3',
      amount: '1.5',
    });
    expect(more).toEqual({
      status: 'refused',
      reason: 'NOT_ENOUGH_CREDITS',
      detail: 'need: 1.5, balance: 1',
    });
    await send({ name: 'SettleCredits', key: 's1', ...job, reservationId: 'j1', amount: '2.5' });
    await send({ name: 'ReleaseCredits', key: 'l2', ...job, reservationId: 'j2' });
    expect(await balance()).toMatchObject({ available: '7.5', reserved: '0' });
    expect((await transactions()).map(({ kind, balance: after }) => [kind, after])).toEqual([
      ['grant', '10'],
      ['reserve', '6'],
      ['reserve', '1'],
      ['settle', '2.5'],
      ['release', '7.5'],
    ]);
  });

  it('let no more pass of a hundred commands at once than they pay for', async () => {
    const { account, arm, transactions, balance } = await metered('cem', '40');
    const replies = await Promise.all(Array.from({ length: 100 }, async (_, each) => arm(`t${each}`)));
    const refused = replies.filter(({ status }) => status === 'refused');
    expect(replies.filter(({ status }) => status === 'committed')).toHaveLength(40);
    expect(
      new Set(refused.map((reply) => ('reason' in reply ? `${reply.reason} ${reply.detail}` : ''))),
    ).toEqual(new Set(['NOT_ENOUGH_CREDITS need: 1, balance: 0']));
    const balances = (await transactions()).map(({ balance: after }) => Number(after));
    expect(balances).toEqual([40, ...Array.from({ length: 40 }, (_, spent) => 39 - spent)]);
    expect(await balance()).toMatchObject({ available: '0' });
    const stored = readAccount(await cloud.firestore.doc(paths.account(account)).get());
    expect(stored).toMatchObject({ credits: { available: '0', reserved: {} } });
    expect(stored?.activeTriggerIds).toHaveLength(40);
  });
});
