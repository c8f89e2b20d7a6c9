import type { connectPubSub } from '@bellwether/bus';
import { topics } from '@bellwether/contracts';
import type { Ids } from '@bellwether/domain';

/** The subscriptions of one process: everything that is published reaches each pulse. */
export interface OwnSubscriptions {
  readonly events: string;
  readonly marks: string;
  delete(): Promise<void>;
}

/** Pub/Sub's shortest: what a process left behind that could not close. */
const expirationPolicy = { ttl: { seconds: 24 * 60 * 60 } };

/** Creates them: what is published from then on is kept for ten minutes. */
export async function createSubscriptions(
  pubsub: ReturnType<typeof connectPubSub>,
  ids: Ids,
): Promise<OwnSubscriptions> {
  const name = `pulse-${ids.next()}`;
  const names = { events: `${name}.events`, marks: `${name}.marks` };
  for (const topic of ['events', 'marks'] as const)
    await pubsub.createSubscription(topics[topic], names[topic], {
      ackDeadlineSeconds: 10,
      messageRetentionDuration: { seconds: 600 },
      expirationPolicy,
    });
  return {
    ...names,
    async delete() {
      await Promise.all(
        Object.values(names).map(async (subscription) => pubsub.subscription(subscription).delete()),
      );
    },
  };
}
