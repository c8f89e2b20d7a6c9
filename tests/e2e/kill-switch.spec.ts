import { CommandClient, provisionTopology } from '@bellwether/bus';
import {
  type AccountDocument,
  type AccountRef,
  type Command,
  mainAccount,
  newTraceParent,
  encodeFrame,
  paths,
  shardOf,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import { startExecutor } from '@bellwether/executor';
import { type RunningService, createLogger, systemIds } from '@bellwether/observability';
import { readDocument } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { runToEnd } from '../support/bellwether.ts';
import { root } from '../support/root.ts';

const symbol = 'BTC-USDT';
const shard = shardOf(symbol, 2);
const logger = createLogger({ service: 'test', level: 'silent' });
const by = { actor: 'test', reason: 'spec' };
const ann = mainAccount('acme', 'ann');
const bob = mainAccount('acme', 'bob');

describe('the kill switch on the command line', () => {
  let cloud: TestCloud;
  let executor: RunningService;
  let commands: CommandClient;
  let keys = 0;

  beforeAll(async () => {
    cloud = await startTestCloud({ indexesFile: join(root, 'firestore.indexes.json') });
    await provisionTopology(cloud.pubsub, topologyOf(2));
    commands = await CommandClient.connect(cloud.pubsub, { name: 'test', ids: systemIds, logger });
    executor = await startExecutor({ ...cloud.environment, SHARDS: '2' }, logger);
    await cloud.pubsub.topic(topics.ticks(shard)).publishMessage({
      data: Buffer.from(
        encodeFrame({
          shard,
          epoch: 'test-0000000001',
          number: 1,
          firstOrdinal: 0,
          receivedAt: Date.now(),
          isLast: false,
          instruments: [{ symbol, venue: 'test', kind: 'trade', priceScale: 0, sizeScale: 0 }],
          length: 1,
          instrument: new Uint16Array(1),
          exchangeAt: Float64Array.of(1_000),
          first: Float64Array.of(100),
          second: Float64Array.of(1),
        }),
      ),
      attributes: { 'ce-traceparent': newTraceParent(systemIds.hex) },
    });
    for (const account of [ann, bob]) {
      await send({ name: 'OpenAccount', key: key(), ...account });
      await send({ name: 'ResumeTrading', key: key(), ...account, ...by });
      await eventually(async () => (await open(account, `${account.uid}1`)) === 'committed');
    }
  });
  afterAll(async () => {
    await executor.close();
    await commands.close();
    await cloud.close();
  });

  const key = (): string => `k${(keys += 1)}`;
  async function send(command: Command): Promise<string> {
    const reply = await commands.request(command, { timeoutMs: 20_000 });
    return reply.status === 'committed' ? 'committed' : reply.reason;
  }
  const open = async (account: AccountRef, positionId: string): Promise<string> =>
    send({
      name: 'OpenPosition',
      key: key(),
      ...account,
      order: `o-${positionId}-${keys}`,
      entry: {
        positionId,
        symbol,
        side: 'long',
        how: { kind: 'market' },
        quantity: '1',
        timeInForce: 'gtc',
        priceSource: 'trade',
      },
    });
  async function kill(...args: readonly string[]) {
    return runToEnd(['kill', ...args], cloud.environment);
  }
  const documentOf = async (account: AccountRef) =>
    readDocument<AccountDocument>(await cloud.firestore.doc(paths.account(account)).get());

  it('flattens a tenant, tells of it, and lifts the halt again', async () => {
    const engaged = await kill(
      'engage',
      'acme',
      '--scope',
      'tenant',
      '--reason',
      'wrong prices',
      '--flatten',
      '--yes',
      '--json',
    );
    expect(engaged).toMatchObject({ code: 0 });
    expect(JSON.parse(engaged.stdout)).toMatchObject({
      target: 'acme',
      scope: 'tenant',
      state: 'halted',
      flatten: true,
      accounts: 2,
      done: 2,
      notClosed: [],
    });
    for (const account of [ann, bob])
      expect(await documentOf(account)).toMatchObject({
        trading: 'halted',
        openPositionIds: [],
        holds: [{ scope: 'tenant', state: 'halted', reason: 'wrong prices' }],
      });
    expect(await open(ann, 'no')).toBe('TRADING_HALTED');

    const status = await kill('status', '--accounts');
    expect(status).toMatchObject({ code: 0 });
    expect(status.stdout).toMatch(
      /^tenant:acme: flattened and halted by cli:.* \(wrong prices\), 2 accounts$/m,
    );
    expect(status.stdout).toMatch(/^ann\.main: halted, by tenant/m);

    const released = await kill(
      'release',
      'acme',
      '--scope',
      'tenant',
      '--reason',
      'prices are right',
      '--yes',
    );
    expect(released).toMatchObject({ code: 0, stdout: 'acme: trading is active.\n' });
    expect(await open(ann, 'ann2')).toBe('committed');
    expect((await kill('status')).stdout).toBe('No scope is halted.\n');
  });

  it('halts one account, and does so once', async () => {
    const args = ['engage', bob.accountId, '--scope', 'account', '--reason', 'lunch', '--yes'];
    expect(await kill(...args)).toMatchObject({ code: 0, stdout: 'bob.main: trading is halted.\n' });
    const version = (await documentOf(bob))?.version;
    expect(await kill(...args)).toMatchObject({ code: 0, stderr: 'It is so already.\n' });
    expect(await documentOf(bob)).toMatchObject({ trading: 'halted', version });
    expect(await open(bob, 'no')).toBe('TRADING_HALTED');
  });

  it('ends by itself where it says until when', async () => {
    const engaged = await kill(
      'engage',
      'ann',
      '--scope',
      'user',
      '--reason',
      'news',
      '--until',
      '5s',
      '--yes',
    );
    expect(engaged).toMatchObject({ code: 0 });
    await eventually(async () => expect((await documentOf(ann))?.trading).toBe('active'), {
      timeoutMs: 15_000,
    });
  });

  it('tells what is at stake, and changes nothing that is not confirmed', async () => {
    const refused = await kill('engage', '--scope', 'global', '--reason', 'spec');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^Halts everything: 2 accounts, 1 of them active, with 1 open position /);
    expect(refused.stderr).toContain('--yes: confirms it');
    expect((await kill('status')).stdout).toBe('No scope is halted.\n');
  });

  it.each([
    ['a scope without its id', ['engage', '--scope', 'tenant'], '--scope tenant: needs the id'],
    ['an id of everything', ['engage', 'acme', '--scope', 'global'], 'takes no id'],
    ['a user that is not there', ['engage', 'eve', '--scope', 'user'], 'eve: there is no user eve'],
    ['an account that is not there', ['engage', 'ann.other', '--scope', 'account'], 'NO_ACCOUNT'],
    ['a tenant that is not there', ['engage', 'nobody', '--scope', 'tenant'], 'nobody: NO_TENANT'],
    ['nobody who does it', ['engage', 'acme', '--scope', 'tenant', '--actor', ''], '--actor: must be 1 to'],
    ['a time that is none', ['engage', 'acme', '--scope', 'tenant', '--until', 'soon'], '--until: must be'],
  ])('says what is wrong with %s', async (_what, args, message) => {
    const refused = await kill(...args, '--reason', 'spec', '--yes');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(message);
  });

  it('stands though no executor runs, and says that none does', async () => {
    await executor.close();
    const engaged = await kill(
      'engage',
      'acme',
      '--scope',
      'tenant',
      '--reason',
      'spec',
      '--yes',
      '--timeout',
      '1',
    );
    expect(engaged.code).toBe(1);
    expect(engaged.stderr).toContain('The halt stands, and executors go on: none seems to run now.');
    executor = await startExecutor({ ...cloud.environment, SHARDS: '2' }, logger);
    await eventually(async () => expect((await documentOf(ann))?.trading).toBe('halted'));
  });
});
