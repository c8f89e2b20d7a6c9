import { PubSubStrategy, connectPubSub, serve } from '@bellwether/bus';
import { paths, subscriptions, withDeadLetters } from '@bellwether/contracts';
import {
  type Logger,
  type RunningService,
  Schedule,
  ServiceMetrics,
  inSpan,
  latencySeconds,
  systemClock as clock,
  systemIds as ids,
} from '@bellwether/observability';
import {
  connectPaced,
  heldBack,
  measureWrites,
  quarantineTo,
  readCommit,
  readScopeCommit,
  repositoriesOf,
} from '@bellwether/store';
import type { Channel } from './channels/channel.ts';
import { channelPorts } from './channels/channel-ports.ts';
import { AlarmWatch } from './alarms/alarm-watch.ts';
import { channelBroken } from './alarms/channel-broken.ts';
import { readStored } from './alarms/read-stored.ts';
import { ShardProgress, readingsOf } from './alarms/readings.ts';
import { Channels } from './channels/channels.ts';
import { connectWith } from './channels/connect-channel.ts';
import { DisableChannel } from './channels/disable-channel.ts';
import { Senders } from './channels/senders.ts';
import { NotifyCommit } from './commits/notify-commit.ts';
import { readConfig } from './config.ts';
import { CountedDeliveries } from './deliveries/counted-deliveries.ts';
import { NotifyDeadLetter } from './dead-letters/notify-dead-letter.ts';
import { Deliveries } from './deliveries/deliveries.ts';
import type { Delivery } from './deliveries/delivery.ts';
import { DeliverNotice } from './deliveries/deliver-notice.ts';
import { ParkedDeliveries } from './deliveries/parked-deliveries.ts';
import { DiscordGates } from './discord/discord-gates.ts';
import { AlertGroups } from './groups/alert-groups.ts';
import { measureNotifier } from './measure-notifier.ts';
import { alertFactsOf } from './notices/alert-facts.ts';
import { NotifierModule } from './notifier.module.ts';
import { judgeAlert } from './rules/judge-alert.ts';
import { Rules } from './rules/rules.ts';
import { Audiences } from './scopes/audiences.ts';
import { NotifyScope } from './scopes/notify-scope.ts';
import { summarise } from './summaries/summarise.ts';
import { TellSummaries } from './summaries/tell-summaries.ts';
import { WantedSummaries } from './summaries/wanted-summaries.ts';
import { Templates } from './templates/templates.ts';
import { sleep } from './sleep.ts';
import { findOpening } from './updates/find-opening.ts';
import { PositionUpdates } from './updates/position-updates.ts';

/**
 * Starts a notifier: ready when it pulls committed events. The subscription must exist.
 *
 * `close` gives the requests in flight two seconds; alerts that wait are sent by the next start.
 */
export async function startNotifier(environment: NodeJS.ProcessEnv, logger: Logger): Promise<RunningService> {
  const config = readConfig(environment);
  const paced = connectPaced(environment, { name: 'notifier', clock, ids, logger });
  const { firestore, writes } = paced;
  const pubsub = connectPubSub(environment);
  const channels = new Channels(firestore, clock, logger, {
    keys: config.channelKeys,
    allowed: config.privateChannels,
  });
  const rules = new Rules(firestore, clock, logger);
  const templates = new Templates(firestore, clock, logger);
  const deliveries = new Deliveries(firestore, writes, clock);
  const gates = new DiscordGates({ clock, sleep, logger });
  const metrics = new ServiceMetrics('notifier');
  const commitToAlert = metrics.distribution({
    name: 'bellwether_commit_to_alert_seconds',
    help: 'From a commit until its channel had the alert that tells of it.',
    buckets: latencySeconds,
  });
  const counted = new CountedDeliveries({
    record: deliveries,
    clock,
    onSent: (afterMs) => commitToAlert(afterMs / 1_000),
  });
  const senders: Senders = new Senders({
    connect: connectWith(channelPorts(config, clock, gates)),
    clock,
    sleep,
    record: counted,
    disable: async (channel, reason, alert) => {
      await disabling.handle(channel, reason, alert);
      await tellOperators(channel, reason, alert);
    },
    timeoutMs: config.timeoutMs,
    retryMs: config.retryMs,
    logger,
  });
  const disabling = new DisableChannel({
    channelsOf: async (tenant) => channels.activeOf(tenant),
    claim: async (notice, channelId) => deliveries.claim(notice, channelId, clock.now()),
    disable: async (channel, reason) => channels.disable(channel, reason),
    send,
    logger,
  });
  const updates = new PositionUpdates({
    canEdit: (channel) => senders.of(channel).canEdit,
    openingOf: async (closed, channelId) => findOpening(firestore, closed, channelId),
    claim: async (alert, dueAt) => deliveries.claimAmendment(alert, dueAt),
    parked: async (amendment, dueAt) => counted.parked([amendment], dueAt),
    needless: async (amendment, reason) => deliveries.needless(amendment, reason),
    send,
    clock,
    logger,
  });
  const groups = new AlertGroups({
    clock,
    sleep,
    record: counted,
    send: async (channel, delivery) => updates.send(channel, delivery),
    beforeDigest: async (channel, all) => updates.beside(channel, all),
    knowsRepeats: (channel) => senders.of(channel).knowsRepeats,
    usual: { windowMs: config.groupMs, after: config.groupAfter },
    logger,
  });
  const delivering = new DeliverNotice({
    judge: async (notice, channelId) =>
      judgeAlert(await rules.of(notice.tenant), { ...alertFactsOf(notice), channelId }, clock.now()),
    claim: async (notice, channelId, publishedAt, verdict) =>
      deliveries.claim(notice, channelId, publishedAt, verdict),
    send: async (channel, delivery) => groups.send(channel, delivery),
  });
  const channelsOf = async (tenant: string) => channels.activeOf(tenant);
  const deliver: DeliverNotice['handle'] = async (notice, channel, publishedAt) =>
    delivering.handle(notice, channel, publishedAt);
  const notify = new NotifyCommit({
    readCommit: async (commit) => readCommit(firestore, commit, commit.seq),
    channelsOf,
    deliver,
    logger,
  });
  const audiences = new Audiences(firestore, config.operators);
  const notifyScope = new NotifyScope({
    readCommit: async (scope, seq) => readScopeCommit(firestore, scope, seq),
    audienceOf: (audience) => audiences.of(audience),
    channelsOf,
    deliver,
  });
  const parked = new ParkedDeliveries({
    due: async () => deliveries.due(),
    take: async (due) => deliveries.take(due),
    readCommit: async (account, seq) => readCommit(firestore, account, seq),
    channelsOf,
    send: async (channel, delivery) => groups.send(channel, delivery),
    dead: async (delivery, reason) => counted.dead([delivery], reason),
    logger,
  });
  // Each look reads, whether something is due or not.
  const takingUp = new Schedule({
    everyMs: 1_000,
    idleMs: 30_000,
    firstMs: 0,
    run: async () => ((await parked.takeUp()) === 0 ? 'idle' : undefined),
    onFailed: (error) => logger.warn({ err: error }, 'cannot take up parked alerts'),
  });
  const { operators } = config;
  const notifyDeadLetter = new NotifyDeadLetter({ channelsOf, deliver, operators });
  const progress = new ShardProgress();
  const { alarms, deliveries: claims } = repositoriesOf(firestore);
  const watch = new AlarmWatch({
    readings: async () =>
      readingsOf(await readStored(firestore), progress, { now: clock.now(), silentMs: config.feedSilentMs }),
    read: async (path) => (await alarms.read(path))?.document,
    write: async (path, document) => alarms.set(path, document),
    channelsOf,
    deliver,
    operators,
    clock,
  });
  const watching = new Schedule({
    everyMs: config.alarmsEveryMs,
    firstMs: 0,
    run: async () => watch.look(),
    onFailed: (error) => logger.warn({ err: error }, 'cannot look how the system is'),
  });
  const wanted = new WantedSummaries(firestore, logger);
  const summaries = new TellSummaries({
    wanted: () => wanted,
    channelsOf,
    isClaimed: async (tenant, eventId, channelId) =>
      (await claims.read(paths.delivery(tenant, eventId, channelId))) !== undefined,
    summarise: async (tenant, of, period) => summarise(firestore, tenant, of, period),
    deliver,
    clock,
    logger,
  });
  const summarising = new Schedule({
    everyMs: config.summariesEveryMs,
    firstMs: 0,
    run: async () => summaries.look(),
    onFailed: (error) => logger.warn({ err: error }, 'cannot look for summaries that are due'),
  });
  const strategy = new PubSubStrategy({
    pubsub,
    // No lanes: a message is acknowledged when its alerts are sent, and alerts that wait share a request.
    // Those of channels that are far behind are parked, so they hold up nobody else's.
    consumptions: [
      { subscription: subscriptions.notifierEvents, pattern: 'commit', maxMessages: 5_000, isTraced: true },
      ...withDeadLetters.map((name) => ({
        subscription: subscriptions.notifierDead(name),
        pattern: 'dead-letter',
        maxMessages: 100,
      })),
    ],
    logger,
    quarantine: quarantineTo(firestore),
    measures: { metrics, clock },
  });
  measureNotifier(metrics, counted, gates);
  measureWrites(metrics, writes);
  const app = await serve(NotifierModule.with(notify, notifyScope, notifyDeadLetter), strategy);

  takingUp.start();
  watching.start();
  wanted.open();
  summarising.start();
  let closing: Promise<void> | undefined;
  return {
    name: 'notifier',
    metrics,
    unready: () => [
      ...strategy.dead.map((subscription) => `the stream of ${subscription} is dead`),
      ...(gates.ofWebhooks.closedUntil > clock.now() ? ['Discord takes no request of this address now'] : []),
      ...heldBack(writes),
    ],
    close: async () => (closing ??= close()),
  };

  async function send(channel: Channel, delivery: Delivery): Promise<void> {
    const { traceparent = '', eventId, accountId } = delivery.notice;
    const attributes = {
      'bellwether.event': eventId,
      'bellwether.account': accountId,
      'bellwether.tenant': channel.tenant,
      'bellwether.channel': channel.id,
    };
    await inSpan('deliver', { traceparent, attributes }, async () =>
      senders.of(channel).send(await templates.applied(delivery)),
    );
  }

  /** Nobody waits until they are told: their channel may be the next that is gone. */
  async function tellOperators({ tenant, id }: Channel, reason: string, { notice }: Delivery): Promise<void> {
    if (tenant === operators) return;
    const broken = channelBroken(notice, id, reason, operators);
    for (const channel of await channelsOf(operators))
      deliver(broken, channel, clock.now()).catch((error: unknown) =>
        logger.warn({ err: error, tenant, channel: id }, 'operators are not told of a disabled channel'),
      );
  }

  async function close(): Promise<void> {
    wanted.close();
    await Promise.all([
      app.close(),
      watching.close(),
      summarising.close(),
      takingUp.close().then(async () => parked.close()),
      groups.close(),
      senders.close(),
    ]);
    gates.close();
    await Promise.all([pubsub.close(), paced.close()]);
  }
}
