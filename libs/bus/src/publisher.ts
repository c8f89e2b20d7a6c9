import type { PubSub } from '@google-cloud/pubsub';

export interface Publisher {
  /**
   * Answers the message's id once Pub/Sub has stored it. Throws when it is not known to be stored; it may be
   * nonetheless, and a retry inside the client can store it twice, so consumers drop duplicates by our own ids.
   */
  publish(data: Uint8Array, attributes: Record<string, string>): Promise<string>;
  /** Sends what waits and resolves when all that was published before is stored or has failed. */
  flush(): Promise<void>;
}

/** When a batch of what is published while another message is on its way is sent: as soon as one of these is reached. */
export interface Batching {
  readonly maxMessages: number;
  /** 0 still gathers what is published in the same turn of the event loop. */
  readonly maxMilliseconds: number;
  /** 1 MiB by default. */
  readonly maxBytes?: number;
}

/**
 * A publisher without ordering key: messages are delivered in any order. One that is published while none is on its way
 * goes at once; those that follow it gather.
 */
export function openPublisher(pubsub: PubSub, topic: string, batching: Batching): Publisher {
  const alone = pubsub.topic(topic, { batching: { maxMessages: 1, maxMilliseconds: 0 } });
  const gathering = pubsub.topic(topic, { batching: { ...batching } });
  const underway = new Set<Promise<string>>();
  return {
    async publish(data, attributes) {
      const target = underway.size === 0 ? alone : gathering;
      const sent = target.publishMessage({ data: asBuffer(data), attributes });
      underway.add(sent);
      try {
        return await sent;
      } finally {
        underway.delete(sent);
      }
    },
    async flush() {
      const before = [...underway];
      await gathering.flush().catch(() => undefined); // each publish tells its own failure
      await Promise.allSettled(before);
    },
  };
}

/** The client looks into every byte of what is no `Buffer`, for a placeholder of its project. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
