import { openPublisher } from '@bellwether/bus';
import type { PubSub } from '@google-cloud/pubsub';
import { connectFirestore } from '../cloud/documents.ts';
import type { DiscordStandIn } from './discord-stand-in.ts';

/** The least that a chain of tick, commit, event and POST has to do, one after the other. */
export interface RoundTrips {
  /** Milliseconds of one round trip of each kind, summed: two messages, a commit, and a request. */
  sum(): Promise<number>;
  close(): Promise<void>;
}

export async function openRoundTrips(
  pubsub: PubSub,
  environment: NodeJS.ProcessEnv,
  discord: DiscordStandIn,
): Promise<RoundTrips> {
  const name = 'bench.round-trips';
  const [topic] = await pubsub.createTopic(name);
  await topic.createSubscription(name);
  const publisher = openPublisher(pubsub, name, { maxMessages: 1, maxMilliseconds: 0 });
  const subscription = pubsub.subscription(name);
  const arrivals: (() => void)[] = [];
  subscription.on('message', (received) => {
    received.ack();
    arrivals.shift()?.();
  });
  const firestore = connectFirestore(
    environment['FIRESTORE_EMULATOR_HOST'] ?? '',
    environment['GOOGLE_CLOUD_PROJECT'] ?? '',
  );
  const entries = firestore.collection('bench/round-trips/entries');
  let commits = 0;

  async function message(): Promise<void> {
    const arrived = new Promise<void>((resolve) => void arrivals.push(resolve));
    await Promise.all([publisher.publish(Buffer.alloc(600, 'a'), {}), arrived]);
  }

  async function commit(): Promise<void> {
    commits += 1;
    const fields = { seq: commits, symbol: 'BTC-USDT', status: 'open', price: '64250.25' };
    const batch = firestore.batch().create(entries.doc(`journal-${commits}`), fields);
    for (const document of ['account', 'trigger', 'pending']) batch.set(entries.doc(document), fields);
    await batch.commit();
  }

  async function post(): Promise<void> {
    const body = JSON.stringify({ content: 'a'.repeat(300) });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${discord.address}/webhooks/1/round-trip`, { method: 'POST', headers, body });
    await answer.text();
  }

  return {
    async sum() {
      const start = performance.now();
      for (const trip of [message, commit, message, post]) await trip();
      return performance.now() - start;
    },
    async close() {
      await subscription.close();
      await firestore.terminate();
    },
  };
}
