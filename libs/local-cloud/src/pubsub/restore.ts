import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { decodeFrames } from '../log/frames.ts';
import { parseFilter } from './filter.ts';
import type { Filter } from './filter.ts';
import { readMessage } from './message.ts';
import type { Message } from './message.ts';
import { decodeRecord } from './records.ts';
import type { LogRecord } from './records.ts';
import { rpc } from './rpc-messages.ts';
import type { Policy } from './rpc-messages.ts';
import { Schema } from './schemas/schema.ts';
import { addSnapshot } from './snapshots.ts';
import { createState, newTopic } from './state.ts';
import type { PubSubState } from './state.ts';
import { addSubscription } from './subscriptions.ts';
import { deletedTopic } from './topics.ts';

/**
 * The state that a log holds. What was not acknowledged waits to be delivered, in publish order; leases, failure
 * counts and back-offs begin anew.
 */
export function restore(
  snapshot: Uint8Array | undefined,
  records: Iterable<Uint8Array>,
  now: number,
): PubSubState {
  const state = createState(now);
  const image: Image = {
    topics: new Map(),
    subscriptions: new Map(),
    snapshots: new Map(),
    schemas: new Map(),
    policies: new Map(),
    messages: new Map(),
    nextSeq: now,
  };
  if (snapshot !== undefined)
    for (const record of readSnapshot(snapshot)) applyRecord(image, decodeRecord(record));
  image.messages.clear();
  for (const record of records) applyRecord(image, decodeRecord(record));
  for (const [name, { config }] of image.topics) state.topics.set(name, newTopic(config));
  for (const { config, held, since } of image.subscriptions.values()) {
    const { backlog } = addSubscription(state, config, since);
    for (const message of held.values()) backlog.add(message);
  }
  for (const { config, seq, held } of image.snapshots.values())
    addSnapshot(state, config, seq, [...held.values()]);
  for (const [name, { history }] of image.topics) {
    const topic = state.topics.get(name);
    topic?.history.add([...history.values()].toSorted((a, b) => a.seq - b.seq));
    topic?.history.trim(topic, now);
  }
  for (const [name, schema] of image.schemas) state.schemas.set(name, schema);
  for (const [name, policy] of image.policies) state.policies.set(name, policy);
  state.nextSeq = image.nextSeq;
  return state;
}

interface Image {
  readonly topics: Map<string, TopicImage>;
  readonly subscriptions: Map<string, SubscriptionImage>;
  readonly snapshots: Map<string, SnapshotImage>;
  readonly schemas: Map<string, Schema>;
  readonly policies: Map<string, Policy>;
  /** Those of the snapshot, until its subscriptions have taken theirs. */
  readonly messages: Map<number, Message>;
  nextSeq: number;
}

interface TopicImage {
  config: google.pubsub.v1.ITopic;
  readonly history: Map<number, Message>;
}

interface SubscriptionImage {
  config: google.pubsub.v1.ISubscription;
  readonly filter: Filter;
  held: Map<number, Message>;
  since: number;
}

interface SnapshotImage {
  config: google.pubsub.v1.ISnapshot;
  readonly seq: number;
  readonly held: Map<number, Message>;
}

function readSnapshot(snapshot: Uint8Array): Uint8Array[] {
  const { records, end } = decodeFrames(
    Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength),
  );
  if (end !== snapshot.length) throw new Error('the snapshot of Pub/Sub is damaged');
  return records;
}

function applyRecord(image: Image, record: LogRecord): void {
  switch (record.type) {
    case 'topic':
      image.topics.set(record.config.name ?? '', {
        config: record.config,
        history: image.topics.get(record.config.name ?? '')?.history ?? new Map<number, Message>(),
      });
      return;
    case 'topicDeleted':
      image.topics.delete(record.name);
      image.policies.delete(record.name);
      for (const subscription of image.subscriptions.values()) {
        if (subscription.config.topic === record.name) {
          subscription.config = { ...subscription.config, topic: deletedTopic };
        }
      }
      for (const snapshot of image.snapshots.values()) {
        if (snapshot.config.topic === record.name)
          snapshot.config = { ...snapshot.config, topic: deletedTopic };
      }
      return;
    case 'subscription': {
      const { config } = record;
      const before = image.subscriptions.get(config.name ?? '');
      const held = config.detached ? undefined : before?.held;
      image.subscriptions.set(config.name ?? '', {
        config,
        filter: parseFilter(config.filter ?? ''),
        held: held ?? new Map<number, Message>(),
        since: before?.since ?? image.nextSeq,
      });
      return;
    }
    case 'subscriptionDeleted':
      image.subscriptions.delete(record.name);
      image.policies.delete(record.name);
      return;
    case 'published':
      for (const wire of record.wires) applyPublished(image, record.name, wire);
      return;
    case 'settled':
      for (const seq of record.seqs) image.subscriptions.get(record.name)?.held.delete(seq);
      return;
    case 'sought': {
      const held = image.subscriptions.get(record.name)?.held ?? new Map<number, Message>();
      for (const { seq, publishedAt } of held.values()) if (publishedAt < record.micros) held.delete(seq);
      return;
    }
    case 'messages':
      for (const wire of record.wires) {
        const { message } = readMessage(wire);
        image.messages.set(message.seq, message);
      }
      return;
    case 'holds':
      for (const seq of record.seqs) {
        const message = image.messages.get(seq);
        if (message !== undefined) image.subscriptions.get(record.name)?.held.set(seq, message);
      }
      return;
    case 'replaced': {
      const subscription = image.subscriptions.get(record.name);
      if (subscription !== undefined) subscription.held = find(image, subscription.config.topic, record.seqs);
      return;
    }
    case 'snapshot': {
      const [seq = 0, ...unacked] = record.seqs;
      const held = find(image, record.config.topic, unacked);
      image.snapshots.set(record.config.name ?? '', { config: record.config, seq, held });
      return;
    }
    case 'snapshotDeleted':
      image.snapshots.delete(record.name);
      image.policies.delete(record.name);
      return;
    case 'schema': {
      const name = record.config.name ?? '';
      const schema = image.schemas.get(name) ?? new Schema();
      schema.revisions.push(record.config);
      image.schemas.set(name, schema);
      return;
    }
    case 'schemaDeleted':
      image.schemas.delete(record.name);
      image.policies.delete(record.name);
      return;
    case 'schemaRevisionDeleted': {
      const [name = '', id] = record.name.split('@');
      const revisions = image.schemas.get(name)?.revisions ?? [];
      revisions.splice(
        revisions.findIndex(({ revisionId }) => revisionId === id),
        1,
      );
      return;
    }
    case 'policy':
      image.policies.set(record.name, rpc.Policy.decode(record.policy));
      return;
    case 'history':
      for (const seq of record.seqs) {
        const message = image.messages.get(seq);
        if (message !== undefined) image.topics.get(record.name)?.history.set(seq, message);
      }
      return;
    case 'since': {
      const subscription = image.subscriptions.get(record.name);
      if (subscription !== undefined) subscription.since = record.seqs[0] ?? 0;
      return;
    }
    case 'nextSeq':
      image.nextSeq = Math.max(image.nextSeq, record.seq);
      return;
  }
}

/** Messages of a topic, wherever they are held. */
function find(image: Image, topic: string | null | undefined, seqs: readonly number[]): Map<number, Message> {
  const holders = [...image.subscriptions.values(), ...image.snapshots.values()];
  const places = [
    image.messages,
    image.topics.get(topic ?? '')?.history ?? new Map<number, Message>(),
    ...holders.filter(({ config }) => config.topic === topic).map(({ held }) => held),
  ];
  const found = new Map<number, Message>();
  for (const seq of seqs) {
    const message = places.find((place) => place.has(seq))?.get(seq);
    if (message !== undefined) found.set(seq, message);
  }
  return found;
}

function applyPublished(image: Image, topic: string, wire: Uint8Array): void {
  const { message, attributes } = readMessage(wire);
  image.nextSeq = Math.max(image.nextSeq, message.seq + 1);
  image.topics.get(topic)?.history.set(message.seq, message);
  for (const { config, filter, held } of image.subscriptions.values()) {
    if (config.topic === topic && !config.detached && filter(attributes)) held.set(message.seq, message);
  }
}
