import { startCloud } from '@bellwether/local-cloud';
import type { PubSub } from '@google-cloud/pubsub';
import { connectPubSub } from '../src/index.ts';

export interface TestPubSub {
  readonly environment: NodeJS.ProcessEnv;
  readonly pubsub: PubSub;
  close(): Promise<void>;
}

/** A local cloud of this test's own, in memory, and Google's client for its Pub/Sub. */
export async function startTestPubSub(): Promise<TestPubSub> {
  const cloud = await startCloud();
  const pubsub = connectPubSub(cloud.environment);
  return {
    environment: cloud.environment,
    pubsub,
    async close() {
      await pubsub.close();
      await cloud.close();
    },
  };
}
