import { type Topology, topics } from '@bellwether/contracts';
import { largestQuarantined, quarantineTo } from '@bellwether/store';
import type { PubSub } from '@google-cloud/pubsub';
import type { Firestore } from '@google-cloud/firestore';
import * as z from 'zod';

export interface Collected {
  /** Messages that are in quarantine now. */
  readonly kept: number;
  /** Messages that are too large for a document: they stay where they are, for as long as Pub/Sub keeps them. */
  readonly left: number;
}

const mostAtOnce = 100;
/** What Pub/Sub adds to a message that it moves. */
const added = /^(?:CloudPubSubDeadLetter|googclient_)/;

const Pulled = z.object({
  receivedMessages: z
    .array(
      z.object({
        ackId: z.string(),
        message: z.object({
          messageId: z.string(),
          data: z.instanceof(Uint8Array),
          attributes: z.record(z.string(), z.string()).nullish(),
          publishTime: z.object({ seconds: z.union([z.string(), z.number()]), nanos: z.number() }).nullish(),
        }),
      }),
    )
    .nullish(),
});
type Received = NonNullable<z.infer<typeof Pulled>['receivedMessages']>[number];

/**
 * Moves what ended in dead-letter topics into quarantine, where it stays until somebody acts on it: Pub/Sub would forget it
 * after seven days. A message is acknowledged once its document is there; one that is moved twice is there once.
 */
export async function collectDeadMessages(
  pubsub: PubSub,
  firestore: Firestore,
  { subscriptions }: Topology,
): Promise<Collected> {
  const dead = subscriptions.filter(({ deadLetterTopic }) => deadLetterTopic !== undefined);
  const all = await Promise.all(
    dead.map(async ({ name }) => collectFrom(new DeadMessages(pubsub, name), firestore, name)),
  );
  return {
    kept: all.reduce((sum, { kept }) => sum + kept, 0),
    left: all.reduce((sum, { left }) => sum + left, 0),
  };
}

async function collectFrom(
  messages: DeadMessages,
  firestore: Firestore,
  consumer: string,
): Promise<Collected> {
  const quarantine = quarantineTo(firestore);
  const left: string[] = [];
  let kept = 0;
  for (let some = await messages.pull(); some.length > 0; some = await messages.pull()) {
    const taken: string[] = [];
    for (const { ackId, message } of some) {
      if (message.data.length > largestQuarantined) {
        left.push(ackId);
        continue;
      }
      await quarantine(consumer, quarantinedOf(message), reasonOf(message));
      taken.push(ackId);
    }
    await messages.acknowledge(taken);
    kept += taken.length;
  }
  await messages.giveBack(left);
  return { kept, left: left.length };
}

class DeadMessages {
  readonly #pubsub: PubSub;
  readonly #subscription: string;

  constructor(pubsub: PubSub, consumer: string) {
    this.#pubsub = pubsub;
    this.#subscription = `${topics.deadLetters(consumer)}.kept`;
  }

  /** At once, also when there is nothing, or no such subscription. */
  async pull(): Promise<readonly Received[]> {
    try {
      const reply = await this.#request('pull', { maxMessages: mostAtOnce, returnImmediately: true });
      return Pulled.parse(reply).receivedMessages ?? [];
    } catch (error) {
      if (codeOf(error) === notFound) return [];
      throw error;
    }
  }

  async acknowledge(ackIds: readonly string[]): Promise<void> {
    if (ackIds.length > 0) await this.#request('acknowledge', { ackIds });
  }

  async giveBack(ackIds: readonly string[]): Promise<void> {
    if (ackIds.length > 0) await this.#request('modifyAckDeadline', { ackIds, ackDeadlineSeconds: 0 });
  }

  async #request(method: string, options: object): Promise<unknown> {
    const { name } = this.#pubsub.subscription(this.#subscription);
    const reqOpts = { subscription: name, ...options };
    return new Promise((resolve, reject) => {
      this.#pubsub.request<unknown>({ client: 'SubscriberClient', method, reqOpts }, (error, reply) => {
        if (error) reject(error);
        else resolve(reply);
      });
    });
  }
}

const notFound = 5;

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

function quarantinedOf({ messageId, data, attributes, publishTime }: Received['message']) {
  const own = Object.entries(attributes ?? {}).filter(([name]) => !added.test(name));
  const publishedAt = Number(publishTime?.seconds ?? 0) * 1_000 + Math.floor((publishTime?.nanos ?? 0) / 1e6);
  return { id: messageId, data, attributes: Object.fromEntries(own), publishedAt };
}

function reasonOf({ attributes }: Received['message']): string {
  const times = attributes?.['CloudPubSubDeadLetterSourceDeliveryCount'];
  return `processed in vain${times === undefined ? '' : ` ${times} times`}`;
}
