import { status } from '@grpc/grpc-js';
import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { PubSubState, Subscription } from './state.ts';
import { failedPrecondition, invalid, StatusError } from './status.ts';
import { streamProperties } from './subscription-config.ts';
import { findSubscription } from './subscriptions.ts';
import { toNumber } from './wire.ts';

const seconds = 1e6;
/** How long a Pull waits for a first message. */
const pullWait = 20 * seconds;

/** With exactly-once delivery every ack id that did not count is refused by name; the others have counted. */
export function acknowledge(state: PubSubState, request: google.pubsub.v1.IAcknowledgeRequest): object {
  const subscription = findConsumed(state, request.subscription);
  refuseFailed(subscription, settle(state, subscription, request.ackIds ?? []));
  return {};
}

/** Late ack ids mean nothing, in silence unless delivery is exactly once. */
export function modifyAckDeadline(
  state: PubSubState,
  request: google.pubsub.v1.IModifyAckDeadlineRequest,
): object {
  const subscription = findConsumed(state, request.subscription);
  const deadline = checkDeadline(request.ackDeadlineSeconds, 0);
  const outcome = newOutcome();
  for (const ackId of request.ackIds ?? []) extend(state, subscription, ackId, deadline, outcome);
  refuseFailed(subscription, outcome);
  return {};
}

/** Opens a consumer that is answered, and closed, by one delivery. */
export function openPull(state: PubSubState, consumer: number, request: google.pubsub.v1.IPullRequest): void {
  const subscription = findConsumed(state, request.subscription);
  refusePush(subscription);
  const { backlog } = subscription;
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
  isInternal: boolean,
): google.pubsub.v1.StreamingPullResponse.ISubscriptionProperties {
  const subscription = findConsumed(state, request.subscription);
  if (!isInternal) refusePush(subscription);
  const { backlog } = subscription;
  const opened = backlog.open('stream', consumer, {
    maxMessages: limit(request.maxOutstandingMessages),
    maxBytes: limit(request.maxOutstandingBytes),
    ackDeadline: checkDeadline(request.streamAckDeadlineSeconds, 10) * seconds,
  });
  state.consumers.set(consumer, opened);
  applyToStream(state, subscription, consumer, request);
  return streamProperties(subscription.config);
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
  applyToStream(state, findConsumed(state, opened.backlog.name), consumer, request);
}

function applyToStream(
  state: PubSubState,
  subscription: Subscription,
  consumer: number,
  request: google.pubsub.v1.IStreamingPullRequest,
): void {
  const { backlog } = subscription;
  const deadlines = request.modifyDeadlineSeconds ?? [];
  const modified = request.modifyDeadlineAckIds ?? [];
  if (deadlines.length !== modified.length) {
    throw invalid('modify_deadline_seconds and modify_deadline_ack_ids must have the same length.');
  }
  const acked = settle(state, subscription, request.ackIds ?? []);
  const extended = newOutcome();
  for (const [index, ackId] of modified.entries()) {
    extend(state, subscription, ackId, checkDeadline(deadlines[index], 0), extended);
  }
  if (!backlog.policy.isExactlyOnce) return;
  const acks = request.ackIds?.length ? { acknowledgeConfirmation: confirmation(acked) } : {};
  const extensions = modified.length > 0 ? { modifyAckDeadlineConfirmation: confirmation(extended) } : {};
  const response = { ...acks, ...extensions };
  if (Object.keys(response).length > 0) state.output.confirmations.push({ consumer, response });
}

/** What became of the ack ids of one request. */
interface Outcome {
  readonly done: string[];
  readonly invalid: string[];
  readonly unordered: string[];
}

function newOutcome(): Outcome {
  return { done: [], invalid: [], unordered: [] };
}

function settle(state: PubSubState, { backlog }: Subscription, ackIds: readonly string[]): Outcome {
  const outcome = newOutcome();
  for (const ackId of ackIds) outcome[backlog.acknowledge(ackId)].push(ackId);
  state.output.counts.ackedMessages += outcome.done.length;
  return outcome;
}

function extend(
  state: PubSubState,
  { backlog }: Subscription,
  ackId: string,
  deadline: number,
  outcome: Outcome,
): void {
  const isDone = backlog.extend(ackId, deadline * seconds, state.now);
  outcome[isDone ? 'done' : 'invalid'].push(ackId);
}

function confirmation({ done, invalid: invalidAckIds, unordered }: Outcome): {
  ackIds: string[];
  invalidAckIds: string[];
  unorderedAckIds: string[];
} {
  return { ackIds: done, invalidAckIds, unorderedAckIds: unordered };
}

function refuseFailed({ backlog }: Subscription, outcome: Outcome): void {
  if (!backlog.policy.isExactlyOnce || outcome.invalid.length + outcome.unordered.length === 0) return;
  const reasons: Record<string, string> = {};
  for (const ackId of outcome.invalid) reasons[ackId] = 'PERMANENT_FAILURE_INVALID_ACK_ID';
  for (const ackId of outcome.unordered) reasons[ackId] = 'TRANSIENT_FAILURE_UNORDERED_ACK_ID';
  throw new StatusError(
    status.INVALID_ARGUMENT,
    'Some acknowledgement ids in the request were invalid. This could be because the acknowledgement ids have expired or the acknowledgement ids were malformed.',
    reasons,
  );
}

function refusePush({ config }: Subscription): void {
  if (config.pushConfig?.pushEndpoint || config.bigqueryConfig?.table) {
    throw failedPrecondition('This method is not supported for this subscription type.');
  }
}

/** The subscription, whose expiry is put off by being used. */
function findConsumed(state: PubSubState, name: string | null | undefined): Subscription {
  const subscription = findSubscription(state, name);
  if (subscription.config.detached) throw failedPrecondition('The subscription is detached from its topic.');
  subscription.expiry.usedAt = state.now;
  return subscription;
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
