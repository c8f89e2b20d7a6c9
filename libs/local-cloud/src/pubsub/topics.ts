import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { checkName, pageOfNames } from './names.ts';
import { encodeRecord } from './records.ts';
import { checkSettings } from './schemas/topic-schema.ts';
import { newTopic } from './state.ts';
import type { PubSubState, Topic } from './state.ts';
import { alreadyExists, invalid, notFound } from './status.ts';
import { changedTopic, normalTopic } from './topic-config.ts';

type TopicConfig = google.pubsub.v1.ITopic;

/** What a subscription names as its topic once that is deleted. */
export const deletedTopic = '_deleted-topic_';

export function createTopic(state: PubSubState, request: TopicConfig): TopicConfig {
  const name = checkName(request.name, 'topics');
  const config = normalTopic(request);
  if (config.schemaSettings) checkSettings(state, config.schemaSettings);
  if (state.topics.has(name)) throw alreadyExists(name);
  const topic = newTopic({});
  state.topics.set(name, topic);
  return configure(state, topic, config);
}

export function getTopic(state: PubSubState, request: google.pubsub.v1.IGetTopicRequest): TopicConfig {
  return findTopic(state, request.topic).config;
}

export function updateTopic(state: PubSubState, request: google.pubsub.v1.IUpdateTopicRequest): TopicConfig {
  const topic = findTopic(state, request.topic?.name);
  const mask = request.updateMask?.paths ?? [];
  if (mask.length === 0) throw invalid('The update_mask in the UpdateTopicRequest must be set.');
  const config = changedTopic(topic.config, request.topic ?? {}, mask);
  if (config.schemaSettings) checkSettings(state, config.schemaSettings);
  configure(state, topic, config);
  topic.history.trim(topic, state.now);
  return topic.config;
}

export function listTopics(
  state: PubSubState,
  request: google.pubsub.v1.IListTopicsRequest,
): google.pubsub.v1.IListTopicsResponse {
  const { page, nextPageToken } = pageOfNames(state.topics.keys(), `${request.project ?? ''}/`, request);
  return { topics: page.map((name) => findTopic(state, name).config), nextPageToken };
}

export function listTopicSubscriptions(
  state: PubSubState,
  request: google.pubsub.v1.IListTopicSubscriptionsRequest,
): google.pubsub.v1.IListTopicSubscriptionsResponse {
  const { subscriptions } = findTopic(state, request.topic);
  const names = [...subscriptions].map(({ name }) => name);
  const { page, nextPageToken } = pageOfNames(names, '', request);
  return { subscriptions: page, nextPageToken };
}

/** Its subscriptions stay, with what they hold. */
export function deleteTopic(state: PubSubState, request: google.pubsub.v1.IDeleteTopicRequest): object {
  const { config, subscriptions, snapshots } = findTopic(state, request.topic);
  const name = config.name ?? '';
  state.topics.delete(name);
  state.policies.delete(name);
  for (const subscription of subscriptions) {
    subscription.topic = undefined;
    subscription.config = { ...subscription.config, topic: deletedTopic };
  }
  for (const snapshot of snapshots) snapshot.leaveTopic(deletedTopic);
  state.output.records.push(encodeRecord({ type: 'topicDeleted', name }));
  return {};
}

export function findTopic(state: PubSubState, name: string | null | undefined): Topic {
  const topic = state.topics.get(name ?? '');
  if (topic === undefined) throw notFound(name ?? '');
  return topic;
}

function configure(state: PubSubState, topic: Topic, config: TopicConfig): TopicConfig {
  topic.config = config;
  state.output.records.push(encodeRecord({ type: 'topic', config }));
  return config;
}
