import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { decodeFrames, encodeFrames } from '../log/frames.ts';
import { parseFilter } from './filter.ts';
import type { Filter } from './filter.ts';
import { readMessage } from './message.ts';
import type { Message } from './message.ts';
import { decodeRecord, encodeRecord } from './records.ts';
import type { LogRecord } from './records.ts';
import { createState } from './state.ts';
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
  const image: Image = { topics: new Map(), subscriptions: new Map(), messages: new Map(), nextSeq: now };
  if (snapshot !== undefined)
    for (const record of readSnapshot(snapshot)) applyRecord(image, decodeRecord(record));
  image.messages.clear();
  for (const record of records) applyRecord(image, decodeRecord(record));
  for (const [name, config] of image.topics) state.topics.set(name, { config, subscriptions: new Set() });
  for (const { config, held } of image.subscriptions.values()) {
    const { backlog } = addSubscription(state, config);
    for (const message of held.values()) backlog.add(message);
  }
  state.nextSeq = image.nextSeq;
  return state;
}

/** The state as one record of the log: `restore` gives it back. Messages that no subscription holds are not in it. */
export function snapshotOf(state: PubSubState): Uint8Array {
  const records: LogRecord[] = [{ type: 'nextSeq', seq: state.nextSeq }];
  for (const { config } of state.topics.values()) records.push({ type: 'topic', config });
  const held = new Map<number, Uint8Array>();
  for (const { name, config, backlog } of state.subscriptions.values()) {
    const messages = [...backlog.messages()];
    for (const { seq, wire } of messages) held.set(seq, wire);
    records.push(
      { type: 'subscription', config },
      { type: 'holds', name, seqs: messages.map(({ seq }) => seq) },
    );
  }
  records.splice(1, 0, { type: 'messages', wires: [...held.values()] });
  return encodeFrames(records.map(encodeRecord));
}

interface Image {
  readonly topics: Map<string, google.pubsub.v1.ITopic>;
  readonly subscriptions: Map<
    string,
    { config: google.pubsub.v1.ISubscription; readonly filter: Filter; readonly held: Map<number, Message> }
  >;
  /** Those of the snapshot, until its subscriptions have taken theirs. */
  readonly messages: Map<number, Message>;
  nextSeq: number;
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
      image.topics.set(record.config.name ?? '', record.config);
      return;
    case 'topicDeleted':
      image.topics.delete(record.name);
      for (const subscription of image.subscriptions.values()) {
        if (subscription.config.topic === record.name) {
          subscription.config = { ...subscription.config, topic: deletedTopic };
        }
      }
      return;
    case 'subscription': {
      const { config } = record;
      const held = image.subscriptions.get(config.name ?? '')?.held ?? new Map<number, Message>();
      image.subscriptions.set(config.name ?? '', { config, filter: parseFilter(config.filter ?? ''), held });
      return;
    }
    case 'subscriptionDeleted':
      image.subscriptions.delete(record.name);
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
    case 'nextSeq':
      image.nextSeq = Math.max(image.nextSeq, record.seq);
      return;
  }
}

function applyPublished(image: Image, topic: string, wire: Uint8Array): void {
  const { message, attributes } = readMessage(wire);
  image.nextSeq = Math.max(image.nextSeq, message.seq + 1);
  for (const { config, filter, held } of image.subscriptions.values()) {
    if (config.topic === topic && filter(attributes)) held.set(message.seq, message);
  }
}
