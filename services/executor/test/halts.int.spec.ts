import type { CommandClient } from '@bellwether/bus';
import {
  type AccountDocument,
  type AccountRef,
  type Command,
  type Commit,
  type Frame,
  type ScopeRef,
  type ScopeTradingDocument,
  type TradingStatusDocument,
  encodeFrame,
  mainAccount,
  newTraceParent,
  paths,
  shardOf,
  systemScope,
  topics,
} from '@bellwether/contracts';
import { type AccountEvent, evolve, unopenedAccount } from '@bellwether/domain';
import { type RunningService, systemClock, systemIds } from '@bellwether/observability';
import { ScopeStore, type ScopeSwitch, readCommits, readDocument, switchScope } from '@bellwether/store';
import { type TestCloud, eventually } from '@bellwether/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startExecutor } from '../src/index.ts';
import { type TradingCloud, logger, startTradingCloud } from './trading-cloud.fixture.ts';

const symbol = 'BTC-USDT';
const shard = shardOf(symbol, 2);
const by = { actor: 'test', reason: 'spec' };

/** What moves money or makes an order. */
const executing = new Set<AccountEvent['type']>([
  'OrderPlaced',
  'OrderFilled',
  'StopTriggered',
  'TargetTriggered',
  'TrailingStopTriggered',
  'TimeExitTriggered',
  'CloseRequested',
  'PositionOpened',
  'PositionReduced',
  'PositionClosed',
]);

/** Events that executed in an account that its own journal had halted: `seq:type`. */
function executedWhileHalted({ tenant, uid, accountId }: AccountRef, commits: readonly Commit[]): string[] {
  let account = unopenedAccount(tenant, uid, accountId);
  return commits.flatMap(({ seq, events }) =>
    events.flatMap((event) => {
      const isWrong = account.trading === 'halted' && executing.has(event.type);
      account = evolve(account, event);
      return isWrong ? [`${seq}:${event.type}`] : [];
    }),
  );
}

describe('halts', () => {
  let system: TradingCloud;
  let cloud: TestCloud;
  let executor: RunningService;
  let commands: CommandClient;
  let scopes: ScopeStore;
  let epochs = 0;
  let epoch: string;
  let frames: number;
  let keys = 0;
  let users = 0;

  beforeAll(async () => {
    system = await startTradingCloud();
    ({ cloud, commands } = system);
    scopes = new ScopeStore({ firestore: cloud.firestore, clock: systemClock, ids: systemIds, logger });
  });
  afterAll(async () => {
    await system.close();
  });
  beforeEach(async () => {
    executor = await startExecutor(system.environment, logger);
    epochs += 1;
    frames = 0;
    epoch = `test-${epochs.toString().padStart(10, '0')}`;
    await tick(100);
  });
  afterEach(async () => {
    await publish([100], true);
    await executor.close();
  });

  async function publish(prices: readonly number[], isLast = false): Promise<void> {
    frames += 1;
    const frame: Frame = {
      shard,
      epoch,
      number: frames,
      firstOrdinal: frames - 1,
      receivedAt: Date.now(),
      isLast,
      instruments: [{ symbol, venue: 'test', kind: 'trade', priceScale: 0, sizeScale: 0 }],
      length: prices.length,
      instrument: new Uint16Array(prices.length),
      exchangeAt: Float64Array.from(prices, (_, i) => epochs * 1_000_000 + frames * 1_000 + i),
      first: Float64Array.from(prices),
      second: new Float64Array(prices.length).fill(1),
    };
    await cloud.pubsub.topic(topics.ticks(shard)).publishMessage({
      data: Buffer.from(encodeFrame(frame)),
      attributes: { 'ce-traceparent': newTraceParent(systemIds.hex) },
    });
  }
  /** Frames that reach stops below 90 and targets above 110 in turn. */
  async function swings(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await publish([100, i % 2 === 0 ? 89 : 111, 100]);
  }
  const tick = async (price: number): Promise<void> => publish([price]);
  const key = (): string => `k${(keys += 1)}`;

  async function send(command: Command): Promise<string> {
    const reply = await commands.request(command, { timeoutMs: 20_000 });
    return reply.status === 'committed' ? 'committed' : reply.reason;
  }
  const halt = async (account: AccountRef, parts: object = {}): Promise<string> =>
    send({ name: 'HaltTrading', key: key(), ...account, ...by, ...parts });
  const resume = async (account: AccountRef): Promise<string> =>
    send({ name: 'ResumeTrading', key: key(), ...account, ...by });
  const open = async (account: AccountRef, positionId: string, parts: object = {}): Promise<string> =>
    send({
      name: 'OpenPosition',
      key: key(),
      ...account,
      order: `o-${positionId}`,
      entry: {
        positionId,
        symbol,
        side: 'long',
        how: { kind: 'market' },
        quantity: '1',
        timeInForce: 'gtc',
        priceSource: 'trade',
        ...parts,
      },
    });

  /** An account that trades, of a new user. */
  async function trader(tenant = `t${users + 1}`): Promise<AccountRef> {
    users += 1;
    const account = mainAccount(tenant, `u${users}`);
    expect(await send({ name: 'OpenAccount', key: key(), ...account })).toBe('committed');
    expect(await resume(account)).toBe('committed');
    return account;
  }
  const switched = async (scope: ScopeRef, parts: Partial<ScopeSwitch> = {}) =>
    switchScope(scopes, scope, {
      key: key(),
      state: 'halted',
      ...by,
      traceparent: '',
      clock: systemClock,
      ...parts,
    });
  const said = async (scope: ScopeRef) =>
    readDocument<ScopeTradingDocument>(await cloud.firestore.doc(paths.scopeTrading(scope)).get());
  const documentOf = async (account: AccountRef) =>
    readDocument<AccountDocument>(await cloud.firestore.doc(paths.account(account)).get());
  const journal = async (account: AccountRef) =>
    (await readCommits(cloud.firestore, account, 1, 5_000)).map(({ commit }) => commit);
  const typesOf = async (account: AccountRef) =>
    (await journal(account)).flatMap(({ events }) => events.map(({ type }) => type));

  /** Resolves when every account of the scope has followed its last switch. */
  async function followed(scope: ScopeRef): Promise<ScopeTradingDocument | undefined> {
    await eventually(async () => expect((await said(scope))?.isSpreading).toBe(false));
    return said(scope);
  }

  it('of a tenant are one entry of its journal, and one of each of its accounts, counted', async () => {
    const accounts = [await trader('many'), await trader('many'), await trader('many')];
    const other = await trader('other');
    const scope: ScopeRef = { kind: 'tenant', tenant: 'many' };
    expect(await switched(scope)).toMatchObject({ status: 'committed', stored: { commit: { seq: 1 } } });
    expect(await followed(scope)).toMatchObject({ state: 'halted', isOpen: true, accounts: 3, done: 3 });
    for (const account of accounts) {
      expect((await journal(account)).at(-1)?.events).toEqual([
        { type: 'TradingHalted', ...by, scope: 'tenant', scopeSeq: 1 },
      ]);
      expect(await open(account, 'refused')).toBe('TRADING_HALTED');
    }
    expect(await open(other, 'p-other')).toBe('committed');

    await switched(scope, { state: 'active' });
    expect(await followed(scope)).toMatchObject({ state: 'active', isOpen: false, done: 3 });
    for (const account of accounts) expect((await documentOf(account))?.trading).toBe('active');
  });

  it('of two scopes hold until both have ended', async () => {
    const account = await trader();
    const user: ScopeRef = { kind: 'user', tenant: account.tenant, uid: account.uid };
    await switched(user);
    await switched(systemScope);
    await followed(user);
    await followed(systemScope);
    expect((await documentOf(account))?.holds.map(({ scope }) => scope)).toEqual(
      expect.arrayContaining(['user', 'global']),
    );
    await switched(systemScope, { state: 'active' });
    await followed(systemScope);
    expect(await open(account, 'no')).toBe('TRADING_HALTED');
    await switched(user, { state: 'active' });
    await followed(user);
    expect(await open(account, 'yes')).toBe('committed');
  });

  it('take in the accounts that are opened while they stand, by their first commit', async () => {
    await trader('growing');
    const scope: ScopeRef = { kind: 'tenant', tenant: 'growing' };
    await switched(scope);
    await followed(scope);
    const account = await trader('growing');
    const [first] = await journal(account);
    expect(first?.events.map(({ type }) => type)).toEqual(['AccountOpened', 'TradingHalted']);
    expect(await open(account, 'p-new')).toBe('TRADING_HALTED');
    await switched(scope, { state: 'active' });
    await followed(scope);
  });

  it('name the tenants and users that there are', async () => {
    const { tenant, uid } = await trader();
    const none: ScopeRef = { kind: 'tenant', tenant: 'nobody' };
    expect(await switched(none)).toMatchObject({ status: 'refused', refusal: { reason: 'NO_TENANT' } });
    const others: ScopeRef = { kind: 'user', tenant: 'nobody', uid };
    expect(await switched(others)).toMatchObject({ status: 'refused', refusal: { reason: 'NO_USER' } });
    expect(await said({ kind: 'user', tenant, uid })).toBeUndefined();
  });

  it('go on where an executor stopped', async () => {
    const scope: ScopeRef = { kind: 'tenant', tenant: 'crashed' };
    const accounts = [await trader('crashed'), await trader('crashed')];
    await executor.close();
    await switched(scope);
    expect(await said(scope)).toMatchObject({ isSpreading: true, done: 0 });
    executor = await startExecutor(system.environment, logger);
    expect(await followed(scope)).toMatchObject({ accounts: 2, done: 2 });
    for (const account of accounts) expect((await documentOf(account))?.trading).toBe('halted');
    await switched(scope, { state: 'active' });
    await followed(scope);
  });

  it('end by themselves: of an account and of a scope', async () => {
    const [own, scoped] = [await trader(), await trader()];
    const scope: ScopeRef = { kind: 'user', tenant: scoped.tenant, uid: scoped.uid };
    const until = systemClock.now() + 3_000;
    expect(await halt(own, { until })).toBe('committed');
    await switched(scope, { until });
    await followed(scope);
    for (const account of [own, scoped]) expect((await documentOf(account))?.trading).toBe('halted');
    for (const account of [own, scoped]) {
      await eventually(async () => expect((await documentOf(account))?.trading).toBe('active'));
      const commits = await journal(account);
      const last = commits.at(-1);
      expect(last?.events).toMatchObject([{ type: 'TradingResumed', actor: 'expiry', reason: 'spec' }]);
    }
    await eventually(async () => expect(await said(scope)).toMatchObject({ state: 'active', isOpen: false }));
  });

  it('with flatten cancel what would enter, close what is open, and halt once flat', async () => {
    const account = await trader();
    for (const id of ['a', 'b', 'c']) expect(await open(account, `${account.uid}-${id}`)).toBe('committed');
    expect(await open(account, `${account.uid}-d`, { how: { kind: 'limit', limitPrice: '50' } })).toBe(
      'committed',
    );
    expect(await halt(account, { flatten: true })).toBe('committed');
    await eventually(async () => expect((await documentOf(account))?.trading).toBe('halted'));
    const document = await documentOf(account);
    expect(document).toMatchObject({ openPositionIds: [], workingOrderIds: [], hasPendingHold: false });
    const types = await typesOf(account);
    expect(types.slice(types.indexOf('TradingReduced'))).toEqual([
      'TradingReduced',
      'OrderCancelled',
      ...['a', 'b', 'c'].flatMap(() => ['CloseRequested', 'OrderFilled', 'PositionClosed']),
      'TradingHalted',
    ]);
    const found = await cloud.firestore.doc(paths.tradingStatus(account.uid)).get();
    expect(readDocument<TradingStatusDocument>(found)?.accounts[account.accountId]).toMatchObject({
      trading: 'halted',
      holds: [{ scope: 'account', state: 'halted', ...by }],
    });
  });

  it('with flatten wait for a price, across a restart, and go on when there is one', async () => {
    const account = await trader();
    const id = `${account.uid}-waits`;
    expect(await open(account, id)).toBe('committed');
    await executor.close();
    await publish([100], true);
    epochs += 1;
    frames = 0;
    epoch = `test-${epochs.toString().padStart(10, '0')}`;
    await switched({ kind: 'user', tenant: account.tenant, uid: account.uid }, { flatten: true });
    executor = await startExecutor(system.environment, logger);
    await followed({ kind: 'user', tenant: account.tenant, uid: account.uid });
    await tick(101);
    await eventually(async () => expect((await documentOf(account))?.trading).toBe('halted'));
    expect(await documentOf(account)).toMatchObject({ openPositionIds: [], trading: 'halted' });
    await switched({ kind: 'user', tenant: account.tenant, uid: account.uid }, { state: 'active' });
    await followed({ kind: 'user', tenant: account.tenant, uid: account.uid });
  });

  it('let nothing execute after TradingHalted until TradingResumed, whatever comes at the same time', async () => {
    const account = await trader();
    const { tenant, uid } = account;
    const user: ScopeRef = { kind: 'user', tenant, uid };
    let opened = 0;
    const exits = { stopLoss: { price: '90' }, targets: [{ price: '110' }] };
    const openMany = async (): Promise<void> => {
      for (let i = 0; i < 12; i += 1) await open(account, `${uid}-${(opened += 1)}`, { exits });
    };
    const halts = async (): Promise<void> => {
      for (let i = 0; i < 4; i += 1) {
        await halt(account);
        await switched(user);
        await resume(account);
        await switched(user, { state: 'active' });
      }
    };
    await Promise.all([openMany(), openMany(), swings(24), halts()]);
    await followed(user);
    const commits = await journal(account);
    const types = new Set(commits.flatMap(({ events }) => events.map(({ type }) => type)));
    expect([types.has('TradingHalted'), types.has('OrderFilled')]).toEqual([true, true]);
    expect(commits.map(({ seq }) => seq)).toEqual(commits.map((_, i) => i + 1));
    expect(executedWhileHalted(account, commits)).toEqual([]);
  });
});
