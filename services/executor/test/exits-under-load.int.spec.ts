import { CommandClient, provisionTopology } from '@bellwether/bus';
import {
  type AccountRef,
  type CommandInput,
  type Commit,
  type Frame,
  encodeFrame,
  mainAccount,
  newTraceParent,
  paths,
  shardOf,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import type { AccountEvent } from '@bellwether/domain';
import { type RunningService, createLogger, systemClock, systemIds } from '@bellwether/observability';
import { AccountStore, connectFirestore, readAccount, readCommits } from '@bellwether/store';
import { type TestCloud, eventually, startTestCloud } from '@bellwether/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { startExecutor } from '../src/index.ts';
import { positionTerms } from '../src/ticks/armed.builder.ts';

const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;
const logger = createLogger({ service: 'test', level: 'silent' });
const shards = 2;
const symbols = Array.from({ length: 10 }, (_, i) => `COIN${i}-USDT`);
const epoch = 'load-0000000001';
const by = { actor: 'test', reason: 'spec' };

describe('many exits at once', () => {
  let cloud: TestCloud;
  let executor: RunningService | undefined;
  beforeEach(async () => {
    cloud = await startTestCloud({ indexesFile });
    await provisionTopology(cloud.pubsub, topologyOf(shards));
  });
  afterEach(async () => {
    await executor?.close();
    await cloud.close();
  });

  const start = async (): Promise<void> => {
    executor = await startExecutor({ ...cloud.environment, SHARDS: String(shards) }, logger);
  };

  /** Accounts with as many long positions each, stopped at the level that `stopOf` gives. */
  async function given(
    accounts: readonly AccountRef[],
    positions: number,
    stopOf: (position: number) => string,
  ): Promise<void> {
    const ids = systemIds;
    const firestore = connectFirestore(cloud.environment);
    const store = new AccountStore({ firestore, clock: systemClock, ids, logger, shards });
    await Promise.all(
      accounts.map(async (account) => {
        const events: AccountEvent[] = [
          { type: 'AccountOpened', ...account },
          { type: 'TradingResumed', ...by },
          ...Array.from({ length: positions }, (_, i): AccountEvent => {
            const symbol = symbols[i % symbols.length] ?? '';
            const exits = { stopLoss: stopOf(i) };
            return {
              type: 'PositionAdopted',
              position: positionTerms({ id: `${account.uid}-${i}`, symbol, exits }),
            };
          }),
        ];
        const cause = { kind: 'command', name: 'OpenAccount', key: 'seed' } as const;
        const outcome = await store.commit(account, { cause, traceparent: '', decide: () => ({ events }) });
        expect(outcome.status).toBe('committed');
      }),
    );
  }

  /** The symbols' prices, one after another, as one frame for each shard and price; the last one ends the epoch. */
  async function publish(prices: readonly number[]): Promise<void> {
    for (let shard = 0; shard < shards; shard += 1) {
      const own = symbols.filter((symbol) => shardOf(symbol, shards) === shard);
      for (const [n, price] of prices.entries()) {
        const frame: Frame = {
          shard,
          epoch,
          number: n + 1,
          firstOrdinal: n * own.length,
          receivedAt: Date.now(),
          isLast: n === prices.length - 1,
          instruments: own.map((symbol) => ({
            symbol,
            venue: 'test',
            kind: 'trade',
            priceScale: 2,
            sizeScale: 0,
          })),
          length: own.length,
          instrument: Uint16Array.from(own, (_, i) => i),
          exchangeAt: Float64Array.from(own, () => 1_000 + n),
          first: Float64Array.from(own, () => Math.round(price * 100)),
          second: Float64Array.from(own, () => 1),
        };
        await cloud.pubsub.topic(topics.ticks(shard)).publishMessage({
          data: Buffer.from(encodeFrame(frame)),
          attributes: { 'ce-traceparent': newTraceParent(systemIds.hex) },
        });
      }
    }
  }

  const journalOf = async (account: AccountRef): Promise<readonly Commit[]> =>
    (await readCommits(cloud.firestore, account, 1, 10_000)).map(({ commit }) => commit);
  const openOf = async (accounts: readonly AccountRef[]): Promise<number> => {
    const heads = await cloud.firestore.getAll(
      ...accounts.map((account) => cloud.firestore.doc(paths.account(account))),
    );
    return heads.reduce((sum, head) => sum + (readAccount(head)?.openPositionIds.length ?? 0), 0);
  };
  const untilClosed = async (accounts: readonly AccountRef[]): Promise<void> => {
    await eventually(async () => (await openOf(accounts)) === 0, { timeoutMs: 60_000 });
  };

  const faults = async (method: string, body?: object) => {
    const answer = await fetch(`http://${cloud.hosts.ops}/faults`, {
      method,
      headers: { Authorization: `Bearer ${cloud.faultToken}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return Struck.parse(await answer.json()).faults.reduce((sum, { struck }) => sum + struck, 0);
  };

  it('of one account over all shards are committed once each, in a group for each frame', async () => {
    const account = mainAccount('acme', 'ann');
    await given([account], 50, () => '95');
    await start();
    await publish([99, 94]);
    await untilClosed([account]);
    const journal = await journalOf(account);
    const ids = journal.flatMap(closedIn);
    expect(ids.toSorted()).toEqual(Array.from({ length: 50 }, (_, i) => `ann-${i}`).toSorted());
    expect(new Set(symbols.map((symbol) => shardOf(symbol, shards))).size).toBe(shards);
    expect(journal.filter(({ cause }) => cause.kind === 'frame').length).toBeLessThanOrEqual(shards);
  }, 60_000);

  it('are all committed, once each, while every fifth commit meets contention', async () => {
    const accounts = Array.from({ length: 20 }, (_, i) => mainAccount('acme', `u${i}`));
    await given(accounts, 10, (i) => String(98 - i));
    await start();
    const at = { service: 'firestore', method: 'Commit', times: 1, side: 'before' };
    const aborted = { kind: 'error', code: 'ABORTED', message: 'too much contention' };
    await faults('POST', {
      faults: Array.from({ length: 300 }, (_, i) => ({ at: { ...at, nth: 1 + i * 5 }, do: aborted })),
    });
    await publish(Array.from({ length: 12 }, (_, n) => 99.5 - n));
    await untilClosed(accounts);
    expect(await faults('GET')).toBeGreaterThan(10);
    for (const account of accounts) {
      const ids = (await journalOf(account)).flatMap(closedIn);
      expect(ids.toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => `${account.uid}-${i}`).toSorted());
    }
  }, 90_000);

  it('of a flash crash are all committed in the order of their ticks, and one account that cannot holds up no other', async () => {
    const accounts = Array.from({ length: 200 }, (_, i) => mainAccount('acme', `u${i}`));
    const [blocked, ...others] = accounts;
    if (blocked === undefined) throw new Error('no account');
    await given(accounts, 10, (i) => String(98 - i));
    await start();
    const resource = `${paths.journal(blocked)}/`;
    const at = { service: 'firestore', method: 'Commit', resource, side: 'before' };
    await faults('POST', { at, do: { kind: 'error', code: 'ABORTED' } });
    await publish([99.5, 96.5, 92.5, 88.5]);
    await untilClosed(others);
    expect(await openOf([blocked])).toBe(10);
    await faults('DELETE');
    await untilClosed([blocked]);
    for (const account of accounts) {
      const journal = await journalOf(account);
      const ticks = journal.flatMap(({ events }) =>
        events.flatMap((event) => (event.type === 'PositionClosed' ? (event.tick ?? []) : [])),
      );
      expect(ticks).toHaveLength(10);
      for (let shard = 0; shard < shards; shard += 1) {
        const own = ticks.filter(({ symbol }) => shardOf(symbol, shards) === shard);
        expect(own).toEqual(own.toSorted((a, b) => a.ordinal - b.ordinal));
      }
    }
  }, 120_000);

  it('and a hundred commands at once of one account: none is lost, none doubled, and no cash is below zero', async () => {
    const account = mainAccount('acme', 'ann');
    await start();
    const commands = await CommandClient.connect(cloud.pubsub, { name: 'test', ids: systemIds, logger });
    const send = async (command: CommandInput) => commands.request(command, { timeoutMs: 30_000 });
    await send({ name: 'OpenAccount', key: 'open', ...account });
    await send({ name: 'ResumeTrading', key: 'resume', ...account, ...by });
    await publish([100]);
    const [symbol = ''] = symbols;
    await eventually(async () => {
      const doc = cloud.firestore.doc(paths.executorShard(shardOf(symbol, shards)));
      return (await doc.get()).get('checkpoint') !== undefined;
    });
    const deposit = (i: number, amount: string): CommandInput => {
      return { name: 'DepositFunds', key: `cash-${i}`, ...account, ...by, currency: 'USD', amount };
    };
    const open = (i: number): CommandInput => ({
      name: 'OpenPosition',
      key: `open-${i}`,
      ...account,
      order: `o${i}`,
      entry: {
        positionId: `p${i}`,
        symbol,
        side: 'long',
        quantity: '1',
        how: { kind: 'market' },
        priceSource: 'trade',
      },
    });
    const sent = Array.from({ length: 100 }, (_, i) => {
      if (i % 5 === 4) return open(i);
      return deposit(i, i % 2 === 0 ? '10' : '-15');
    });
    const replies = await Promise.all(sent.map(send));
    await commands.close();

    const journal = await journalOf(account);
    const committed = sent.filter((_, i) => replies[i]?.status === 'committed').map(({ key }) => key);
    const keys = journal.flatMap(({ cause }) => (cause.kind === 'command' ? cause.key : []));
    expect(keys.toSorted()).toEqual(['open', 'resume', ...committed].toSorted());
    const reasons = new Set(replies.flatMap((reply) => (reply.status === 'refused' ? reply.reason : [])));
    // What the positions were bought with is owed in another currency, of which no price tells the rate.
    const expected = new Set(['NOT_ENOUGH_CASH', 'NO_RATE']);
    expect([...reasons].filter((reason) => !expected.has(reason))).toEqual([]);
    let cash = 0;
    for (const { events } of journal)
      for (const event of events)
        if (event.type === 'FundsDeposited') {
          cash += Number(event.amount);
          expect(cash).toBeGreaterThanOrEqual(0);
        }
    const head = readAccount(await cloud.firestore.doc(paths.account(account)).get());
    expect(head?.cash['USD'] ?? '0').toBe(String(cash));
    expect(head?.openPositionIds).toHaveLength(20);
  }, 60_000);
});

const Struck = z.object({ faults: z.array(z.object({ struck: z.number() })) });

function closedIn({ events }: Commit): string[] {
  return events.flatMap((event) => (event.type === 'PositionClosed' ? event.positionId : []));
}
