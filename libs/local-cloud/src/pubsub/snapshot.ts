import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Timed } from './delivery.ts';
import type { Message } from './message.ts';
import type { Topic } from './state.ts';
import { toMicros } from './wire.ts';

/** A subscription's backlog at a moment, and by reference to its topic's history all that was published since. */
export class Snapshot implements Timed {
  config: google.pubsub.v1.ISnapshot;
  /** Undefined once the topic is deleted. */
  topic: Topic | undefined;
  /** Of the first message that is published after the snapshot. */
  readonly seq: number;
  /** In publish order. */
  readonly unacked: readonly Message[];
  at: number;
  readonly order = 0;
  place = -1;
  readonly #expire: (snapshot: Snapshot) => void;

  constructor(
    config: google.pubsub.v1.ISnapshot,
    topic: Topic | undefined,
    seq: number,
    unacked: readonly Message[],
    expire: (snapshot: Snapshot) => void,
  ) {
    this.config = config;
    this.topic = topic;
    this.seq = seq;
    this.unacked = unacked;
    this.at = toMicros(config.expireTime);
    this.#expire = expire;
  }

  get name(): string {
    return this.config.name ?? '';
  }

  /** What it holds stays. */
  leaveTopic(placeholder: string): void {
    this.topic = undefined;
    this.config = { ...this.config, topic: placeholder };
  }

  fire(): void {
    this.#expire(this);
  }
}
