import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { encodeRecord } from './records.ts';
import type { PubSubState } from './state.ts';
import { invalid, unimplemented } from './status.ts';
import { findSubscription } from './subscriptions.ts';
import { toMicros, toNumber } from './wire.ts';

const seconds = 1e6;
/** How long a Pull waits for a first message. */
const pullWait = 20 * seconds;

export function acknowledge(state: PubSubState, request: google.pubsub.v1.IAcknowledgeRequest): object {
  const { backlog } = findSubscription(state, request.subscription);
  for (const ackId of request.ackIds ?? [])
    if (backlog.acknowledge(ackId)) state.output.counts.ackedMessages++;
  return {};
}

/** Late ack ids mean nothing, in silence. */
export function modifyAckDeadline(
  state: PubSubState,
  request: google.pubsub.v1.IModifyAckDeadlineRequest,
): object {
  const { backlog } = findSubscription(state, request.subscription);
  const deadline = checkDeadline(request.ackDeadlineSeconds, 0);
  for (const ackId of request.ackIds ?? []) backlog.extend(ackId, deadline * seconds, state.now);
  return {};
}

/** To a time: what was published before counts as acknowledged, the rest is delivered anew. */
export function seek(state: PubSubState, request: google.pubsub.v1.ISeekRequest): object {
  const { name, backlog } = findSubscription(state, request.subscription);
  if (request.snapshot) throw unimplemented('Seeking to a snapshot');
  if (!request.time) throw invalid('A time or a snapshot must be given.');
  const micros = toMicros(request.time);
  backlog.seek(micros);
  state.output.records.push(encodeRecord({ type: 'sought', name, micros }));
  return {};
}

/** Opens a consumer that is answered, and closed, by one delivery. */
export function openPull(state: PubSubState, consumer: number, request: google.pubsub.v1.IPullRequest): void {
  const { backlog } = findSubscription(state, request.subscription);
  const maxMessages = request.maxMessages ?? 0;
  if (maxMessages <= 0) throw invalid('The value for max_messages must be greater than zero.');
  const { ackDeadline } = backlog.policy;
  const opened = backlog.open('pull', consumer, { maxMessages, maxBytes: Infinity, ackDeadline });
  state.consumers.set(consumer, opened);
  backlog.pump(state.now);
  if (request.returnImmediately || opened.batch.length > 0) {
    backlog.close(opened);
    return;
  }
  opened.at = state.now + pullWait;
  state.timers.add(opened);
}

export function openStream(
  state: PubSubState,
  consumer: number,
  request: google.pubsub.v1.IStreamingPullRequest,
): google.pubsub.v1.StreamingPullResponse.ISubscriptionProperties {
  const { backlog, config } = findSubscription(state, request.subscription);
  const opened = backlog.open('stream', consumer, {
    maxMessages: limit(request.maxOutstandingMessages),
    maxBytes: limit(request.maxOutstandingBytes),
    ackDeadline: checkDeadline(request.streamAckDeadlineSeconds, 10) * seconds,
  });
  state.consumers.set(consumer, opened);
  applyToStream(state, consumer, request);
  return { exactlyOnceDeliveryEnabled: false, messageOrderingEnabled: config.enableMessageOrdering ?? false };
}

/** A further request on an open stream. */
export function continueStream(
  state: PubSubState,
  consumer: number,
  request: google.pubsub.v1.IStreamingPullRequest,
): void {
  const opened = state.consumers.get(consumer);
  if (opened === undefined) return;
  if (request.subscription)
    throw invalid('The subscription may be set only in the first request of a stream.');
  if (request.streamAckDeadlineSeconds) {
    opened.ackDeadline = checkDeadline(request.streamAckDeadlineSeconds, 10) * seconds;
  }
  applyToStream(state, consumer, request);
}

function applyToStream(
  state: PubSubState,
  consumer: number,
  request: google.pubsub.v1.IStreamingPullRequest,
): void {
  const backlog = state.consumers.get(consumer)?.backlog;
  if (backlog === undefined) return;
  const deadlines = request.modifyDeadlineSeconds ?? [];
  const modified = request.modifyDeadlineAckIds ?? [];
  if (deadlines.length !== modified.length) {
    throw invalid('modify_deadline_seconds and modify_deadline_ack_ids must have the same length.');
  }
  for (const ackId of request.ackIds ?? [])
    if (backlog.acknowledge(ackId)) state.output.counts.ackedMessages++;
  for (const [index, ackId] of modified.entries()) {
    backlog.extend(ackId, checkDeadline(deadlines[index], 0) * seconds, state.now);
  }
}

function checkDeadline(value: number | null | undefined, minimum: number): number {
  const deadline = value ?? 0;
  if (deadline < minimum || deadline > 600) {
    throw invalid(
      `Invalid ack deadline given: (value=${deadline}). It must be within the range ${minimum} to 600.`,
    );
  }
  return deadline;
}

function limit(value: Parameters<typeof toNumber>[0]): number {
  const number = toNumber(value);
  return number > 0 ? number : Infinity;
}
