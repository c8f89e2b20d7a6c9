import { PubSub } from '@google-cloud/pubsub';
import type { CloudProcess } from '../processes/cloud-process.ts';
import { connectFirestore } from './documents.ts';

/** Twenty subscribers and twenty listeners of a cloud, each with a first answer behind it. */
export async function connectIdleClients({
  hosts,
  project,
}: CloudProcess): Promise<{ close(): Promise<void> }> {
  const firestore = connectFirestore(hosts.firestore, project);
  const pubsub = new PubSub({
    projectId: project,
    apiEndpoint: hosts.pubsub,
    emulatorMode: true,
    universeDomain: 'googleapis.com',
  });
  const [topic] = await pubsub.createTopic('quiet');
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const subscriptions = await Promise.all(
    numbers.map(async (index) => {
      const [subscription] = await topic.createSubscription(`quiet-${index}`);
      return subscription;
    }),
  );
  const received = subscriptions.map(
    (subscription) =>
      new Promise<void>((resolve) => {
        subscription.on('message', (message) => {
          message.ack();
          resolve();
        });
      }),
  );
  await topic.publishMessage({ data: Buffer.from('the only one') });
  await Promise.all(received);
  const unsubscribes = await Promise.all(
    numbers.map(
      (index) =>
        new Promise<() => void>((resolve, reject) => {
          const unsubscribe = firestore
            .collection(`quiet-${index}`)
            .onSnapshot(() => setImmediate(() => resolve(unsubscribe)), reject);
        }),
    ),
  );
  return {
    async close() {
      for (const unsubscribe of unsubscribes) unsubscribe();
      await Promise.all(subscriptions.map((subscription) => subscription.close()));
      await Promise.all([pubsub.close(), firestore.terminate()]);
    },
  };
}
