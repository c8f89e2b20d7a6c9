import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { DeliveryPolicy } from './backlog.ts';
import { normalBigQuery } from './export/bigquery-config.ts';
import { normalPush } from './push/push-config.ts';
import { invalid, unimplemented } from './status.ts';
import { toMicros, v1 } from './wire.ts';

type SubscriptionConfig = google.pubsub.v1.ISubscription;

const day = 24 * 3600;
const seconds = 1e6;

/** The configuration as it is stored and shown: production's defaults filled in. Throws when production would refuse it. */
export function normalConfig(config: SubscriptionConfig): SubscriptionConfig {
  refuseUnsupported(config);
  const normal: SubscriptionConfig = {
    name: config.name ?? '',
    topic: config.topic ?? '',
    pushConfig: normalPush(config.pushConfig),
    ackDeadlineSeconds: config.ackDeadlineSeconds || 10,
    retainAckedMessages: config.retainAckedMessages ?? false,
    enableExactlyOnceDelivery: config.enableExactlyOnceDelivery ?? false,
    detached: config.detached ?? false,
    messageRetentionDuration: config.messageRetentionDuration ?? { seconds: 7 * day, nanos: 0 },
    labels: { ...config.labels },
    enableMessageOrdering: config.enableMessageOrdering ?? false,
    expirationPolicy: config.expirationPolicy ?? { ttl: { seconds: 31 * day, nanos: 0 } },
    filter: config.filter ?? '',
    state: v1.Subscription.State.ACTIVE,
  };
  checkRange('ack deadline', normal.ackDeadlineSeconds ?? 0, 10, 600);
  checkRange(
    'message retention duration',
    toMicros(normal.messageRetentionDuration) / seconds,
    600,
    31 * day,
  );
  if (timeToLive(normal) < day * seconds) {
    throw invalid('Invalid expiration policy given: the ttl must be at least one day.');
  }
  const bigqueryConfig = normalBigQuery(config.bigqueryConfig);
  if (bigqueryConfig !== undefined) {
    if (normal.pushConfig?.pushEndpoint)
      throw invalid('Only one of push_config and bigquery_config may be set.');
    if (normal.enableExactlyOnceDelivery)
      throw invalid('Exactly-once delivery is not supported for BigQuery subscriptions.');
    normal.bigqueryConfig = bigqueryConfig;
  }
  if (config.deadLetterPolicy) normal.deadLetterPolicy = normalDeadLetters(config.deadLetterPolicy);
  if (config.retryPolicy) normal.retryPolicy = normalRetries(config.retryPolicy);
  return normal;
}

/** `config` with the fields of `mask` taken from `changes`, checked as a whole. */
export function changedConfig(
  config: SubscriptionConfig,
  changes: SubscriptionConfig,
  mask: readonly string[],
): SubscriptionConfig {
  if (mask.length === 0) throw invalid('The update_mask in the UpdateSubscriptionRequest must be set.');
  const changed = { ...config };
  for (const path of mask) {
    const field = path.split('.', 1).join();
    switch (field) {
      case 'ack_deadline_seconds':
        changed.ackDeadlineSeconds = changes.ackDeadlineSeconds ?? null;
        break;
      case 'retain_acked_messages':
        changed.retainAckedMessages = changes.retainAckedMessages ?? null;
        break;
      case 'enable_exactly_once_delivery':
        changed.enableExactlyOnceDelivery = changes.enableExactlyOnceDelivery ?? null;
        break;
      case 'labels':
        changed.labels = changes.labels ?? null;
        break;
      case 'message_retention_duration':
        changed.messageRetentionDuration = changes.messageRetentionDuration ?? null;
        break;
      case 'expiration_policy':
        changed.expirationPolicy = changes.expirationPolicy ?? null;
        break;
      case 'dead_letter_policy':
        changed.deadLetterPolicy = changes.deadLetterPolicy ?? null;
        break;
      case 'bigquery_config':
        changed.bigqueryConfig = changes.bigqueryConfig ?? null;
        break;
      case 'push_config':
        changed.pushConfig = changes.pushConfig ?? null;
        break;
      case 'retry_policy':
        changed.retryPolicy = changes.retryPolicy ?? null;
        break;
      case 'name':
      case 'topic':
      case 'filter':
      case 'enable_message_ordering':
      case 'detached':
        throw invalid(
          `Invalid update_mask provided in the UpdateSubscriptionRequest: '${path}' is not mutable.`,
        );
      default:
        throw unimplemented(`Updating '${path}'`);
    }
  }
  return normalConfig(changed);
}

/** What a stream is told of its subscription. */
export function streamProperties(
  config: SubscriptionConfig,
): google.pubsub.v1.StreamingPullResponse.ISubscriptionProperties {
  return {
    exactlyOnceDeliveryEnabled: config.enableExactlyOnceDelivery ?? false,
    messageOrderingEnabled: config.enableMessageOrdering ?? false,
  };
}

export function deliveryPolicy(config: SubscriptionConfig): DeliveryPolicy {
  const { retryPolicy, deadLetterPolicy } = config;
  return {
    isOrdered: config.enableMessageOrdering ?? false,
    isExactlyOnce: config.enableExactlyOnceDelivery ?? false,
    ackDeadline: (config.ackDeadlineSeconds ?? 10) * seconds,
    retention: toMicros(config.messageRetentionDuration),
    backoff: retryPolicy
      ? { minimum: toMicros(retryPolicy.minimumBackoff), maximum: toMicros(retryPolicy.maximumBackoff) }
      : undefined,
    maxAttempts: deadLetterPolicy?.maxDeliveryAttempts ?? undefined,
  };
}

/** Microseconds without use after which a subscription is deleted; Infinity for never. */
export function timeToLive({ expirationPolicy }: SubscriptionConfig): number {
  return expirationPolicy?.ttl ? toMicros(expirationPolicy.ttl) : Infinity;
}

function normalDeadLetters(policy: google.pubsub.v1.IDeadLetterPolicy): google.pubsub.v1.IDeadLetterPolicy {
  const maxDeliveryAttempts = policy.maxDeliveryAttempts || 5;
  checkRange('maximum number of delivery attempts', maxDeliveryAttempts, 5, 100);
  return { deadLetterTopic: policy.deadLetterTopic ?? '', maxDeliveryAttempts };
}

function normalRetries(policy: google.pubsub.v1.IRetryPolicy): google.pubsub.v1.IRetryPolicy {
  const minimumBackoff = policy.minimumBackoff ?? { seconds: 10, nanos: 0 };
  const maximumBackoff = policy.maximumBackoff ?? { seconds: 600, nanos: 0 };
  checkRange('maximum backoff', toMicros(maximumBackoff) / seconds, 0, 600);
  checkRange('minimum backoff', toMicros(minimumBackoff) / seconds, 0, toMicros(maximumBackoff) / seconds);
  return { minimumBackoff, maximumBackoff };
}

function checkRange(what: string, value: number, minimum: number, maximum: number): void {
  if (value < minimum || value > maximum) {
    throw invalid(
      `Invalid ${what} given: (value=${value}). It must be within the range ${minimum} to ${maximum}.`,
    );
  }
}

function refuseUnsupported(config: SubscriptionConfig): void {
  const unsupported = {
    'A Cloud Storage subscription': config.cloudStorageConfig,
    'A Bigtable subscription': config.bigtableConfig,
    'A message transform': config.messageTransforms?.length,
  };
  for (const [what, value] of Object.entries(unsupported)) if (value) throw unimplemented(what);
}
