import { connectPubSub, openPublisher, provisionTopology } from '@bellwether/bus';
import {
  type AlertRuleDocument,
  type ChannelSettings,
  type DeliveryDocument,
  eventId,
  mainAccount,
  paths,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import { startNotifier } from '@bellwether/notifier';
import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { connectFirestore } from '../cloud/documents.ts';
import { logger } from '../loop/executor-on-cloud.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { commitAll, commitOf } from './crash.ts';
import { startLimitedDiscord } from './limited-discord.ts';

/** What Discord allows: 30 messages a minute, with a minute of three seconds. Who paces by its headers cannot tell. */
const limit = { messages: 30, windowMs: 3_000 };
const accounts = 200;
const firedOfAccount = 50;
const fired = accounts * firedOfAccount;
/** Each in a message of its own: three minutes of them show what that comes to. */
const firedAlone = 3 * limit.messages;

const crash = { tenant: 'crash', channel: '700000' };
const alone = { tenant: 'alone', channel: '800000' };

/** `notify/drain:messages` */
export const messagesOfCrash = benchmark({
  variant: 'messages',
  question:
    'How many messages does a tenant get of 10,000 stops that fire at once, at 30 messages a minute, against one of each?',
  unit: 'messages/alert',
  target: { ratio: { atMost: 1 / 50 } },
  samples: 5,
  timeLimitSeconds: 900,
  setup: startTelling,
  async check(telling) {
    await telling.fire(crash, accounts, firedOfAccount);
    await telling.checkOrder();
  },
  baseline: async (telling) => (await telling.fire(alone, 1, firedAlone)) / firedAlone,
  subject: async (telling) => (await telling.fire(crash, accounts, firedOfAccount)) / fired,
  close: async (telling) => telling.close(),
});

/** A notifier on a local cloud, and a Discord that limits each channel. */
async function startTelling() {
  const [cloud, discord] = await Promise.all([startCloudProcess(), startLimitedDiscord(limit)]);
  const environment = {
    PUBSUB_EMULATOR_HOST: cloud.hosts.pubsub,
    FIRESTORE_EMULATOR_HOST: cloud.hosts.firestore,
    GOOGLE_CLOUD_PROJECT: cloud.project,
    METADATA_SERVER_DETECTION: 'none',
    DISCORD_API_BASE: discord.address,
  };
  const pubsub = connectPubSub(environment);
  await provisionTopology(pubsub, topologyOf(1));
  const firestore = connectFirestore(cloud.hosts.firestore, cloud.project);
  await open(crash.tenant, { kind: 'discordWebhook', webhookId: crash.channel, webhookToken: 'bench' });
  await open(alone.tenant, { kind: 'discordBot', channelId: alone.channel, botToken: 'bench' });
  const ungrouped: AlertRuleDocument = { order: 1, delivery: 'on', grouping: { seconds: 0, after: 0 } };
  await firestore.doc(paths.rule(alone.tenant, 'each')).set(ungrouped);
  const publisher = openPublisher(pubsub, topics.events, { maxMessages: 100, maxMilliseconds: 0 });
  const notifier = await startNotifier(environment, logger);
  let seq = 0;
  return { fire, checkOrder, close };

  /** Commits and publishes, and resolves when all are told, with how many messages tell of them. */
  async function fire(of: typeof crash, users: number, each: number): Promise<number> {
    seq += 1;
    const before = discord.messages.get(of.channel)?.length ?? 0;
    const commits = Array.from({ length: users }, (_, user) =>
      commitOf(mainAccount(of.tenant, `user${user}`), seq, each),
    );
    await commitAll(firestore, publisher, commits);
    for (;;) {
      const messages = discord.messages.get(of.channel)?.slice(before) ?? [];
      const told = messages.reduce((sum, alerts) => sum + alerts, 0);
      assert.ok(told <= users * each, `${told} alerts of ${users * each}: some are told twice`);
      assert.equal(discord.refused, 0, 'Discord answered 429');
      if (told === users * each) return messages.length;
      await delay(20);
    }
  }

  /** Each event of the first crash stands in a message, and none of an account in an earlier one than those before it. */
  async function checkOrder(): Promise<void> {
    const deliveries = await eventuallySettled();
    const messageOf = (id: string): number => {
      const { messageId, digestId } = deliveries.get(id) ?? {};
      if (messageId !== undefined) return Number(messageId);
      assert.ok(digestId !== undefined, `nothing tells of ${id}`);
      return messageOf(digestId);
    };
    for (let user = 0; user < accounts; user += 1) {
      const { accountId } = mainAccount(crash.tenant, `user${user}`);
      const told = Array.from({ length: firedOfAccount }, (_, index) =>
        messageOf(eventId(accountId, 1, index)),
      );
      assert.deepEqual(
        told,
        told.toSorted((a, b) => a - b),
        `the order of ${accountId} is not kept`,
      );
    }
  }

  /** Records follow their messages. */
  async function eventuallySettled(): Promise<ReadonlyMap<string, DeliveryDocument>> {
    for (;;) {
      const { docs } = await firestore.collection(paths.deliveries(crash.tenant)).get();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the notifier writes them
      const found = docs.map((document) => document.data() as DeliveryDocument);
      if (found.every(({ status }) => status === 'sent' || status === 'grouped'))
        return new Map(found.map((delivery) => [delivery.eventId, delivery]));
      await delay(200);
    }
  }

  async function open(tenant: string, settings: ChannelSettings): Promise<void> {
    await firestore.doc(paths.channel(tenant, 'discord')).set({ ...settings, status: 'active' });
  }

  async function close(): Promise<void> {
    await notifier.close();
    await Promise.all([pubsub.close(), firestore.terminate()]);
    await Promise.all([cloud.close(), discord.close()]);
  }
}
