import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { remember } from './history.ts';
import type { Message } from './message.ts';
import type { Arrived, ArrivedMessage } from './publish-request.ts';
import { publishedRecord } from './records.ts';
import { conforming } from './schemas/topic-schema.ts';
import type { PubSubState, Subscription, Topic } from './state.ts';
import { invalid, notFound } from './status.ts';
import { toTimestamp, v1 } from './wire.ts';

/** Production's limits of one request. */
const maxRequestBytes = 10 * 1024 * 1024;
const maxRequestMessages = 1000;

const maxAttributes = 100;
const maxKeyBytes = 256;
const maxValueBytes = 1024;
const maxOrderingKeyBytes = 1024;

const messageIdTag = 0x1a;

/** All messages of a request are published, with one publish time, or none is. */
export function publish(state: PubSubState, request: Arrived): google.pubsub.v1.IPublishResponse {
  const name = request.topic ?? '';
  const topic = state.topics.get(name);
  if (topic === undefined) throw notFound(name);
  const messages = request.messages ?? [];
  checkMessages(messages);
  const settings = topic.config.schemaSettings;
  const accepted = settings ? conforming(state, settings, messages) : messages;
  return { messageIds: publishTo(state, name, topic, accepted).map(({ seq }) => String(seq)) };
}

/**
 * Publishes a message that `subscription` could not deliver to its dead-letter topic, with production's attributes.
 * False when there is no such topic.
 */
export function publishDeadLetter(
  state: PubSubState,
  subscription: Subscription,
  message: Message,
  attempts: number,
): boolean {
  const name = subscription.config.deadLetterPolicy?.deadLetterTopic ?? '';
  const topic = state.topics.get(name);
  if (topic === undefined) return false;
  const [, project = '', , id = ''] = subscription.name.split('/');
  const { data, attributes, orderingKey } = v1.PubsubMessage.decode(message.wire);
  const source = {
    CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
    CloudPubSubDeadLetterSourceSubscription: id,
    CloudPubSubDeadLetterSourceSubscriptionProject: project,
    CloudPubSubDeadLetterSourceTopicPublishTime: new Date(message.publishedAt / 1000).toISOString(),
  };
  publishTo(state, name, topic, [{ data, attributes: { ...attributes, ...source }, orderingKey }]);
  return true;
}

function publishTo(
  state: PubSubState,
  name: string,
  topic: Topic,
  sources: readonly ArrivedMessage[],
): readonly Message[] {
  const publishTime = v1.PubsubMessage.encode({ publishTime: toTimestamp(state.now) }).finish();
  const messages = sources.map((source) => accept(state, source, publishTime));
  const size = messages.reduce((sum, { wire }) => sum + wire.length, 0);
  if (size > maxRequestBytes)
    throw invalid(`Request payload size exceeds the limit: ${maxRequestBytes} bytes.`);
  state.output.records.push(publishedRecord(name, messages));
  state.output.counts.publishedMessages += messages.length;
  state.output.counts.publishedBytes += size;
  remember(topic, messages, state.now);
  for (const [index, message] of messages.entries()) {
    const attributes = sources[index]?.attributes ?? {};
    for (const { filter, backlog } of topic.subscriptions) if (filter(attributes)) backlog.add(message);
  }
  return messages;
}

/** @param publishTime the field of a PubsubMessage, encoded: the same for all messages of a request. */
function accept(state: PubSubState, source: ArrivedMessage, publishTime: Uint8Array): Message {
  const seq = state.nextSeq++;
  const { data, attributes, orderingKey } = source;
  const said =
    source.encoded ??
    v1.PubsubMessage.encode({
      data: data ?? null,
      attributes: attributes ?? null,
      orderingKey: orderingKey || null,
    }).finish();
  const wire = stamped(said, String(seq), publishTime);
  return { seq, publishedAt: state.now, orderingKey: orderingKey ?? '', wire };
}

/** An encoded message with its id and publish time, which may follow the other fields. */
function stamped(said: Uint8Array, id: string, publishTime: Uint8Array): Uint8Array {
  const wire = Buffer.allocUnsafe(said.length + 2 + id.length + publishTime.length);
  wire.set(said);
  let at = said.length;
  wire[at] = messageIdTag;
  wire[at + 1] = id.length;
  at += 2;
  wire.write(id, at, 'latin1');
  wire.set(publishTime, at + id.length);
  return wire;
}

function checkMessages(messages: readonly ArrivedMessage[]): void {
  if (messages.length === 0) {
    throw invalid(
      'The value for message_count is too small. You passed 0 in the request, but the minimum value is 1.',
    );
  }
  if (messages.length > maxRequestMessages) {
    throw invalid(
      `The value for message_count is too large. You passed ${messages.length} in the request, but the maximum value is ${maxRequestMessages}.`,
    );
  }
  const key = messages[0]?.orderingKey ?? '';
  for (const message of messages) {
    if ((message.orderingKey ?? '') !== key) {
      throw invalid(
        'In a single publish request, all messages must have no ordering key or they must all have the same ordering key.',
      );
    }
    checkMessage(message);
  }
}

function checkMessage({ data, attributes, orderingKey }: ArrivedMessage): void {
  const entries = Object.entries(attributes ?? {});
  if (!data?.length && entries.length === 0) {
    throw invalid(
      'One or more messages in the publish request is empty. Each message must contain either non-empty data, or at least one attribute.',
    );
  }
  if (Buffer.byteLength(orderingKey ?? '') > maxOrderingKeyBytes) {
    throw invalid(`The ordering key is longer than ${maxOrderingKeyBytes} bytes.`);
  }
  if (entries.length > maxAttributes) throw invalid(`A message has more than ${maxAttributes} attributes.`);
  for (const [key, value] of entries) {
    if (key === '' || Buffer.byteLength(key) > maxKeyBytes || Buffer.byteLength(value) > maxValueBytes) {
      throw invalid(
        `The attribute '${key.slice(0, maxKeyBytes)}' is not within the limits of ${maxKeyBytes} bytes for a key and ${maxValueBytes} for a value.`,
      );
    }
  }
}
