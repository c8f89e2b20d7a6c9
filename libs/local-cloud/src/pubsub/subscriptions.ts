import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { Backlog } from './backlog.ts';
import { parseFilter } from './filter.ts';
import { checkName, pageOfNames } from './names.ts';
import { publishDeadLetter } from './publish.ts';
import { encodeRecord } from './records.ts';
import type { PubSubState, Subscription } from './state.ts';
import { alreadyExists, notFound } from './status.ts';
import { changedConfig, deliveryPolicy, normalConfig } from './subscription-config.ts';
import { findTopic } from './topics.ts';

type SubscriptionConfig = google.pubsub.v1.ISubscription;

/** It receives what is published from now on. */
export function createSubscription(state: PubSubState, request: SubscriptionConfig): SubscriptionConfig {
  const name = checkName(request.name, 'subscriptions');
  const config = normalConfig(request);
  if (state.subscriptions.has(name)) throw alreadyExists(name);
  findTopic(state, config.topic);
  if (config.deadLetterPolicy) findTopic(state, config.deadLetterPolicy.deadLetterTopic);
  addSubscription(state, config);
  state.output.records.push(encodeRecord({ type: 'subscription', config }));
  return config;
}

export function getSubscription(
  state: PubSubState,
  request: google.pubsub.v1.IGetSubscriptionRequest,
): SubscriptionConfig {
  return findSubscription(state, request.subscription).config;
}

export function updateSubscription(
  state: PubSubState,
  request: google.pubsub.v1.IUpdateSubscriptionRequest,
): SubscriptionConfig {
  const subscription = findSubscription(state, request.subscription?.name);
  const config = changedConfig(
    subscription.config,
    request.subscription ?? {},
    request.updateMask?.paths ?? [],
  );
  if (config.deadLetterPolicy) findTopic(state, config.deadLetterPolicy.deadLetterTopic);
  subscription.config = config;
  subscription.backlog.policy = deliveryPolicy(config);
  state.output.records.push(encodeRecord({ type: 'subscription', config }));
  return config;
}

export function listSubscriptions(
  state: PubSubState,
  request: google.pubsub.v1.IListSubscriptionsRequest,
): google.pubsub.v1.IListSubscriptionsResponse {
  const { page, nextPageToken } = pageOfNames(
    state.subscriptions.keys(),
    `${request.project ?? ''}/`,
    request,
  );
  return { subscriptions: page.map((name) => findSubscription(state, name).config), nextPageToken };
}

/** Drops what it holds and ends its streams with NOT_FOUND. */
export function deleteSubscription(
  state: PubSubState,
  request: google.pubsub.v1.IDeleteSubscriptionRequest,
): object {
  const subscription = findSubscription(state, request.subscription);
  const { name, topic, backlog } = subscription;
  for (const consumer of backlog.consumers) {
    backlog.close(consumer);
    if (consumer.kind === 'stream') state.output.ended.push({ consumer: consumer.id, error: notFound(name) });
  }
  backlog.clear();
  topic?.subscriptions.delete(subscription);
  state.subscriptions.delete(name);
  state.changed.delete(subscription);
  state.output.records.push(encodeRecord({ type: 'subscriptionDeleted', name }));
  return {};
}

export function findSubscription(state: PubSubState, name: string | null | undefined): Subscription {
  const subscription = state.subscriptions.get(name ?? '');
  if (subscription === undefined) throw notFound(name ?? '');
  return subscription;
}

/** Puts a subscription with an empty backlog into the state, without a record. */
export function addSubscription(state: PubSubState, config: SubscriptionConfig): Subscription {
  const backlog = new Backlog(deliveryPolicy(config), {
    timers: state.timers,
    nextAckId: ({ seq }) => `${seq.toString(36)}-${(state.nextLease++).toString(36)}`,
    settled({ seq }) {
      subscription.settled.push(seq);
      state.settling.add(subscription);
    },
    exhausted: (message, attempts) => publishDeadLetter(state, subscription, message, attempts),
    changed() {
      state.changed.add(subscription);
    },
    closed(consumer) {
      state.consumers.delete(consumer.id);
      if (consumer.kind !== 'pull') return;
      state.output.deliveries.push({ consumer: consumer.id, messages: consumer.takeBatch() });
    },
  });
  const topic = state.topics.get(config.topic ?? '');
  const name = config.name ?? '';
  const subscription: Subscription = {
    name,
    config,
    topic,
    filter: parseFilter(config.filter ?? ''),
    backlog,
    settled: [],
  };
  state.subscriptions.set(name, subscription);
  topic?.subscriptions.add(subscription);
  return subscription;
}
