import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { checkName, pageOfNames } from './names.ts';
import { encodeRecord } from './records.ts';
import type { Message } from './message.ts';
import { Snapshot } from './snapshot.ts';
import type { PubSubState } from './state.ts';
import { alreadyExists, failedPrecondition, invalid, notFound } from './status.ts';
import { findSubscription } from './subscriptions.ts';
import { findTopic } from './topics.ts';
import { toMicros, toTimestamp } from './wire.ts';

type SnapshotConfig = google.pubsub.v1.ISnapshot;

const seconds = 1e6;
const lifetime = 7 * 24 * 3600 * seconds;
const shortestLifetime = 3600 * seconds;

/** Lives seven days, less the age of its oldest unacknowledged message. */
export function createSnapshot(
  state: PubSubState,
  request: google.pubsub.v1.ICreateSnapshotRequest,
): SnapshotConfig {
  const name = checkName(request.name, 'snapshots');
  if (state.snapshots.has(name)) throw alreadyExists(name);
  const { backlog, config, topic } = findSubscription(state, request.subscription);
  if (config.detached || topic === undefined)
    throw failedPrecondition('The subscription has no topic any more.');
  const unacked = [...backlog.messages()];
  const expiresAt = lifetime + (unacked[0]?.publishedAt ?? state.now);
  if (expiresAt - state.now < shortestLifetime) {
    throw failedPrecondition(
      'The snapshot would expire within an hour: the oldest unacknowledged message is too old.',
    );
  }
  const snapshot = addSnapshot(
    state,
    {
      name,
      topic: config.topic ?? '',
      expireTime: toTimestamp(expiresAt),
      labels: { ...request.labels },
    },
    state.nextSeq,
    unacked,
  );
  recordSnapshot(state, snapshot);
  return snapshot.config;
}

export function getSnapshot(
  state: PubSubState,
  request: google.pubsub.v1.IGetSnapshotRequest,
): SnapshotConfig {
  return findSnapshot(state, request.snapshot).config;
}

export function updateSnapshot(
  state: PubSubState,
  request: google.pubsub.v1.IUpdateSnapshotRequest,
): SnapshotConfig {
  const snapshot = findSnapshot(state, request.snapshot?.name);
  const mask = request.updateMask?.paths ?? [];
  if (mask.length === 0) throw invalid('The update_mask in the UpdateSnapshotRequest must be set.');
  const changed = { ...snapshot.config };
  for (const path of mask) {
    if (path === 'labels') changed.labels = { ...request.snapshot?.labels };
    else if (path === 'expire_time') changed.expireTime = checkExpiry(state, request.snapshot?.expireTime);
    else
      throw invalid(`Invalid update_mask provided in the UpdateSnapshotRequest: '${path}' is not mutable.`);
  }
  snapshot.config = changed;
  state.timers.remove(snapshot);
  snapshot.at = toMicros(changed.expireTime);
  state.timers.add(snapshot);
  recordSnapshot(state, snapshot);
  return changed;
}

export function listSnapshots(
  state: PubSubState,
  request: google.pubsub.v1.IListSnapshotsRequest,
): google.pubsub.v1.IListSnapshotsResponse {
  const { page, nextPageToken } = pageOfNames(state.snapshots.keys(), `${request.project ?? ''}/`, request);
  return { snapshots: page.map((name) => findSnapshot(state, name).config), nextPageToken };
}

export function listTopicSnapshots(
  state: PubSubState,
  request: google.pubsub.v1.IListTopicSnapshotsRequest,
): google.pubsub.v1.IListTopicSnapshotsResponse {
  const names = [...findTopic(state, request.topic).snapshots].map(({ name }) => name);
  const { page, nextPageToken } = pageOfNames(names, '', request);
  return { snapshots: page, nextPageToken };
}

export function deleteSnapshot(state: PubSubState, request: google.pubsub.v1.IDeleteSnapshotRequest): object {
  removeSnapshot(state, findSnapshot(state, request.snapshot));
  return {};
}

export function findSnapshot(state: PubSubState, name: string | null | undefined): Snapshot {
  const snapshot = state.snapshots.get(name ?? '');
  if (snapshot === undefined) throw notFound(name ?? '');
  return snapshot;
}

/** Puts a snapshot into the state, without a record. */
export function addSnapshot(
  state: PubSubState,
  config: SnapshotConfig,
  seq: number,
  unacked: readonly Message[],
): Snapshot {
  const topic = state.topics.get(config.topic ?? '');
  const snapshot = new Snapshot(config, topic, seq, unacked, () => removeSnapshot(state, snapshot));
  topic?.snapshots.add(snapshot);
  state.snapshots.set(snapshot.name, snapshot);
  state.timers.add(snapshot);
  return snapshot;
}

function removeSnapshot(state: PubSubState, snapshot: Snapshot): void {
  const { name, topic } = snapshot;
  state.snapshots.delete(name);
  state.policies.delete(name);
  state.timers.remove(snapshot);
  topic?.snapshots.delete(snapshot);
  topic?.history.trim(topic, state.now);
  state.output.records.push(encodeRecord({ type: 'snapshotDeleted', name }));
}

function recordSnapshot(state: PubSubState, { config, seq, unacked }: Snapshot): void {
  const seqs = [seq, ...unacked.map((message) => message.seq)];
  state.output.records.push(encodeRecord({ type: 'snapshot', config, seqs }));
}

function checkExpiry(
  state: PubSubState,
  time: google.protobuf.ITimestamp | null | undefined,
): google.protobuf.ITimestamp {
  const micros = toMicros(time);
  if (micros <= state.now || micros > state.now + lifetime) {
    throw invalid('The expire_time must be within the next seven days.');
  }
  return toTimestamp(micros);
}
