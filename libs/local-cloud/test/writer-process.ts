import { Firestore } from '@google-cloud/firestore';
import { PubSub } from '@google-cloud/pubsub';

// Writes to a cloud without end, through Google's clients, and tells its parent what was answered: `left/7`.
const [pubsubHost = '', firestoreHost = '', discordHost = '', projectId = ''] = process.argv.slice(2);
const universeDomain = 'googleapis.com'; // else the clients look for credentials to learn it
const firestore = new Firestore({ projectId, host: firestoreHost, ssl: false, universeDomain });
const pubsub = new PubSub({ projectId, apiEndpoint: pubsubHost, emulatorMode: true, universeDomain });
const [topic] = await pubsub.createTopic('orders');
await topic.createSubscription('orders-all');
topic.setPublishOptions({ batching: { maxMessages: 1 } });

const writes: Record<string, (text: string) => Promise<unknown>> = {
  firestore: (text) =>
    firestore
      .batch()
      .set(firestore.doc(`left/${text}`), { text })
      .set(firestore.doc(`right/${text}`), { text })
      .commit(),
  pubsub: async (text) => {
    const id: string = await topic.publishMessage({ data: Buffer.from(text) });
    return id;
  },
  discord: async (text) => {
    const response = await fetch(`http://${discordHost}/api/v10/webhooks/1/token?wait=true`, {
      method: 'POST',
      body: JSON.stringify({ content: text }),
      headers: { 'content-type': 'application/json' },
    });
    if (!response.ok) throw new Error(`Discord answered ${response.status}`);
  },
};
for (const [service, write] of Object.entries(writes)) {
  for (let lane = 0; lane < 4; lane += 1) void writeOn(service, write, lane);
}

async function writeOn(
  service: string,
  write: (text: string) => Promise<unknown>,
  lane: number,
): Promise<void> {
  for (let index = lane; ; index += 4) {
    await write(String(index));
    process.send?.({ service, text: String(index) });
  }
}
