import {
  type BrokerStatusDocument,
  type CommandInput,
  type OrderDocument,
  type PositionDocument,
  mainAccount,
  paths,
} from '@bellwether/contracts';
import { type BrokerDifference, defaultSettings } from '@bellwether/domain';
import { type RunningService, systemClock } from '@bellwether/observability';
import { readCommits, readDocument, rebuildAccount } from '@bellwether/store';
import { FakeBroker, type Match, type TestCloud, eventually } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startExecutor } from '../src/index.ts';
import { Trades } from './trades.fixture.ts';
import { type TradingCloud, logger, startTradingCloud } from './trading-cloud.fixture.ts';

const symbol = 'BTC-USDT';
const other = 'ETH-USDT';
const account = mainAccount('acme', 'ann');
const by = { actor: 'test', reason: 'spec' };
const patient = { timeoutMs: 30_000 };

describe('an account whose broker knows something else', () => {
  let cloud: TestCloud;
  let executor: RunningService;
  let system: TradingCloud;
  let broker: FakeBroker;
  let trades: Trades;

  beforeAll(async () => {
    system = await startTradingCloud();
    ({ cloud } = system);
    trades = new Trades(cloud, symbol);
    broker = new FakeBroker({
      clock: systemClock,
      match: ({ side, how, quantity }) => meet(side, how, quantity),
    });
    executor = await startExecutor(system.environment, logger, new Map([['fake', () => broker]]));
    await committed({ name: 'OpenAccount', key: 'open', ...account });
    await committed({ name: 'ResumeTrading', key: 'resume', ...account, ...by });
    const settings = { ...defaultSettings, broker: 'fake' };
    await committed({ name: 'ConfigureAccount', key: 'at-fake', ...account, ...by, settings });
  });
  afterAll(async () => {
    await executor.close();
    await system.close();
  });

  async function send(command: CommandInput) {
    return system.commands.request(command, { timeoutMs: 5_000 });
  }

  async function committed(command: CommandInput): Promise<void> {
    await eventually(async () => expect(await send(command)).toMatchObject({ status: 'committed' }), patient);
  }

  /** What the account shows now, by what it is about. */
  async function differences(): Promise<Record<string, BrokerDifference>> {
    const found = await cloud.firestore.doc(paths.brokerStatus(account.uid)).get();
    const shown = readDocument<BrokerStatusDocument>(found)?.accounts[account.accountId]?.differences ?? [];
    return Object.fromEntries(shown.map((each) => [each.kind, each]));
  }

  async function position(id: string) {
    const found = await cloud.firestore.doc(paths.openPosition(account.uid, id)).get();
    return readDocument<PositionDocument>(found)?.details;
  }

  async function order(id: string) {
    const found = await cloud.firestore.doc(paths.order(account.uid, `${account.accountId}.${id}`)).get();
    return readDocument<OrderDocument>(found)?.details;
  }

  it('shows what somebody placed and holds there, and changes nothing', async () => {
    const byHand = { side: 'buy', timeInForce: 'gtc', isReducing: false } as const;
    await broker.submit({
      ...byHand,
      clientOrderId: 'hand-1',
      symbol: other,
      quantity: '3',
      how: { kind: 'market' },
    });
    await broker.submit({
      ...byHand,
      clientOrderId: 'hand-2',
      symbol,
      quantity: '4',
      how: { kind: 'limit', limitPrice: '90' },
    });
    await eventually(
      async () =>
        expect(await differences()).toMatchObject({
          externalOrder: { brokerClientId: 'x-hand-2', symbol, side: 'buy', quantity: '4', filled: '2' },
          position: { ours: '0' },
        }),
      patient,
    );
    const found = await readCommits(cloud.firestore, account, 1, 1_000);
    expect(found.flatMap(({ commit }) => commit.events.map(({ type }) => type))).toEqual([
      'AccountOpened',
      'TradingResumed',
      'AccountConfigured',
      'BrokerDifferenceFound',
      'BrokerDifferenceFound',
      'BrokerDifferenceFound',
    ]);
    expect(broker.calls.filter((call) => call.startsWith('cancel'))).toEqual([]);
  });

  it('takes over the order with what it has filled, and cancels it under its own name', async () => {
    const { externalOrder } = await differences();
    const brokerOrderId = externalOrder?.kind === 'externalOrder' ? externalOrder.brokerOrderId : '';
    const adoption = {
      brokerOrderId,
      symbol,
      positionId: 'taken',
      priceSource: 'trade',
      exits: { stopLoss: { price: '80' } },
    } as const;
    await committed({ name: 'AdoptOrder', key: 'adopt-order', ...account, order: 'mine', adoption });
    await eventually(
      async () =>
        expect(await position('taken')).toMatchObject({
          status: 'open',
          quantity: '2',
          entryPrice: '90',
          exits: { stopLoss: { price: '80' } },
        }),
      patient,
    );
    await committed({ name: 'CancelOrder', key: 'cancel', ...account, ...by, order: 'mine' });
    await eventually(
      async () => expect(await order('mine')).toMatchObject({ status: 'cancelled', filled: '2' }),
      patient,
    );
    expect(broker.orders().map(({ status }) => status)).toEqual(['filled', 'cancelled']);
  });

  it('takes over the position that is offered, once', async () => {
    await eventually(async () => expect(Object.keys(await differences())).toEqual(['position']), patient);
    expect(await differences()).toMatchObject({
      position: { symbol: other, ours: '0', theirs: '3', offer: { side: 'long', quantity: '3' } },
    });
    const terms = {
      symbol: other,
      side: 'long',
      quantity: '3',
      entryPrice: '90',
      priceSource: 'trade',
      exits: { stopLoss: { price: '70' } },
    } as const;
    const adopt = (id: string) =>
      ({ name: 'AdoptPosition', key: id, ...account, position: { ...terms, id } }) as const;
    await committed(adopt('held'));
    expect(await send(adopt('twice'))).toMatchObject({ status: 'refused', reason: 'NOT_OFFERED' });
    expect(await differences()).toEqual({});
    expect(await position('held')).toMatchObject({ status: 'open', quantity: '3', broker: 'fake' });
  });

  it('protects a position again once a person gives up the closing order that its broker forgot', async () => {
    await trades.publish(7_900);
    await eventually(
      async () =>
        expect(await position('taken')).toMatchObject({ status: 'closing', exiting: [{ status: 'open' }] }),
      patient,
    );
    const orderId = `${account.accountId}.taken.exit`;
    broker.forget(orderId);
    await eventually(
      async () => expect(await differences()).toMatchObject({ orphan: { orderId, of: 'exit' } }),
      patient,
    );
    const abandon = { name: 'AbandonExit', ...account, ...by, positionId: 'taken' } as const;
    expect(await send({ ...abandon, key: 'wrong', orderId: 'ann.main.taken.exit-9' })).toMatchObject({
      status: 'refused',
      reason: 'NOT_AN_ORPHANED_EXIT',
    });
    await committed({ ...abandon, key: 'right', orderId });
    expect(await position('taken')).toMatchObject({ status: 'open', exiting: [], failedExits: 1 });
    expect(await differences()).toEqual({});
    // The next tick that reaches the stop makes a new order.
    await eventually(async () => {
      await trades.publish(7_900);
      expect(await position('taken')).toMatchObject({ status: 'closing' });
    }, patient);
    expect(broker.orders().filter(({ side }) => side === 'sell')).toHaveLength(1);
    const rebuilt = await rebuildAccount(cloud.firestore, account, { shards: 2, now: Date.now() });
    expect(rebuilt.differences).toEqual([]);
  });
});

/** What is bought at the market fills; half of what rests does; what is sold waits for ever. */
function meet(side: 'buy' | 'sell', how: { kind: string }, quantity: string): Match {
  if (side === 'sell') return { parts: [], end: 'works' };
  const filled = how.kind === 'market' ? quantity : String(Number(quantity) / 2);
  return { parts: [{ quantity: filled, price: '90' }], end: 'works' };
}
