import { type ChannelDocument, paths } from '@bellwether/contracts';
import { startNotifier } from '@bellwether/notifier';
import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { connectFirestore } from '../cloud/documents.ts';
import { type AnyBenchmark, benchmark } from '../runner/benchmark.ts';
import { median, percentile } from '../runner/statistics.ts';
import { startDiscordStandIn } from './discord-stand-in.ts';
import { account, logger, startExecutorOnCloud, symbol } from './executor-on-cloud.ts';
import { openRoundTrips } from './round-trips.ts';

const chains = 100;
/** Between two ticks: one chain at a time, and what follows a POST does not meet the next tick. */
const apartMs = 25;
/** In hundredths; each trigger waits one of them below the one before. */
const highest = 1_000_000;

export default [
  chainBenchmark({ variant: 'p50', share: 0.5, atMost: 2 }),
  chainBenchmark({ variant: 'p99', share: 0.99, atMost: 10 }),
];

/** The baseline is the median of the sum in both: a round trip each of tick, commit, event and POST. */
function chainBenchmark(parts: {
  readonly variant: string;
  readonly share: number;
  readonly atMost: number;
}): AnyBenchmark {
  const { variant, share, atMost } = parts;
  return benchmark({
    variant,
    question: `How long from a tick to the POST that tells of what it fired, ${share * 100} of 100 times at most?`,
    unit: 'ms',
    target: { ratio: { atMost } },
    latency: true,
    samples: 5,
    timeLimitSeconds: 300,
    setup: startChain,
    async check(chain) {
      const fired = await chain.arm(1);
      const body = await chain.tell(fired);
      assert.ok(body.includes(symbol), `an alert that does not name ${symbol}: ${body}`);
    },
    async baseline({ trips }) {
      const taken: number[] = [];
      for (let each = 0; each < chains; each += 1) {
        await delay(apartMs);
        taken.push(await trips.sum());
      }
      return median(taken);
    },
    async subject(chain) {
      const first = await chain.arm(chains);
      const taken: number[] = [];
      for (let each = 0; each < chains; each += 1) {
        await delay(apartMs);
        const start = performance.now();
        await chain.tell(first - each);
        taken.push(performance.now() - start);
      }
      return percentile(taken, share);
    },
    close: async (chain) => chain.close(),
  });
}

/** An executor and a notifier on a local cloud, with a stand-in for Discord: it is here that a message is timed. */
async function startChain() {
  const discord = await startDiscordStandIn();
  const system = await startExecutorOnCloud();
  const { environment, pubsub } = system;
  const channel: ChannelDocument = {
    kind: 'discordWebhook',
    webhookId: '100000000000000001',
    webhookToken: 'bench',
    status: 'active',
  };
  const firestore = connectFirestore(
    environment['FIRESTORE_EMULATOR_HOST'] ?? '',
    environment['GOOGLE_CLOUD_PROJECT'] ?? '',
  );
  await firestore.doc(paths.channel(account.tenant, 'discord')).set(channel);
  await firestore.terminate();
  const notifier = await startNotifier(
    { ...environment, DISCORD_API_BASE: discord.address, ALERT_GROUP_MS: '0' },
    logger,
  );
  const trips = await openRoundTrips(pubsub, environment, discord);
  let armed = 0;
  await system.publish(system.frames(Float64Array.of(highest), 1));
  return {
    trips,
    /** Arms so many triggers, each a hundredth below the one before, and answers the first one's price. */
    async arm(count: number): Promise<number> {
      const first = highest - 1 - armed;
      for (let each = 0; each < count; each += 1) {
        armed += 1;
        await system.command({
          name: 'ArmTrigger',
          key: `arm-${armed}`,
          ...account,
          trigger: {
            id: `below-${armed}`,
            symbol,
            priceSource: 'trade',
            when: { kind: 'price', direction: 'below', price: ((highest - armed) / 100).toFixed(2) },
            action: { kind: 'notify' },
          },
        });
      }
      return first;
    },
    /** Publishes a tick at this price, and resolves with the message that it leads to. */
    async tell(price: number): Promise<string> {
      const told = discord.nextMessage();
      await system.publish(system.frames(Float64Array.of(price), 1));
      return told;
    },
    async close() {
      await trips.close();
      await notifier.close();
      await system.close();
      await discord.close();
    },
  };
}
