import { type CommandInput, mainAccount, paths } from '@bellwether/contracts';
import type { Order, Position } from '@bellwether/domain';
import type { RunningService } from '@bellwether/observability';
import { readCommits, readOrder, readPosition } from '@bellwether/store';
import { type TestCloud, eventually } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startExecutor } from '../src/index.ts';
import { Trades } from './trades.fixture.ts';
import { type TradingCloud, logger, startTradingCloud } from './trading-cloud.fixture.ts';

const symbol = 'BTC-USDT';
const account = mainAccount('acme', 'ann');
const by = { actor: 'test', reason: 'spec' };

describe('trading through the executor', () => {
  let system: TradingCloud;
  let cloud: TestCloud;
  let executor: RunningService;
  let trades: Trades;
  let frames = 0;

  beforeAll(async () => {
    system = await startTradingCloud();
    ({ cloud } = system);
    trades = new Trades(cloud, symbol);
    await cloud.firestore.doc(paths.instrument(symbol)).set({
      symbol,
      contract: { kind: 'linear', multiplier: '1', currency: 'USDT' },
      quoteCurrency: 'USDT',
      lotSize: '0.5',
    });
    executor = await startExecutor(system.environment, logger);
    await send({ name: 'OpenAccount', key: 'open', ...account });
    await send({ name: 'ResumeTrading', key: 'resume', ...account, ...by });
  });
  afterAll(async () => {
    await executor.close();
    await system.close();
  });

  const send = async (command: CommandInput) => system.commands.request(command, { timeoutMs: 10_000 });

  /** The next frame, a trade a price, in cents. */
  async function trade(...cents: readonly number[]): Promise<void> {
    frames += 1;
    await trades.publishAt(1_000_000 + frames * 1_000, ...cents);
  }

  const position = async (id: string): Promise<Position | undefined> =>
    readPosition(await cloud.firestore.doc(paths.openPosition(account.uid, id)).get())?.details;
  const order = async (name: string): Promise<Order | undefined> =>
    readOrder(await cloud.firestore.doc(paths.order(account.uid, `${account.accountId}.${name}`)).get())
      ?.details;
  const becomes = async (id: string, wanted: object) =>
    eventually(async () => expect(await position(id)).toMatchObject(wanted), { timeoutMs: 10_000 });

  const entry = { symbol, side: 'long', quantity: '4', priceSource: 'trade' } as const;

  it('refuses a market order while nothing is known of the price', async () => {
    const reply = await send({
      name: 'OpenPosition',
      key: 'early',
      ...account,
      order: 'early',
      entry: { ...entry, positionId: 'early', how: { kind: 'market' } },
    });
    expect(reply).toMatchObject({ status: 'refused', reason: 'NO_PRICE', detail: `symbol: ${symbol}` });
  });

  it('opens at the market, takes a rung of the ladder, moves the stop to the entry and stops there', async () => {
    await trade(10_000);
    await eventually(
      async () =>
        expect(
          await send({
            name: 'OpenPosition',
            key: `ladder-${Date.now()}`,
            ...account,
            order: 'ladder',
            entry: {
              ...entry,
              positionId: 'ladder',
              how: { kind: 'market' },
              exits: {
                stopLoss: { percent: '5' },
                targets: [{ percent: '4', size: { share: '0.25' } }, { percent: '10' }],
                breakEven: { after: { targets: 1 } },
              },
            },
          }),
        ).toMatchObject({ status: 'committed' }),
      { timeoutMs: 10_000 },
    );
    expect(await position('ladder')).toMatchObject({
      status: 'open',
      entryPrice: '100',
      exits: { stopLoss: { price: '95' }, targets: [{ price: '104' }, { price: '110' }] },
    });
    expect(await order('ladder')).toMatchObject({ status: 'filled', filled: '4' });
    await trade(10_450, 10_200);
    await becomes('ladder', { quantity: '3', realizedPnl: '4.5', exits: { stopLoss: { price: '100' } } });
    await trade(10_010, 9_990);
    await becomes('ladder', { status: 'closed', reason: 'stopLoss', exitPrice: '99.9', realizedPnl: '4.2' });
  });

  it('fills a resting order at the tick that reaches it, and protects what it opened from the next', async () => {
    await send({
      name: 'OpenPosition',
      key: 'rest',
      ...account,
      order: 'rest',
      entry: {
        ...entry,
        positionId: 'rest',
        how: { kind: 'limit', limitPrice: '98' },
        exits: { trailing: { distance: '2' } },
      },
    });
    expect(await order('rest')).toMatchObject({ status: 'open', filled: '0' });
    await trade(9_800, 9_850, 10_100, 9_950, 9_900);
    await becomes('rest', { status: 'closed', reason: 'trailingStop', entryPrice: '98', exitPrice: '99' });
  });

  it('cancels a resting order, which no tick fills then', async () => {
    const how = { kind: 'stop', stopPrice: '120' } as const;
    await send({
      name: 'OpenPosition',
      key: 'break',
      ...account,
      order: 'break',
      entry: { ...entry, positionId: 'break', how },
    });
    expect(
      await send({ name: 'CancelOrder', key: 'cancel', ...account, ...by, order: 'break' }),
    ).toMatchObject({ status: 'committed' });
    await trade(12_500, 10_000);
    expect(await order('break')).toMatchObject({ status: 'cancelled' });
    expect(await position('break')).toBeUndefined();
  });

  it('opens what a trigger says, amends its exits and closes a part and the rest on request', async () => {
    await send({
      name: 'ArmTrigger',
      key: 'dip',
      ...account,
      trigger: {
        id: 'dip',
        symbol,
        priceSource: 'trade',
        when: { kind: 'price', direction: 'below', price: '90' },
        action: {
          kind: 'open',
          entry: { ...entry, positionId: 'dip', how: { kind: 'market' }, timeInForce: 'gtc' },
        },
      },
    });
    await trade(8_990, 9_100);
    await becomes('dip', { status: 'open', entryPrice: '89.9', quantity: '4' });
    await send({
      name: 'AmendExits',
      key: 'amend',
      ...account,
      ...by,
      positionId: 'dip',
      symbol,
      exits: { stopLoss: { price: '85' } },
    });
    expect((await position('dip'))?.exits).toMatchObject({ stopLoss: { price: '85' }, targets: [] });
    const close = { name: 'ClosePosition', ...account, ...by, positionId: 'dip', symbol } as const;
    await send({ ...close, key: 'half', size: { share: '0.5' } });
    expect(await position('dip')).toMatchObject({ status: 'open', quantity: '2', realizedPnl: '2.2' });
    await send({ ...close, key: 'rest-of-it' });
    expect(await position('dip')).toMatchObject({ status: 'closed', reason: 'manual', realizedPnl: '4.4' });
  });

  it('takes only lots of an instrument that is described', async () => {
    const reply = await send({
      name: 'OpenPosition',
      key: 'lots',
      ...account,
      order: 'lots',
      entry: { ...entry, positionId: 'lots', quantity: '0.25', how: { kind: 'market' } },
    });
    expect(reply).toEqual({
      status: 'refused',
      reason: 'NOT_A_MULTIPLE',
      detail: 'field: quantity, value: 0.25, step: 0.5',
    });
  });

  it('accounts for every coin: cash is what all fills received, to the last digit', async () => {
    const commits = await readCommits(cloud.firestore, account, 1, 1_000);
    const fills = commits.flatMap(({ commit }) => commit.events.filter(({ type }) => type === 'OrderFilled'));
    const received = fills.reduce(
      (sum, fill) => sum + (fill.type === 'OrderFilled' ? Number(fill.proceeds) : 0),
      0,
    );
    const head = await cloud.firestore.doc(paths.account(account)).get();
    expect(Number(head.get('cash.USDT'))).toBeCloseTo(received, 8);
    expect(fills.length).toBeGreaterThanOrEqual(8);
  });
});
