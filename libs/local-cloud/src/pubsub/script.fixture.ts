import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { RecordBytes } from '../log/frames.ts';
import { step } from './machine.ts';
import type { Input } from './machine.ts';
import type { Output } from './output.ts';
import { restore } from './restore.ts';
import { snapshotOf } from './state-snapshot.ts';
import type { PubSubState } from './state.ts';
import { v1 } from './wire.ts';

export type Options = google.pubsub.v1.ISubscription;

const topic = 'projects/p/topics/main';
const subscription = 'projects/p/subscriptions/main';
const deadTopic = 'projects/p/topics/dead';
const deadSubscription = 'projects/p/subscriptions/dead';

/** Runs lines of text against the machine: one topic, one subscription, and a dead-letter topic with its own. */
export class Script {
  readonly #isOrdered: boolean;
  #state: PubSubState = restore(undefined, [], 1_700_000_000_000_000);
  #snapshot: Uint8Array | undefined;
  #records: Uint8Array[] = [];
  #now = 1_700_000_000_000_000;
  /** Ack ids of a message, newest last. */
  readonly #ackIds = new Map<string, string[]>();

  constructor(options: Options) {
    this.#isOrdered = options.enableMessageOrdering ?? false;
    this.#step({ type: 'call', name: 'CreateTopic', request: { name: topic } });
    this.#step({ type: 'call', name: 'CreateTopic', request: { name: deadTopic } });
    const created = { ...options, name: subscription, topic };
    this.#step({ type: 'call', name: 'CreateSubscription', request: created });
    const dead = { name: deadSubscription, topic: deadTopic };
    this.#step({ type: 'call', name: 'CreateSubscription', request: dead });
    this.#step({
      type: 'open',
      consumer: 0,
      request: { subscription: deadSubscription, streamAckDeadlineSeconds: 600 },
    });
  }

  /** Does what the line says and returns what is delivered then, sorted by consumer. */
  run(line: string): string {
    const delivered = [...this.#do(line.split(' ')), ...this.#step({ type: 'tick' })];
    return delivered.toSorted((a, b) => order(a) - order(b)).join(' ');
  }

  #do([command = '', first = '', ...rest]: string[]): string[] {
    const consumer = Number(first);
    const all = [first, ...rest];
    switch (command) {
      case 'open': {
        const limits = new URLSearchParams(rest.join('&'));
        const request = {
          subscription,
          streamAckDeadlineSeconds: Number(limits.get('deadline') ?? 10),
          maxOutstandingMessages: Number(limits.get('messages')),
          maxOutstandingBytes: Number(limits.get('bytes')),
        };
        return this.#step({ type: 'open', consumer, request });
      }
      case 'pull':
        return this.#step({
          type: 'pull',
          consumer,
          request: { subscription, maxMessages: Number(rest[0]) },
        });
      case 'close':
        return this.#step({ type: 'close', consumer });
      case 'block':
      case 'unblock':
        return this.#step({ type: 'writable', consumer, isWritable: command === 'unblock' });
      case 'publish':
        return all.flatMap((text) => this.#publish(text));
      case 'ack':
        return this.#acknowledge(all, -1);
      case 'ackOld':
        return this.#acknowledge(all, -2);
      case 'nack':
        return this.#extend(0, all, -1);
      case 'extend':
        return this.#extend(Number(first), rest, -1);
      case 'extendOld':
        return this.#extend(Number(first), rest, -2);
      case 'wait':
        this.#now += Math.round(Number(first) * 1e6);
        return [];
      case 'seek': {
        const seconds = Math.floor(this.#now / 1e6) - Number(first === '' ? 0 : first);
        const time = { seconds, nanos: 0 };
        return this.#step({ type: 'call', name: 'Seek', request: { subscription, time } });
      }
      case 'snapshot':
        return this.#step({
          type: 'call',
          name: 'CreateSnapshot',
          request: { name: `projects/p/snapshots/${first}`, subscription },
        });
      case 'return':
        return this.#step({
          type: 'call',
          name: 'Seek',
          request: { subscription, snapshot: `projects/p/snapshots/${first}` },
        });
      case 'detach':
        return this.#step({ type: 'call', name: 'DetachSubscription', request: { subscription } });
      case 'retain': {
        const messageRetentionDuration = first === '' ? null : { seconds: Number(first) };
        const updateMask = { paths: ['message_retention_duration'] };
        const request = { topic: { name: topic, messageRetentionDuration }, updateMask };
        return this.#step({ type: 'call', name: 'UpdateTopic', request });
      }
      case 'compact':
        this.#snapshot = Buffer.concat([...snapshotOf(this.#state).chunks]);
        this.#records = [];
        return [];
      case 'restart':
        this.#state = restore(this.#snapshot, this.#records, this.#now);
        return [];
      default:
        throw new Error(`what is '${command}'?`);
    }
  }

  #publish(text: string): string[] {
    const orderingKey = this.#isOrdered && !text.startsWith('_') ? text.charAt(0) : '';
    const request = { topic, messages: [{ data: Buffer.from(text), orderingKey }] };
    return this.#step({ type: 'call', name: 'Publish', request });
  }

  #acknowledge(texts: string[], age: number): string[] {
    const request = { subscription, ackIds: this.#find(texts, age) };
    return this.#step({ type: 'call', name: 'Acknowledge', request });
  }

  #extend(ackDeadlineSeconds: number, texts: string[], age: number): string[] {
    const request = { subscription, ackDeadlineSeconds, ackIds: this.#find(texts, age) };
    return this.#step({ type: 'call', name: 'ModifyAckDeadline', request });
  }

  #find(texts: string[], age: number): string[] {
    return texts.map((text) => this.#ackIds.get(text)?.at(age) ?? `no such message: ${text}`);
  }

  #step(input: Input): string[] {
    const output = step(this.#state, input, this.#now);
    this.#records.push(...output.records.map(joined), ...output.settlements);
    if (output.reply === undefined || !('error' in output.reply)) return this.#describe(output);
    if (output.reply.error.reasons === undefined) throw output.reply.error;
    return Object.values(output.reply.error.reasons);
  }

  #describe({ deliveries }: Output): string[] {
    return deliveries.flatMap(({ consumer, messages }) => {
      if (messages.length === 0) return [`${consumer}:`];
      return messages.map(({ ackId, wire, attempt }) => {
        const text = Buffer.from(v1.PubsubMessage.decode(wire).data).toString();
        this.#ackIds.set(text, [...(this.#ackIds.get(text) ?? []), ackId]);
        return `${consumer === 0 ? 'dead' : consumer}:${text}${attempt > 0 ? `/${attempt}` : ''}`;
      });
    });
  }
}

function joined(record: RecordBytes): Uint8Array {
  return record instanceof Uint8Array ? record : Buffer.concat(record);
}

function order(delivered: string): number {
  return delivered.startsWith('dead') ? 0 : Number(/^\d+/.exec(delivered)?.[0] ?? 0);
}
