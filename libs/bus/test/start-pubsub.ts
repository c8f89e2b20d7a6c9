import { startTestEmulators } from '@bellwether/testing';
import type { PubSub } from '@google-cloud/pubsub';
import { connectPubSub } from '../src/index.ts';

export interface TestPubSub {
  readonly environment: NodeJS.ProcessEnv;
  readonly pubsub: PubSub;
  close(): Promise<void>;
}

/** A Pub/Sub of this test's own, and the client that services make of its environment. */
export async function startTestPubSub(): Promise<TestPubSub> {
  const emulators = await startTestEmulators();
  const pubsub = connectPubSub(emulators.environment);
  return {
    environment: emulators.environment,
    pubsub,
    async close() {
      await pubsub.close();
      await emulators.close();
    },
  };
}
