import { type Consumption, PubSubStrategy, connectPubSub, openPublisher, serve } from '@bellwether/bus';
import {
  type AccountRef,
  newTraceParent,
  paths,
  queries,
  scopeId,
  shardOf,
  subscriptions,
  topics,
  traceIdOf,
} from '@bellwether/contracts';
import type { Account, TradingState } from '@bellwether/domain';
import {
  type Logger,
  type RunningService,
  ServiceMetrics,
  systemClock,
  systemIds,
} from '@bellwether/observability';
import {
  AccountStore,
  Outbox,
  ScopeStore,
  type StoredCommit,
  type StoredScopeCommit,
  buildQuery,
  type Firestore,
  connectPaced,
  heldBack,
  measureWrites,
  quarantineTo,
  readCommit,
  readCommits,
  readAccount,
  readScopeCommit,
} from '@bellwether/store';
import { type BrokerOfAccount, type ConnectedBrokers, OrderDesk } from './broker/order-desk.ts';
import { Reconciler } from './broker/reconciler.ts';
import { HandleCommand } from './commands/handle-command.ts';
import { AccountCommits } from './commits/account-commits.ts';
import type { Surroundings } from './commits/decide-execution.ts';
import { ExitLanes } from './commits/exit-lanes.ts';
import { HaltWatch } from './commits/halt-watch.ts';
import { readConfig } from './config.ts';
import { ExecutorModule } from './executor.module.ts';
import { Halts, settleBy } from './halts/halts.ts';
import { ScopeHolds } from './halts/scope-holds.ts';
import { PauseRecords } from './health/record-pauses.ts';
import { InstrumentCatalogue } from './instruments/instrument-catalogue.ts';
import { measureExecutor, observeExecutor } from './measure-executor.ts';
import { Relay } from './relay/relay.ts';
import { Sweeper } from './relay/sweeper.ts';
import { Shards } from './shards/shards.ts';
import type { ArmedSubject } from './ticks/fired.ts';
import { traceFired } from './ticks/trace-fired.ts';

/** At its close: pointers that are not deleted by then are found by the next start, which publishes again. */
const settlesWithinMs = 5_000;

/**
 * Starts an executor: ready when the books of its shards are loaded and it takes frames and commands.
 *
 * @param connected the real brokers that accounts may name in their settings.
 */
export async function startExecutor(
  environment: NodeJS.ProcessEnv,
  logger: Logger,
  connected: ConnectedBrokers = new Map(),
): Promise<RunningService> {
  const config = readConfig(environment);
  const clock = systemClock;
  const paced = connectPaced(environment, { name: config.instanceId, clock, ids: systemIds, logger });
  const { firestore, writes } = paced;
  const metrics = new ServiceMetrics('executor');
  const observed = observeExecutor(metrics);
  const pubsub = connectPubSub(environment);
  const outbox = new Outbox(firestore, writes);
  const events = openPublisher(pubsub, topics.events, { maxMessages: 100, maxMilliseconds: 1 });
  const relay = new Relay(events, outbox, logger);
  const sweeper = new Sweeper({
    outbox,
    relay,
    readCommit: async (account, seq) => readCommit(firestore, account, seq),
    readScopeCommit: async (scope, seq) => readScopeCommit(firestore, scope, seq),
    clock,
    logger,
  });
  const store = new AccountStore({ firestore, clock, ids: systemIds, logger, shards: config.shards });
  const holds = new ScopeHolds();
  const settle = settleBy(holds, clock);
  const commits = new AccountCommits({ store, pace: writes, onCommitted, settle });
  const instruments = new InstrumentCatalogue(firestore, logger);
  const surroundings: Surroundings = {
    market: (symbol) => shards.pricesOf(symbol),
    marketBefore: (day) => (symbol) => shards.pricesBefore(symbol, day),
    instrumentOf: instruments.of,
    brokers: new Set(connected.keys()),
  };
  const exits = new ExitLanes({
    commits,
    surroundings,
    clock,
    logger,
    rearm: (fired) => shards.rearm(fired),
    onExecuted: (_, lagMs) => observed.tickToCommit(lagMs / 1_000),
  });
  const brokerFor: BrokerOfAccount = (account, name) => connected.get(name)?.(account);
  const desk = new OrderDesk({ commits, brokerFor, ...surroundings, clock, logger });
  const reconciler = new Reconciler({
    brokers: surroundings.brokers,
    brokerFor,
    accountsOf: async (broker) => accountsOfBroker(firestore, broker),
    isOurs: ({ accountId }) => shards.isHeld(shardOf(accountId, config.shards)),
    commits,
    desk,
    clock,
    logger,
  });
  const scopes = new ScopeStore({ firestore, clock, ids: systemIds, logger });
  const onScopeCommitted = (stored: StoredScopeCommit): void => {
    const { commit } = stored;
    const { scope, traceparent, seq, cause } = commit;
    const changes = commit.events.map((event) =>
      'symbol' in event ? `${event.type} ${event.symbol}` : event.type,
    );
    const fields = { traceId: traceIdOf(traceparent), scope: scopeId(scope), seq, cause, changes };
    logger.warn(fields, 'committed for a whole scope');
    void relay.publish(stored);
  };
  const pauses = new PauseRecords({ scopes, onCommitted: onScopeCommitted, logger });
  const strategy = new PubSubStrategy({
    pubsub,
    consumptions: consumptionsOf(config.shards),
    logger,
    quarantine: quarantineTo(firestore),
    measures: { metrics, clock },
  });
  const shards = new Shards({
    config,
    firestore,
    clock,
    logger,
    execute: async (fired, origin) => exits.execute(fired, traceFired(fired, origin)),
    recordPauses: async (changes, origin) => pauses.record(changes, origin),
    subscribe: (subscription) => strategy.open(subscription),
    unsubscribe: async (subscription) => strategy.closeSubscription(subscription),
  });
  const commands = new HandleCommand({
    commits,
    arming: shards,
    entries: async (account, fromSeq, toSeq) => readCommits(firestore, account, fromSeq, toSeq),
    surroundings,
    clock,
    onHandled: ({ name }, reply, tookMs) => {
      observed.command(tookMs / 1_000, name);
      if (reply.status === 'refused')
        observed.refused.set(reply.reason, (observed.refused.get(reply.reason) ?? 0) + 1);
    },
  });
  const halts = new Halts(holds, {
    firestore,
    scopes,
    commits,
    ...surroundings,
    name: config.instanceId,
    clock,
    traceparent: () => newTraceParent(systemIds.hex),
    onCommitted: onScopeCommitted,
    logger,
  });
  const haltWatch = new HaltWatch({
    waiting: () => exits.heldAccounts(),
    readTrading: async (accounts) => readTrading(firestore, accounts),
    onMayExecute: rearm,
    logger,
  });

  measureExecutor(metrics, { shards, commits: store.counts, exits, relay, sweeper, clock });
  measureWrites(metrics, writes);

  const app = await serve(ExecutorModule.with(commands, shards), strategy);
  try {
    await instruments.open();
    // Nothing is decided before it is known what is halted.
    await halts.start();
    await shards.start();
  } catch (error) {
    await close();
    throw error;
  }
  strategy.open(subscriptions.executorCommands);
  sweeper.start();
  haltWatch.start();
  reconciler.start();

  let closing: Promise<void> | undefined;
  return {
    name: 'executor',
    metrics,
    unready: () => [
      ...strategy.dead.map((subscription) => `the stream of ${subscription} is dead`),
      ...shards.unready(),
      ...heldBack(writes),
    ],
    close: async () => (closing ??= close()),
  };

  /** Books first, so that they know of a commit before anyone is told about it. */
  function onCommitted(stored: StoredCommit, changed: readonly ArmedSubject[], account: Account): void {
    for (const subject of changed) shards.note(subject);
    const { commit } = stored;
    for (const fired of exits.takeReopened(commit.accountId, commit.events)) shards.rearm(fired);
    desk.note(commit, account);
    reconciler.note(commit, account);
    rearm(commit, account.trading);
    logger.info(
      {
        traceId: traceIdOf(commit.traceparent),
        account: commit.accountId,
        seq: commit.seq,
        cause: commit.cause,
      },
      'committed',
    );
    void relay.publish(stored);
  }

  function rearm({ accountId }: AccountRef, trading: TradingState): void {
    for (const fired of exits.takeHeld(accountId, trading)) shards.rearm(fired);
  }

  async function close(): Promise<void> {
    instruments.close();
    await Promise.all([reconciler.close(), desk.close()]);
    await Promise.all([app.close(), shards.close(), sweeper.close(), halts.close(), haltWatch.close()]);
    const impatient = setTimeout(() => writes.close(), settlesWithinMs);
    await relay.close();
    clearTimeout(impatient);
    await Promise.all([pubsub.close(), paced.close()]);
  }
}

async function accountsOfBroker(firestore: Firestore, broker: string): Promise<readonly AccountRef[]> {
  const values = { 'settings.broker': broker };
  const { docs } = await buildQuery(firestore, queries.accountsOfBroker, { values }).get();
  return docs.flatMap((found) => {
    const account = readAccount(found);
    if (account === undefined) return [];
    const { tenantId: tenant, uid, accountId } = account;
    return { tenant, uid, accountId };
  });
}

async function readTrading(
  firestore: Firestore,
  accounts: readonly AccountRef[],
): Promise<ReadonlyMap<string, TradingState>> {
  const found = await firestore.getAll(...accounts.map((account) => firestore.doc(paths.account(account))));
  return new Map(accounts.map(({ accountId }, i) => [accountId, readAccount(found[i])?.trading ?? 'halted']));
}

function consumptionsOf(shards: number): Consumption[] {
  const frames = Array.from({ length: shards }, (_, shard) => ({
    subscription: subscriptions.executorTicks(shard),
    pattern: 'frame',
    maxMessages: 10_000,
    maxBytes: 256 * 1024 * 1024,
    openAtStart: false,
  }));
  return [
    ...frames,
    {
      subscription: subscriptions.executorCommands,
      pattern: 'command',
      maxMessages: 100,
      isTraced: true,
      openAtStart: false,
    },
  ];
}
