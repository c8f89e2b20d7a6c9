import type { CommandClient } from '@bellwether/bus';
import {
  type AccountDocument,
  type Command,
  Commit,
  type Frame,
  type PositionDocument,
  encodeFrame,
  mainAccount,
  newTraceParent,
  paths,
  shardOf,
  topics,
} from '@bellwether/contracts';
import type { ExitsSpec } from '@bellwether/domain';
import { type RunningService, systemClock, systemIds } from '@bellwether/observability';
import {
  AccountStore,
  Outbox,
  connectFirestore,
  hashStored,
  readCommits,
  readDocument,
} from '@bellwether/store';
import { type TestCloud, eventually } from '@bellwether/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startExecutor } from '../src/index.ts';
import { type TradingCloud, logger, startTradingCloud } from './trading-cloud.fixture.ts';

const symbol = 'BTC-USDT';
const shard = shardOf(symbol, 2);
const account = mainAccount('acme', 'ann');

function adoption(
  id: string,
  exits: { stopLoss?: string; takeProfit?: string; trailing?: { distance: string } },
) {
  const terms = { symbol, side: 'long', quantity: '2', entryPrice: '100', priceSource: 'trade' } as const;
  return {
    name: 'AdoptPosition',
    key: `adopt-${id}`,
    ...account,
    position: { id, ...terms, exits: inFull(exits) },
  } as const;
}

function inFull({ stopLoss, takeProfit, trailing }: Parameters<typeof adoption>[1]): ExitsSpec {
  return {
    ...(stopLoss === undefined ? {} : { stopLoss: { price: stopLoss } }),
    ...(takeProfit === undefined ? {} : { targets: [{ price: takeProfit }] }),
    ...(trailing === undefined ? {} : { trailing }),
  };
}

function isClosing({ events }: Commit): boolean {
  return events.some(({ type }) => type === 'PositionClosed');
}

describe('the executor', () => {
  let system: TradingCloud;
  let cloud: TestCloud;
  let executor: RunningService;
  let commands: CommandClient;
  let epoch: string;
  let epochs = 1;
  let isEpochUsed = false;

  beforeAll(async () => {
    system = await startTradingCloud();
    ({ cloud, commands } = system);
  });
  afterAll(async () => {
    await system.close();
  });
  beforeEach(async () => {
    executor = await startExecutor(system.environment, logger);
    // Epochs are numbered without gaps: one that nobody published to is used by the next test.
    if (isEpochUsed) epochs += 1;
    isEpochUsed = false;
    epoch = `test-${epochs.toString().padStart(10, '0')}`;
  });
  afterEach(async () => executor.close());

  /** Prices of one frame, a millisecond apart; each frame starts at its number times a thousand. */
  function frame(number: number, firstOrdinal: number, prices: readonly number[], isLast = false): Frame {
    return {
      shard,
      epoch,
      number,
      firstOrdinal,
      receivedAt: Date.now(),
      isLast,
      instruments: [{ symbol, venue: 'test', kind: 'trade', priceScale: 2, sizeScale: 0 }],
      length: prices.length,
      instrument: new Uint16Array(prices.length),
      exchangeAt: Float64Array.from(prices, (_, i) => number * 1_000 + i),
      first: Float64Array.from(prices),
      second: new Float64Array(prices.length).fill(1),
    };
  }

  async function publish(...frames: readonly Frame[]): Promise<void> {
    isEpochUsed = true;
    for (const each of frames)
      await cloud.pubsub.topic(topics.ticks(shard)).publishMessage({
        data: Buffer.from(encodeFrame(each)),
        attributes: { 'ce-traceparent': newTraceParent(systemIds.hex) },
      });
  }

  const send = async (command: Command) => commands.request(command, { timeoutMs: 5_000 });
  const by = { actor: 'test', reason: 'spec' };

  async function openAccount(): Promise<void> {
    await send({ name: 'OpenAccount', key: 'open', ...account });
    await send({ name: 'ResumeTrading', key: `resume-${epoch}`, ...account, ...by });
  }

  async function position(id: string): Promise<PositionDocument | undefined> {
    return readDocument<PositionDocument>(
      await cloud.firestore.doc(paths.openPosition(account.uid, id)).get(),
    );
  }

  async function closed(id: string) {
    return eventually(
      async () => {
        const found = (await position(id))?.details;
        return found?.status === 'closed' && found;
      },
      { timeoutMs: 10_000 },
    );
  }

  it('commits a stop once, at the tick that reaches it, however often its frame is delivered', async () => {
    await openAccount();
    await send(adoption('once', { stopLoss: '95' }));
    const frames = [frame(1, 0, [9_900, 9_501]), frame(2, 2, [9_480, 9_300], true)];
    await publish(frames[1]!, frames[0]!, frames[1]!);
    await publish(frames[0]!);
    expect(await closed('once')).toMatchObject({
      reason: 'stopLoss',
      exitPrice: '94.8',
      realizedPnl: '-10.4',
    });
    const found = await readCommits(cloud.firestore, account, 1, 100);
    const closings = found.flatMap(({ commit }) =>
      commit.events.filter(({ type }) => type === 'PositionClosed'),
    );
    expect(closings).toHaveLength(1);
  });

  it('publishes every commit and empties the outbox', async () => {
    const received: Commit[] = [];
    const [subscription] = await cloud.pubsub.topic(topics.events).createSubscription('spec.events');
    subscription.on('message', (message) => {
      received.push(Commit.parse(JSON.parse(message.data.toString())));
      message.ack();
    });
    await openAccount();
    await send(adoption('told', { takeProfit: '105' }));
    await publish(frame(1, 0, [10_600], true));
    await closed('told');
    await eventually(() => expect(received.filter(isClosing)).toHaveLength(1));
    await eventually(async () => expect(await new Outbox(cloud.firestore).pending()).toEqual([]));
    await subscription.close();
  });

  it('keeps a gapless, hash-chained journal whose head the account names', async () => {
    const { docs: found } = await cloud.firestore
      .collection(paths.journal(account))
      .orderBy('__name__')
      .get();
    let previousHash = '';
    for (const [index, document] of found.entries()) {
      const { hash, ...entry } = document.data();
      expect(entry).toMatchObject({ seq: index + 1, previousHash });
      expect(hashStored(entry)).toBe(hash);
      previousHash = String(hash);
    }
    const head = readDocument<AccountDocument>(await cloud.firestore.doc(paths.account(account)).get());
    expect(head).toMatchObject({ version: found.length, headHash: previousHash, openPositionIds: [] });
  });

  it('goes on with a trailing stop where the executor before it stopped', async () => {
    await openAccount();
    await send(adoption('trail', { trailing: { distance: '3' } }));
    await publish(frame(1, 0, [10_000, 11_000, 10_900]));
    await eventually(
      async () => {
        const state = await cloud.firestore.doc(`ops_shards/0${shard}`).get();
        return state.get('checkpoint.epoch') === epoch && state.get('checkpoint.frame') === 1;
      },
      { timeoutMs: 10_000 },
    );
    await executor.close();
    executor = await startExecutor(system.environment, logger);
    await publish(frame(2, 3, [10_800, 10_699], true));
    expect(await closed('trail')).toMatchObject({ reason: 'trailingStop', exitPrice: '106.99' });
  });

  it('judges the ticks that came between arming and the book', async () => {
    await openAccount();
    await publish(frame(1, 0, [9_400, 9_900]));
    const armed = adoption('late', { stopLoss: '95' });
    await send({ ...armed, position: { ...armed.position, armedAt: 1_000 } });
    await publish(frame(2, 2, [9_900], true));
    expect(await closed('late')).toMatchObject({ exitPrice: '94', closedAt: 1_000 });
  });

  it('answers a repeated command with its first result and refuses its key for other content', async () => {
    await openAccount();
    const first = await send(adoption('key', { stopLoss: '1' }));
    expect(await send(adoption('key', { stopLoss: '1' }))).toEqual(first);
    expect(await send({ ...adoption('key', { stopLoss: '2' }) })).toMatchObject({ reason: 'CONFLICT' });
  });

  it('executes nothing while trading is halted, and at the next tick after it is resumed', async () => {
    await openAccount();
    await send(adoption('halted', { stopLoss: '95' }));
    await send({ name: 'HaltTrading', key: `halt-${epoch}`, ...account, ...by });
    await publish(frame(1, 0, [9_400]));
    await send({ name: 'HaltTrading', key: `halt-again-${epoch}`, ...account, ...by });
    expect((await position('halted'))?.details.status).toBe('open');
    await eventually(
      async () => {
        const state = await cloud.firestore.doc(`ops_shards/0${shard}`).get();
        return state.get('checkpoint.epoch') === epoch;
      },
      { timeoutMs: 10_000 },
    );
    await send({ name: 'ResumeTrading', key: `resume-after-${epoch}`, ...account, ...by });
    await publish(frame(2, 1, [9_300], true));
    expect(await closed('halted')).toMatchObject({ exitPrice: '93' });
  });

  it('executes what was reached while trading was halted when another executor resumes it', async () => {
    await openAccount();
    await send(adoption('elsewhere', { stopLoss: '95' }));
    await send({ name: 'HaltTrading', key: `halt-elsewhere-${epoch}`, ...account, ...by });
    await publish(frame(1, 0, [9_400]));
    await eventually(
      async () => {
        const state = await cloud.firestore.doc(`ops_shards/0${shard}`).get();
        return state.get('checkpoint.epoch') === epoch;
      },
      { timeoutMs: 10_000 },
    );
    const other = new AccountStore({
      firestore: connectFirestore(cloud.environment),
      clock: systemClock,
      ids: systemIds,
      logger,
      shards: 2,
    });
    await other.commit(account, {
      cause: { kind: 'command', name: 'ResumeTrading', key: `resume-elsewhere-${epoch}` },
      traceparent: '',
      decide: () => ({ events: [{ type: 'TradingResumed', ...by }] }),
    });
    let number = 2;
    for (; (await position('elsewhere'))?.details.status !== 'closed'; number += 1) {
      expect(number).toBeLessThan(50);
      await publish(frame(number, number - 1, [9_300]));
      await sleep(200);
    }
    await publish(frame(number, number - 1, [9_900], true));
    expect(await closed('elsewhere')).toMatchObject({ exitPrice: '93' });
  });

  it.each<[string, unknown, string]>([
    [
      'an account that is not open',
      { ...adoption('x', {}), uid: 'nobody', accountId: 'nobody.main' },
      'NO_ACCOUNT',
    ],
    ['an account of another tenant', { ...adoption('x', {}), tenant: 'evil' }, 'NO_ACCOUNT'],
    ['an account of another user', { ...adoption('x', {}), uid: 'eve' }, 'INVALID'],
    [
      'a negative quantity',
      { ...adoption('x', {}), position: { ...adoption('x', {}).position, quantity: '-1' } },
      'INVALID',
    ],
    ['an unknown command', { name: 'Fly', key: 'k' }, 'INVALID'],
  ])('refuses %s', async (_what, command, reason) => {
    // What a stranger may send.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    expect(await send(command as Command)).toMatchObject({ status: 'refused', reason });
  });
});
