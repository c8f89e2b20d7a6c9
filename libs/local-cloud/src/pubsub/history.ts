import { Fifo } from './fifo.ts';
import type { Message } from './message.ts';
import type { Snapshot } from './snapshot.ts';
import type { Subscription, Topic } from './state.ts';
import { toMicros } from './wire.ts';

/**
 * The published messages that a topic keeps for seeks, in publish order: what its own retention covers, what its
 * snapshots guarantee, and what its subscriptions with `retain_acked_messages` may replay. Empty without any of them.
 */
export class History {
  readonly #messages = new Fifo<Message>();

  *messages(): Iterable<Message> {
    yield* this.#messages.values();
  }

  add(messages: Iterable<Message>): void {
    for (const message of messages) this.#messages.push(message);
  }

  /** Forgets what no one may ask for any more. */
  trim(topic: Topic, now: number): void {
    for (let first = this.#messages.peek(); first !== undefined; first = this.#messages.peek()) {
      if (isKept(topic, first, now)) return;
      this.#messages.shift();
    }
  }
}

/** Keeps what was just published, as far as anything asks for it. */
export function remember(topic: Topic, messages: readonly Message[], now: number): void {
  const [first] = messages;
  if (first === undefined) return;
  if (isKept(topic, first, now)) topic.history.add(messages);
  topic.history.trim(topic, now);
}

/** What a seek to a time can bring back to the subscription: retained by it or by its topic. Unfiltered. */
export function replayable(subscription: Subscription, now: number): Message[] {
  const { topic } = subscription;
  if (topic === undefined) return [];
  return [...topic.history.messages()].filter(
    (message) => isRetainedByTopic(topic, message, now) || isRetainedBy(subscription, message, now),
  );
}

/** What was published since the snapshot was made. Unfiltered. */
export function publishedSince({ topic, seq }: Snapshot): Message[] {
  return [...(topic?.history.messages() ?? [])].filter((message) => message.seq >= seq);
}

function isKept(topic: Topic, message: Message, now: number): boolean {
  if (isRetainedByTopic(topic, message, now)) return true;
  for (const { seq } of topic.snapshots) if (message.seq >= seq) return true;
  for (const subscription of topic.subscriptions) if (isRetainedBy(subscription, message, now)) return true;
  return false;
}

function isRetainedByTopic({ config }: Topic, { publishedAt }: Message, now: number): boolean {
  const retention = config.messageRetentionDuration;
  return retention != null && publishedAt + toMicros(retention) > now;
}

function isRetainedBy({ config, since }: Subscription, { publishedAt, seq }: Message, now: number): boolean {
  if (!config.retainAckedMessages || seq < since) return false;
  return publishedAt + toMicros(config.messageRetentionDuration) > now;
}
