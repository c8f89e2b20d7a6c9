import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { Backlog } from './backlog.ts';
import { Expiry } from './expiry.ts';
import { parseFilter } from './filter.ts';
import { checkName, pageOfNames } from './names.ts';
import { publishDeadLetter } from './publish.ts';
import { normalPush } from './push/push-config.ts';
import { encodeRecord } from './records.ts';
import type { PubSubState, Subscription } from './state.ts';
import { hasJsonEncoding } from './schemas/topic-schema.ts';
import { alreadyExists, failedPrecondition, notFound, unimplemented } from './status.ts';
import type { StatusError } from './status.ts';
import {
  changedConfig,
  deliveryPolicy,
  normalConfig,
  streamProperties,
  timeToLive,
} from './subscription-config.ts';
import { findTopic } from './topics.ts';

type SubscriptionConfig = google.pubsub.v1.ISubscription;

/** It receives what is published from now on. */
export function createSubscription(state: PubSubState, request: SubscriptionConfig): SubscriptionConfig {
  const name = checkName(request.name, 'subscriptions');
  const config = normalConfig(request);
  if (state.subscriptions.has(name)) throw alreadyExists(name);
  findTopic(state, config.topic);
  if (config.deadLetterPolicy) findTopic(state, config.deadLetterPolicy.deadLetterTopic);
  checkExport(state, config);
  addSubscription(state, config, state.nextSeq);
  state.output.isPushChanged = true;
  state.output.records.push(encodeRecord({ type: 'subscription', config }));
  return config;
}

export function getSubscription(
  state: PubSubState,
  request: google.pubsub.v1.IGetSubscriptionRequest,
): SubscriptionConfig {
  return shown(findSubscription(state, request.subscription));
}

function shown({ config, exportState }: Subscription): SubscriptionConfig {
  if (!config.bigqueryConfig?.table || exportState === undefined) return config;
  return { ...config, bigqueryConfig: { ...config.bigqueryConfig, state: exportState } };
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
  checkExport(state, config);
  const wasExactlyOnce = subscription.backlog.policy.isExactlyOnce;
  configure(state, subscription, config);
  subscription.backlog.policy = deliveryPolicy(config);
  subscription.expiry.usedAt = state.now;
  awaitExpiry(state, subscription);
  if (subscription.backlog.policy.isExactlyOnce !== wasExactlyOnce) announce(state, subscription);
  return config;
}

/** `use_topic_schema` needs a topic with a schema, and rows that can be read from its messages. */
function checkExport(state: PubSubState, { bigqueryConfig, topic }: SubscriptionConfig): void {
  if (!bigqueryConfig?.useTopicSchema) return;
  const { schemaSettings } = findTopic(state, topic).config;
  if (!schemaSettings?.schema)
    throw failedPrecondition('The topic has no schema, which use_topic_schema needs.');
  if (!hasJsonEncoding(schemaSettings))
    throw unimplemented('A BigQuery subscription of a topic with binary encoding');
}

/** An empty configuration turns a push subscription into one to pull from, and the other way round. */
export function modifyPushConfig(
  state: PubSubState,
  request: google.pubsub.v1.IModifyPushConfigRequest,
): object {
  const subscription = findSubscription(state, request.subscription);
  const pushConfig = normalPush(request.pushConfig);
  configure(state, subscription, { ...subscription.config, pushConfig });
  return {};
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
  return { subscriptions: page.map((name) => shown(findSubscription(state, name))), nextPageToken };
}

/** Drops what it holds and ends its streams with NOT_FOUND. */
export function deleteSubscription(
  state: PubSubState,
  request: google.pubsub.v1.IDeleteSubscriptionRequest,
): object {
  removeSubscription(state, findSubscription(state, request.subscription));
  return {};
}

/** It keeps its configuration, but receives nothing any more and drops what it holds. */
export function detachSubscription(
  state: PubSubState,
  request: google.pubsub.v1.IDetachSubscriptionRequest,
): object {
  const subscription = findSubscription(state, request.subscription);
  const config = { ...subscription.config, detached: true };
  endStreams(state, subscription, failedPrecondition('The subscription is detached from its topic.'));
  subscription.backlog.clear();
  subscription.topic?.subscriptions.delete(subscription);
  subscription.topic = undefined;
  configure(state, subscription, config);
  return {};
}

export function findSubscription(state: PubSubState, name: string | null | undefined): Subscription {
  const subscription = state.subscriptions.get(name ?? '');
  if (subscription === undefined) throw notFound(name ?? '');
  return subscription;
}

/** Puts a subscription with an empty backlog into the state, without a record. */
export function addSubscription(state: PubSubState, config: SubscriptionConfig, since: number): Subscription {
  const name = config.name ?? '';
  const backlog = new Backlog(name, deliveryPolicy(config), {
    timers: state.timers,
    nextAckId: ({ seq }) => `${seq}-${state.nextLease++}`,
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
  const topic = config.detached ? undefined : state.topics.get(config.topic ?? '');
  const subscription: Subscription = {
    name,
    config,
    topic,
    filter: parseFilter(config.filter ?? ''),
    backlog,
    expiry: new Expiry(state.now, () => expire(state, subscription)),
    since,
    settled: [],
  };
  state.subscriptions.set(name, subscription);
  topic?.subscriptions.add(subscription);
  awaitExpiry(state, subscription);
  return subscription;
}

function configure(state: PubSubState, subscription: Subscription, config: SubscriptionConfig): void {
  subscription.config = config;
  state.output.isPushChanged = true;
  state.output.records.push(encodeRecord({ type: 'subscription', config }));
}

/** Tells open streams what is new about their subscription. */
function announce(state: PubSubState, { backlog, config }: Subscription): void {
  const subscriptionProperties = streamProperties(config);
  for (const { id, kind } of backlog.consumers) {
    if (kind === 'stream')
      state.output.confirmations.push({ consumer: id, response: { subscriptionProperties } });
  }
}

/** A subscription that no one used for as long as its policy says is deleted. */
function expire(state: PubSubState, subscription: Subscription): void {
  const { expiry, backlog } = subscription;
  if (backlog.consumers.length > 0) expiry.usedAt = state.now;
  if (expiry.usedAt + timeToLive(subscription.config) <= state.now) removeSubscription(state, subscription);
  else awaitExpiry(state, subscription);
}

function awaitExpiry(state: PubSubState, { expiry, config }: Subscription): void {
  state.timers.remove(expiry);
  expiry.at = expiry.usedAt + timeToLive(config);
  if (expiry.at < Infinity) state.timers.add(expiry);
}

function removeSubscription(state: PubSubState, subscription: Subscription): void {
  const { name, topic, backlog, expiry } = subscription;
  endStreams(state, subscription, notFound(name));
  backlog.clear();
  topic?.subscriptions.delete(subscription);
  topic?.history.trim(topic, state.now);
  state.timers.remove(expiry);
  state.subscriptions.delete(name);
  state.output.isPushChanged = true;
  state.policies.delete(name);
  state.changed.delete(subscription);
  state.output.records.push(encodeRecord({ type: 'subscriptionDeleted', name }));
}

function endStreams(state: PubSubState, { backlog }: Subscription, error: StatusError): void {
  for (const consumer of backlog.consumers) {
    backlog.close(consumer);
    if (consumer.kind === 'stream') state.output.ended.push({ consumer: consumer.id, error });
  }
}
