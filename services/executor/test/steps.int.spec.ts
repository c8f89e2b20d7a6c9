import { type CommandInput, mainAccount, paths } from '@bellwether/contracts';
import type { AccountEvent } from '@bellwether/domain';
import { type RunningService, systemClock, systemIds } from '@bellwether/observability';
import { AccountStore, connectFirestore, readCommits } from '@bellwether/store';
import { eventually } from '@bellwether/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startExecutor } from '../src/index.ts';
import { positionTerms } from '../src/ticks/armed.builder.ts';
import { Trades } from './trades.fixture.ts';
import { type TradingCloud, logger, shards, startTradingCloud } from './trading-cloud.fixture.ts';

const symbol = 'BTC-USDT';
const account = mainAccount('acme', 'ann');
const by = { actor: 'test', reason: 'spec' };
const positions = 600;

let system: TradingCloud;
let executor: RunningService;

beforeAll(async () => {
  system = await startTradingCloud();
  const firestore = connectFirestore(system.cloud.environment);
  const store = new AccountStore({ firestore, clock: systemClock, ids: systemIds, logger, shards });
  const commit = async (...events: AccountEvent[]) =>
    store.commit(account, {
      cause: { kind: 'broker', broker: 'test', about: 'what was there' },
      traceparent: '',
      decide: () => ({ events }),
    });
  await commit({ type: 'AccountOpened', ...account }, { type: 'TradingResumed', ...by });
  for (let first = 0; first < positions; first += 100)
    await commit(
      ...Array.from({ length: 100 }, (_, i): AccountEvent => {
        const position = positionTerms({ id: `p${first + i}`, symbol, exits: { stopLoss: '10' } });
        return { type: 'PositionAdopted', position };
      }),
    );
  await firestore.terminate();
  executor = await startExecutor(system.environment, logger);
});
afterAll(async () => {
  await executor.close();
  await system.close();
});

const send = async (command: CommandInput) => system.commands.request(command, { timeoutMs: 60_000 });

it('resets an account with more open than one entry of the journal holds, once by its key', async () => {
  const { firestore } = system.cloud;
  const reset = { name: 'ResetShadow', key: 'reset', ...account, ...by, cash: { USDT: '5' } } as const;
  expect(await send(reset)).toMatchObject({ status: 'refused', reason: 'NO_PRICE' });
  expect(await readCommits(firestore, account, 8, 100)).toEqual([]);

  await new Trades(system.cloud, symbol).publish(9_000);
  const reply = await eventually(
    async () => {
      const answer = await send(reset);
      expect(answer).toMatchObject({ status: 'committed' });
      return answer;
    },
    { timeoutMs: 30_000 },
  );
  const entries = await readCommits(firestore, account, 8, 100);
  const events = entries.flatMap(({ commit }) => commit.events);
  expect(entries.length).toBeGreaterThan(2);
  expect(events.filter(({ type }) => type === 'PositionClosed')).toHaveLength(positions);
  expect(events.at(-1)).toMatchObject({ type: 'ShadowReset', cash: { USDT: '5' } });
  expect(reply).toMatchObject({ seq: entries.at(-1)?.commit.seq });
  expect((await firestore.doc(paths.account(account)).get()).data()).toMatchObject({
    openPositionIds: [],
    cash: { USDT: '5' },
  });
  expect(await send(reset)).toEqual(reply);
}, 90_000);
