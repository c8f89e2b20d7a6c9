import { provisionTopology } from '@bellwether/bus';
import { mainAccount, paths, topologyOf } from '@bellwether/contracts';
import type { BrokerDifference } from '@bellwether/domain';
import { startExecutor } from '@bellwether/executor';
import { type RunningService, createLogger } from '@bellwether/observability';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { runToEnd } from '../support/bellwether.ts';
import { root } from '../support/root.ts';

const ann = mainAccount('acme', 'ann');
const of = ['--tenant', ann.tenant, '--account', ann.accountId];
const logger = createLogger({ service: 'test', level: 'silent' });

describe('commands on the command line', () => {
  let cloud: TestCloud;
  let executor: RunningService;

  beforeAll(async () => {
    cloud = await startTestCloud({ indexesFile: join(root, 'firestore.indexes.json') });
    await provisionTopology(cloud.pubsub, topologyOf(2));
    executor = await startExecutor({ ...cloud.environment, SHARDS: '2' }, logger);
  });
  afterAll(async () => {
    await executor.close();
    await cloud.close();
  });

  async function run(...args: string[]) {
    return runToEnd(args, cloud.environment);
  }
  const send = async (name: string, ...args: string[]) => run('command', 'send', name, ...of, ...args);
  const answer = async (name: string, ...args: string[]): Promise<unknown> => {
    const { stdout } = await send(name, '--json', ...args);
    return JSON.parse(stdout);
  };

  it('are listed, and each tells what it takes', async () => {
    const { stdout } = await run('command', 'list');
    expect(stdout).toMatch(/^ClosePosition +actor, reason, positionId, symbol, size\?$/m);
    const shown: unknown = JSON.parse((await run('command', 'show', 'ClosePosition')).stdout);
    expect(shown).toMatchObject({
      type: 'object',
      properties: { positionId: { type: 'string' }, symbol: { type: 'string' } },
      required: ['actor', 'reason', 'positionId', 'symbol'],
    });
  });

  it('are committed, act once for their key, and their account is shown', async () => {
    expect(await answer('OpenAccount', '--key', 'open')).toEqual({
      key: 'open',
      status: 'committed',
      accountId: ann.accountId,
      seq: 1,
    });
    expect(await answer('OpenAccount', '--key', 'open')).toMatchObject({ status: 'committed', seq: 1 });
    const resumed = await send('ResumeTrading', '--reason', 'a new day');
    expect(resumed).toMatchObject({ code: 0 });
    expect(resumed.stdout).toMatch(
      /^ResumeTrading is committed as entry 2 of the journal of ann\.main \(key cli-/,
    );
    const position = {
      id: 'p1',
      symbol: 'BTC-USDT',
      side: 'long',
      quantity: '2',
      entryPrice: '100',
      priceSource: 'trade',
      exits: { stopLoss: { price: '95' }, targets: [{ price: '110', size: { share: '0.5' } }] },
    };
    expect(await send('AdoptPosition', '--data', JSON.stringify({ position }))).toMatchObject({ code: 0 });

    const { stdout } = await run('account', 'show', ann.accountId);
    expect(stdout).toContain('ann.main (acme): active, 1 position, 0 orders, 0 triggers\n');
    expect(stdout).toContain(
      'position p1: long 2 BTC-USDT from 100 at shadow; stop 95, target 110 (share 0.5)\n',
    );
    expect(JSON.parse((await run('account', 'list', '--tenant', 'acme', '--json')).stdout)).toMatchObject([
      { accountId: ann.accountId, version: 3 },
    ]);
    expect((await run('account', 'list', '--tenant', 'other')).stdout).toBe('other has no account.\n');
  });

  it('that are refused say why, and the exit code tells', async () => {
    const refused = await send('CancelOrder', '--data', '{"order": "none"}', '--key', 'c');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^CancelOrder is refused: [A-Z_]+: .+ \(key c\)\n$/);
    const unknown = ['--tenant', 'acme', '--account', 'ann.other'];
    const absent = await run('command', 'send', 'ResumeTrading', ...unknown, '--key', 'r');
    expect(absent.code).toBe(1);
    expect(absent.stdout).toContain(
      'NO_ACCOUNT: accountId: ann.other, tenant: acme; `bellwether account list --tenant acme`',
    );
  });

  it.each<[string, string[], string]>([
    ['of no name', ['Close'], 'there is no command "Close"; there are: OpenAccount, '],
    ['that is not JSON', ['ClosePosition', '--data', '{'], '--data: is not JSON'],
    [
      'with a field missing, and one that is wrong',
      ['ClosePosition', '--data', '{"positionId": "p1", "size": "half"}'],
      'symbol: is missing',
    ],
    ['of a file that is not there', ['ClosePosition', '--file', '/none.json'], '/none.json: cannot be read'],
    ['without patience', ['OpenAccount', '--timeout', '0'], '--timeout: must be seconds above 0'],
  ])('%s are not sent', async (_what, [name = '', ...args], message) => {
    const { code, stderr } = await send(name, ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('settle a difference from the broker as the account shows it', async () => {
    const differences: BrokerDifference[] = [
      { kind: 'orphan', orderId: 'ann.main.p1.exit', of: 'exit', positionId: 'p1', symbol: 'BTC-USDT' },
      {
        kind: 'position',
        symbol: 'ETH-USDT',
        ours: '0',
        theirs: '3',
        offer: { side: 'long', quantity: '3' },
      },
    ];
    await cloud.firestore.doc(paths.account(ann)).update({ brokerDifferences: differences });
    const { stdout } = await run('account', 'show', ann.accountId);
    expect(stdout).toContain('broker: the broker does not know our order ann.main.p1.exit in BTC-USDT\n');
    expect(stdout).toContain(
      `to settle it: bellwether command send AbandonExit --tenant acme --account ann.main --data '{"positionId":"p1","orderId":"ann.main.p1.exit"}'\n`,
    );
    expect(stdout).toContain('broker: of ETH-USDT we hold 0, the broker 3\n');
    expect(stdout).toContain('"entryPrice":"<its entry price>"');
  });
});
