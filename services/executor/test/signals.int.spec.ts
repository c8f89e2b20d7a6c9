import { type Command, type SignalDocument, mainAccount, paths } from '@bellwether/contracts';
import type { RunningService } from '@bellwether/observability';
import { readCommits, readDocument } from '@bellwether/store';
import { type TestCloud, eventually } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startExecutor } from '../src/index.ts';
import { Trades } from './trades.fixture.ts';
import { type TradingCloud, logger, startTradingCloud } from './trading-cloud.fixture.ts';

const symbol = 'BTC-USDT';
const account = mainAccount('acme', 'sue');
const by = { actor: 'test', reason: 'spec' };

describe('signals', () => {
  let system: TradingCloud;
  let cloud: TestCloud;
  let executor: RunningService;
  let trades: Trades;
  let keys = 0;
  const start = Date.now();

  beforeAll(async () => {
    system = await startTradingCloud();
    ({ cloud } = system);
    trades = new Trades(cloud, symbol);
    executor = await startExecutor(system.environment, logger);
    await tick(100, 0);
    await send({ name: 'OpenAccount', key: key(), ...account });
    await send({ name: 'ResumeTrading', key: key(), ...account, ...by });
  });
  afterAll(async () => {
    await executor.close();
    await system.close();
  });

  const key = (): string => `k${(keys += 1)}`;

  /** A trade so many milliseconds after the start, on the feed's time. */
  async function tick(price: number, atMs: number): Promise<void> {
    await trades.publishAt(start + atMs, price * 100);
  }
  async function send(command: Command): Promise<string> {
    const reply = await system.commands.request(command, { timeoutMs: 20_000 });
    return reply.status === 'committed' ? 'committed' : `${reply.reason} ${reply.detail}`;
  }
  const create = async (id: string, parts: object = {}): Promise<string> =>
    send({
      name: 'CreateSignal',
      key: key(),
      ...account,
      signal: {
        id,
        symbol,
        side: 'long',
        source: 'model',
        confidence: '0.7',
        priceSource: 'trade',
        expiresAt: start + 60_000,
        entry: {
          positionId: `p-${id}`,
          symbol,
          side: 'long',
          quantity: '1',
          how: { kind: 'market' },
          timeInForce: 'gtc',
          priceSource: 'trade',
        },
        ...parts,
      },
    });
  const act = async (signalId: string): Promise<string> =>
    send({ name: 'ActOnSignal', key: key(), ...account, ...by, signalId, symbol, as: `act-${signalId}` });
  const documentOf = async (id: string) =>
    readDocument<SignalDocument>(await cloud.firestore.doc(paths.signal(account.uid, id)).get());

  /** Document and journal entry were written by one commit. */
  async function expectChangedWith(id: string, ...types: readonly string[]): Promise<void> {
    const found = await cloud.firestore.doc(paths.signal(account.uid, id)).get();
    const { version = 0 } = readDocument<SignalDocument>(found) ?? {};
    const [stored] = await readCommits(cloud.firestore, account, version, version);
    expect(stored?.commit.events.map(({ type }) => type)).toEqual(types);
    expect(found.updateTime?.isEqual(stored!.commitTime)).toBe(true);
  }

  it('are created and acted on, each in the commit of its event', async () => {
    await eventually(async () => (await create('s1')) === 'committed');
    expect((await documentOf('s1'))?.details).toMatchObject({ status: 'active', source: 'model' });
    await expectChangedWith('s1', 'SignalCreated');
    expect(await act('s1')).toBe('committed');
    expect((await documentOf('s1'))?.details).toMatchObject({
      status: 'actedOn',
      outcome: { kind: 'opened', positionId: 'p-s1', orderId: 'sue.main.act-s1' },
    });
    await expectChangedWith('s1', 'SignalActedOn', 'OrderPlaced', 'OrderFilled', 'PositionOpened');
    expect(await act('s1')).toMatch(/^NOT_ACTIVE/);
  });

  it('arm a trigger that opens when its price comes', async () => {
    expect(await create('s2', { when: { kind: 'price', direction: 'above', price: '110' } })).toBe(
      'committed',
    );
    expect(await act('s2')).toBe('committed');
    await expectChangedWith('s2', 'SignalActedOn', 'TriggerArmed');
    await tick(111, 1_000);
    await eventually(async () => {
      const position = await cloud.firestore.doc(paths.openPosition(account.uid, 'p-s2')).get();
      expect(position.get('details.status')).toBe('open');
    });
  });

  it('expire at the first tick at their end, also when they were created before a restart', async () => {
    expect(await create('s3', { expiresAt: start + 200_000 })).toBe('committed');
    await executor.close();
    executor = await startExecutor({ ...cloud.environment, SHARDS: '2' }, logger);
    await tick(100, 300_000);
    await eventually(async () => expect((await documentOf('s3'))?.details.status).toBe('expired'));
    await expectChangedWith('s3', 'SignalExpired');
    const stored = await cloud.firestore.doc(paths.signal(account.uid, 's3')).get();
    expect(stored.get('expireAt')).toBeDefined();
    expect(await act('s3')).toMatch(/^NOT_ACTIVE/);
  });

  it('are closed by whoever does not want them', async () => {
    expect(await create('s4', { expiresAt: start + 900_000 })).toBe('committed');
    expect(await send({ name: 'CloseSignal', key: key(), ...account, ...by, signalId: 's4' })).toBe(
      'committed',
    );
    expect((await documentOf('s4'))?.details.status).toBe('closed');
    await expectChangedWith('s4', 'SignalClosed');
  });
});
