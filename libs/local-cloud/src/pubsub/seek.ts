import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { publishedSince, replayable } from './history.ts';
import { attributesOf } from './message.ts';
import type { Message } from './message.ts';
import { encodeRecord } from './records.ts';
import { findSnapshot } from './snapshots.ts';
import type { PubSubState, Subscription } from './state.ts';
import { failedPrecondition, invalid } from './status.ts';
import { findSubscription } from './subscriptions.ts';
import { toMicros } from './wire.ts';

/**
 * Sets what counts as acknowledged.
 *
 * To a time: everything published before it is, everything since is not, as far as it is retained. To a snapshot of
 * the same topic: what was unacknowledged then and all that was published since is delivered anew.
 */
export function seek(state: PubSubState, request: google.pubsub.v1.ISeekRequest): object {
  const subscription = findSubscription(state, request.subscription);
  const { name, backlog, filter, config } = subscription;
  if (config.detached) throw failedPrecondition('The subscription is detached.');
  const wanted = inOrder(wantedBy(state, subscription, request));
  const messages = wanted.filter(({ wire }) => filter(attributesOf(wire)));
  backlog.replace(messages);
  state.output.records.push(encodeRecord({ type: 'replaced', name, seqs: messages.map(({ seq }) => seq) }));
  return {};
}

function wantedBy(
  state: PubSubState,
  subscription: Subscription,
  request: google.pubsub.v1.ISeekRequest,
): Message[] {
  if (request.snapshot) {
    const snapshot = findSnapshot(state, request.snapshot);
    if (snapshot.topic !== subscription.topic) {
      throw invalid("The snapshot's topic must be the same as the subscription's.");
    }
    return [...snapshot.unacked, ...publishedSince(snapshot)];
  }
  if (!request.time) throw invalid('A time or a snapshot must be given.');
  const micros = toMicros(request.time);
  const owed = [...replayable(subscription, state.now), ...subscription.backlog.messages()];
  return owed.filter(({ publishedAt }) => publishedAt >= micros);
}

function inOrder(messages: readonly Message[]): Message[] {
  const bySeq = new Map(messages.map((message) => [message.seq, message]));
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
}
