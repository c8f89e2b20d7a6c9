import { openPublisher, provisionTopology, connectPubSub } from '@bellwether/bus';
import { type ChannelDocument, mainAccount, paths, topics, topologyOf } from '@bellwether/contracts';
import { startNotifier } from '@bellwether/notifier';
import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { connectFirestore } from '../cloud/documents.ts';
import { logger } from '../loop/executor-on-cloud.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { perSecond } from '../runner/timing.ts';
import { commitAll, commitOf } from './crash.ts';
import { messagesOfCrash } from './messages-of-crash.ts';
import { type Webhook, postAtPace, toldOn } from './discord-sink.ts';

const tenants = 4;
const accountsOfTenant = 5;
const closedOfAccount = 50;
const alerts = tenants * accountsOfTenant * closedOfAccount;
/** Of each webhook: enough that the pace decides, and not the burst that Discord lets through at once. */
const postedOneByOne = 20;

const speed = benchmark({
  question:
    'How many alerts of a crash a second do tenants have on Discord, against one post for each at its pace?',
  unit: 'alerts/s',
  target: { ratio: { atLeast: 10 } },
  samples: 5,
  timeLimitSeconds: 300,
  setup: startDrain,
  async check(drain) {
    assert.equal(await drain.crash(), alerts);
    const { told, messages } = await drain.state();
    assert.equal(told, alerts);
    assert.ok(messages < alerts / 5, `${messages} messages for ${alerts} alerts are no digests`);
  },
  baseline: async ({ webhooks }) =>
    perSecond(tenants * postedOneByOne, async () =>
      Promise.all(webhooks.map(async (webhook) => postAtPace(webhook, postedOneByOne))),
    ),
  subject: async (drain) => perSecond(alerts, async () => drain.crash()),
  close: async (drain) => drain.close(),
});

export default [speed, messagesOfCrash];

/** A notifier on a local cloud whose Discord limits each webhook, as Discord's does, and tenants with a channel each. */
async function startDrain() {
  const cloud = await startCloudProcess();
  const environment = {
    PUBSUB_EMULATOR_HOST: cloud.hosts.pubsub,
    FIRESTORE_EMULATOR_HOST: cloud.hosts.firestore,
    GOOGLE_CLOUD_PROJECT: cloud.project,
    METADATA_SERVER_DETECTION: 'none',
    DISCORD_API_BASE: `http://${cloud.hosts.discord}/api/v10`,
  };
  const pubsub = connectPubSub(environment);
  await provisionTopology(pubsub, topologyOf(1));
  const firestore = connectFirestore(cloud.hosts.firestore, cloud.project);
  const sinks = Array.from({ length: tenants }, (_, tenant) => ({
    host: cloud.hosts.discord,
    id: String(700_000 + tenant),
    token: `bench-${tenant}`,
  }));
  for (const [tenant, { id: webhookId, token: webhookToken }] of sinks.entries()) {
    const channel: ChannelDocument = { kind: 'discordWebhook', webhookId, webhookToken, status: 'active' };
    await firestore.doc(paths.channel(`tenant${tenant}`, 'discord')).set(channel);
  }
  const publisher = openPublisher(pubsub, topics.events, { maxMessages: 100, maxMilliseconds: 0 });
  const notifier = await startNotifier(environment, logger);
  let seq = 0;
  let expected = 0;
  return {
    /** Others than the notifier's: their buckets are their own. */
    webhooks: sinks.map(({ host, token }, index): Webhook => ({ host, id: String(800_000 + index), token })),
    state: async () => toldOn(sinks),
    /** Commits and publishes the closed positions, and resolves when Discord has been told of all of them. */
    async crash(): Promise<number> {
      seq += 1;
      const commits = Array.from({ length: tenants * accountsOfTenant }, (_, index) =>
        commitOf(mainAccount(`tenant${index % tenants}`, `user${index}`), seq, closedOfAccount),
      );
      await commitAll(firestore, publisher, commits);
      expected += alerts;
      for (;;) {
        const { told } = await toldOn(sinks);
        if (told >= expected) return told;
        await delay(20);
      }
    },
    async close() {
      await notifier.close();
      await Promise.all([pubsub.close(), firestore.terminate()]);
      await cloud.close();
    },
  };
}
