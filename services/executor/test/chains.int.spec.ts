import { type CommandInput, mainAccount, mostArmed, paths } from '@bellwether/contracts';
import type { TriggerSpec } from '@bellwether/domain';
import type { RunningService } from '@bellwether/observability';
import { readCommits, readPosition } from '@bellwether/store';
import { eventually } from '@bellwether/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startExecutor } from '../src/index.ts';
import { Trades } from './trades.fixture.ts';
import { type TradingCloud, logger, startTradingCloud } from './trading-cloud.fixture.ts';

const symbol = 'BTC-USDT';
const account = mainAccount('acme', 'ann');
const by = { actor: 'test', reason: 'spec' };

let system: TradingCloud;
let executor: RunningService;

beforeAll(async () => {
  system = await startTradingCloud();
  executor = await startExecutor(system.environment, logger);
});
afterAll(async () => {
  await executor.close();
  await system.close();
});

const send = async (command: CommandInput) => system.commands.request(command, { timeoutMs: 10_000 });

async function becomes(id: string, status: string): Promise<void> {
  await eventually(
    async () => {
      const found = await system.cloud.firestore.doc(paths.openPosition(account.uid, id)).get();
      expect(readPosition(found)?.details.status).toBe(status);
    },
    { timeoutMs: 15_000 },
  );
}

it('a round trip of triggers goes on, round after round, also over a restart', async () => {
  await send({ name: 'OpenAccount', key: 'open', ...account });
  await send({ name: 'ResumeTrading', key: 'resume', ...account, ...by });
  const again = { priceSource: 'trade', rearm: { coolDownMs: 1 } } as const;
  const entry = { positionId: 'p', symbol, side: 'long', quantity: '1', priceSource: 'trade' } as const;
  const order = { how: { kind: 'market' }, timeInForce: 'gtc' } as const;
  const triggers: TriggerSpec[] = [
    {
      id: 'in',
      symbol,
      ...again,
      when: { kind: 'price', direction: 'below', price: '90' },
      action: { kind: 'open', entry: { ...entry, ...order } },
    },
    {
      id: 'guard',
      symbol,
      ...again,
      when: { kind: 'price', direction: 'above', price: '100' },
      action: { kind: 'amend', positionId: 'p', exits: { stopLoss: { price: '95' } } },
    },
    {
      id: 'out',
      symbol,
      ...again,
      when: { kind: 'price', direction: 'above', price: '110' },
      action: { kind: 'close', positionId: 'p' },
    },
  ];
  for (const trigger of triggers)
    expect(await send({ name: 'ArmTrigger', key: trigger.id, ...account, trigger })).toMatchObject({
      status: 'committed',
    });

  const trades = new Trades(system.cloud, symbol);
  await trades.publish(9_000);
  await becomes('p', 'open');
  await trades.publish(11_000);
  await becomes('p', 'closed');
  await trades.publish(9_000);
  await becomes('p-2', 'open');
  await executor.close();
  executor = await startExecutor(system.environment, logger);
  await trades.publish(10_000);
  await trades.publish(11_000);
  await becomes('p-2', 'closed');

  const entries = await readCommits(system.cloud.firestore, account, 1, 100);
  const events = entries.flatMap(({ commit }) => commit.events);
  const amended = events.flatMap((event) => (event.type === 'ExitsAmended' ? event.positionId : []));
  expect(amended).toEqual(expect.arrayContaining(['p', 'p-2']));
});

it('a chain as long as a command takes is stored, with exits of what it opens in the end', async () => {
  const timed = { symbol, priceSource: 'trade', when: { kind: 'time', at: 9e12 } } as const;
  const targets = [{ price: '200', size: { share: '0.5' } }];
  const entry = { positionId: 'last', symbol, side: 'long', quantity: '1', exits: { targets } } as const;
  const order = { how: { kind: 'market' }, timeInForce: 'gtc', priceSource: 'trade' } as const;
  let trigger: TriggerSpec = { id: 'c0', ...timed, action: { kind: 'open', entry: { ...entry, ...order } } };
  for (let i = 1; i <= mostArmed; i += 1)
    trigger = { id: `c${i}`, ...timed, action: { kind: 'arm', trigger } };
  expect(await send({ name: 'ArmTrigger', key: 'chain', ...account, trigger })).toMatchObject({
    status: 'committed',
  });
  const longer = { id: 'longer', ...timed, action: { kind: 'arm', trigger } } as const;
  expect(await send({ name: 'ArmTrigger', key: 'longer', ...account, trigger: longer })).toMatchObject({
    status: 'refused',
    reason: 'INVALID',
  });
});
