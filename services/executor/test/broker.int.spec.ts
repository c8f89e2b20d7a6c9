import {
  type CommandInput,
  type OrderDocument,
  type PositionDocument,
  mainAccount,
  paths,
} from '@bellwether/contracts';
import { defaultSettings } from '@bellwether/domain';
import { type RunningService, systemClock } from '@bellwether/observability';
import { readCommits, readDocument } from '@bellwether/store';
import { type BrokerFault, FakeBroker, type TestCloud, eventually } from '@bellwether/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startExecutor } from '../src/index.ts';
import { Trades } from './trades.fixture.ts';
import { type TradingCloud, logger, startTradingCloud } from './trading-cloud.fixture.ts';

const symbol = 'BTC-USDT';
const account = mainAccount('acme', 'ann');
const by = { actor: 'test', reason: 'spec' };

describe('an account at a real broker', () => {
  let cloud: TestCloud;
  let executor: RunningService;
  let system: TradingCloud;
  let broker: FakeBroker;
  let faults: (BrokerFault | undefined)[] = [];
  let isDown = false;
  let refusals: string[] = [];
  let trades: Trades;

  const start = async () => startExecutor(system.environment, logger, new Map([['fake', () => broker]]));

  beforeAll(async () => {
    system = await startTradingCloud();
    ({ cloud } = system);
    trades = new Trades(cloud, symbol);
    broker = new FakeBroker({
      clock: systemClock,
      fault: () => (isDown ? 'unavailable' : faults.shift()),
      match: ({ quantity }) => {
        const reason = refusals.shift();
        if (reason !== undefined) return reason;
        const half = String(Number(quantity) / 2);
        const parts = [
          { quantity: half, price: '100' },
          { quantity: half, price: '101' },
        ];
        return { parts, end: 'works' };
      },
    });
    executor = await start();
    await send({ name: 'OpenAccount', key: 'open', ...account });
    await send({ name: 'ResumeTrading', key: 'resume', ...account, ...by });
    const settings = { ...defaultSettings, broker: 'fake' };
    await send({ name: 'ConfigureAccount', key: 'at-fake', ...account, ...by, settings });
    await trades.publish(10_000);
  });
  afterAll(async () => {
    await executor.close();
    await system.close();
  });
  beforeEach(() => {
    faults = [];
    refusals = [];
  });
  afterEach(() => {
    isDown = false;
  });

  async function send(command: CommandInput) {
    return system.commands.request(command, { timeoutMs: 5_000 });
  }

  async function enter(id: string): Promise<void> {
    const entry = {
      positionId: id,
      symbol,
      side: 'long',
      quantity: '4',
      how: { kind: 'market' },
      priceSource: 'trade',
      exits: { stopLoss: { price: '95' } },
    } as const;
    const command = { name: 'OpenPosition', key: `enter-${id}`, ...account, order: id, entry } as const;
    // The last price has to be known first.
    await eventually(async () => expect(await send(command)).toMatchObject({ status: 'committed' }), {
      timeoutMs: 10_000,
    });
  }

  async function position(id: string) {
    const found = await cloud.firestore.doc(paths.openPosition(account.uid, id)).get();
    return readDocument<PositionDocument>(found)?.details;
  }

  async function becomes(id: string, state: object): Promise<void> {
    await eventually(async () => expect(await position(id)).toMatchObject(state), { timeoutMs: 20_000 });
  }

  const ordersOf = (id: string) =>
    broker.orders().filter(({ clientOrderId }) => clientOrderId.startsWith(`x-ann.main.${id}`));

  it('opens a position with the fills that the broker reports, and closes it at the stop', async () => {
    await enter('plain');
    await becomes('plain', { status: 'open', quantity: '4', entryPrice: '100.5', fees: { USD: '0.02' } });
    await trades.publish(9_400);
    await becomes('plain', { status: 'closed', reason: 'stopLoss', realizedPnl: '0' });
    expect(ordersOf('plain')).toHaveLength(2);
  });

  it('has one order at the broker for each intent, however many answers are lost', async () => {
    await trades.publish(10_000);
    faults = ['lostAnswer', 'lostRequest', 'lostAnswer', 'slow'];
    await enter('lossy');
    await becomes('lossy', { status: 'open', quantity: '4' });
    faults = ['lostRequest', 'delayed', 'unavailable', 'lostAnswer', 'duplicated'];
    await trades.publish(9_400);
    await becomes('lossy', { status: 'closed', realizedPnl: '0' });
    expect(ordersOf('lossy').map(({ quantity, status }) => [quantity, status])).toEqual([
      ['4', 'filled'],
      ['4', 'filled'],
    ]);
  });

  it('goes on with an exit whose executor stopped before the broker was told', async () => {
    await trades.publish(10_000);
    await enter('restart');
    await becomes('restart', { status: 'open', quantity: '4' });
    isDown = true;
    await trades.publish(9_400);
    await becomes('restart', { status: 'closing' });
    await executor.close();
    expect(ordersOf('restart')).toHaveLength(1);
    isDown = false;
    executor = await start();
    await becomes('restart', { status: 'closed', reason: 'stopLoss' });
    expect(ordersOf('restart')).toHaveLength(2);
  });

  it('protects a position again whose exit the broker refused', async () => {
    await trades.publish(10_000);
    await enter('refused');
    await becomes('refused', { status: 'open', quantity: '4' });
    refusals = ['not now'];
    await trades.publish(9_400);
    await becomes('refused', { status: 'open', failedExits: 1, exiting: [] });
    await eventually(
      async () => {
        await trades.publish(9_400);
        expect(await position('refused')).toMatchObject({ status: 'closed', reason: 'stopLoss' });
      },
      { timeoutMs: 20_000 },
    );
    const found = await readCommits(cloud.firestore, account, 1, 1_000);
    const reasons = found.flatMap(({ commit }) =>
      commit.events.flatMap((event) => (event.type === 'OrderRejected' ? event.reason : [])),
    );
    expect(reasons).toEqual(['not now']);
  });

  it('cancels at the broker before it says so', async () => {
    await trades.publish(10_000);
    const entry = {
      positionId: 'resting',
      symbol,
      side: 'long',
      quantity: '4',
      how: { kind: 'limit', limitPrice: '90' },
      priceSource: 'trade',
    } as const;
    isDown = true;
    await eventually(async () =>
      expect(
        await send({ name: 'OpenPosition', key: 'resting', ...account, order: 'resting', entry }),
      ).toMatchObject({ status: 'committed' }),
    );
    await send({ name: 'CancelOrder', key: 'cancel', ...account, ...by, order: 'resting' });
    isDown = false;
    await eventually(
      async () => {
        const found = await cloud.firestore.doc(paths.order(account.uid, 'ann.main.resting')).get();
        const order = readDocument<OrderDocument>(found)?.details;
        expect(order).toMatchObject({ status: 'cancelled', filled: '0', cancelRequested: by });
      },
      { timeoutMs: 20_000 },
    );
    expect(ordersOf('resting')).toEqual([]);
  });
});
