import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Backlog } from './backlog.ts';
import { isEarlier } from './delivery.ts';
import type { Consumer, Timed } from './delivery.ts';
import type { Expiry } from './expiry.ts';
import type { Filter } from './filter.ts';
import { Heap } from './heap.ts';
import { History } from './history.ts';
import { emptyOutput } from './output.ts';
import type { Output } from './output.ts';
import type { Policy } from './rpc-messages.ts';
import type { Schema } from './schemas/schema.ts';
import type { Snapshot } from './snapshot.ts';

export interface Topic {
  config: google.pubsub.v1.ITopic;
  /** Those that are not detached. */
  readonly subscriptions: Set<Subscription>;
  readonly snapshots: Set<Snapshot>;
  readonly history: History;
}

export interface Subscription {
  readonly name: string;
  config: google.pubsub.v1.ISubscription;
  /** Of a BigQuery subscription, once rows were written or refused. */
  exportState?: google.pubsub.v1.BigQueryConfig.State;
  /** Undefined once the topic is deleted. */
  topic: Topic | undefined;
  readonly filter: Filter;
  readonly backlog: Backlog;
  readonly expiry: Expiry;
  /** Sequence number of the first message that was published after it was created. */
  readonly since: number;
  /** Sequence numbers of messages that the step that runs settled. */
  settled: number[];
}

/** Everything that the Pub/Sub service knows. Only `step` and `restore` change it. */
export interface PubSubState {
  readonly topics: Map<string, Topic>;
  readonly subscriptions: Map<string, Subscription>;
  readonly snapshots: Map<string, Snapshot>;
  readonly schemas: Map<string, Schema>;
  /** By the name of their resource. */
  readonly policies: Map<string, Policy>;
  /** Open streams and waiting pulls by their ids, which the shell gives. */
  readonly consumers: Map<number, Consumer>;
  readonly timers: Heap<Timed>;
  /** Subscriptions that may have something to deliver. */
  readonly changed: Set<Subscription>;
  /** Subscriptions whose `settled` is not empty. */
  readonly settling: Set<Subscription>;
  nextSeq: number;
  nextLease: number;
  /** Of the step that runs: epoch microseconds, and what it decided so far. */
  now: number;
  output: Output;
}

export function newTopic(config: google.pubsub.v1.ITopic): Topic {
  return { config, subscriptions: new Set(), snapshots: new Set(), history: new History() };
}

/** Message ids and leases count on from `now`, so that they are new in every run. */
export function createState(now: number): PubSubState {
  return {
    topics: new Map(),
    subscriptions: new Map(),
    snapshots: new Map(),
    schemas: new Map(),
    policies: new Map(),
    consumers: new Map(),
    timers: new Heap(isEarlier),
    changed: new Set(),
    settling: new Set(),
    nextSeq: now,
    nextLease: now,
    now,
    output: emptyOutput(),
  };
}
