import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { acknowledge, continueStream, modifyAckDeadline, openPull, openStream } from './consume.ts';
import { getIamPolicy, setIamPolicy, testIamPermissions } from './iam.ts';
import { emptyOutput } from './output.ts';
import type { Output } from './output.ts';
import type { Arrived } from './publish-request.ts';
import { publish } from './publish.ts';
import { encodeRecord } from './records.ts';
import type { GetIamPolicyRequest, SetIamPolicyRequest, TestIamPermissionsRequest } from './rpc-messages.ts';
import {
  commitSchema,
  createSchema,
  deleteSchema,
  deleteSchemaRevision,
  getSchema,
  listSchemaRevisions,
  listSchemas,
  rollbackSchema,
  validateMessage,
  validateSchema,
} from './schemas/schemas.ts';
import { seek } from './seek.ts';
import {
  createSnapshot,
  deleteSnapshot,
  getSnapshot,
  listSnapshots,
  listTopicSnapshots,
  updateSnapshot,
} from './snapshots.ts';
import type { PubSubState } from './state.ts';
import { StatusError } from './status.ts';
import {
  createSubscription,
  deleteSubscription,
  detachSubscription,
  getSubscription,
  listSubscriptions,
  modifyPushConfig,
  updateSubscription,
} from './subscriptions.ts';
import {
  createTopic,
  deleteTopic,
  getTopic,
  listTopics,
  listTopicSubscriptions,
  updateTopic,
} from './topics.ts';

/** The requests with one answer, under the names that the wire has for them. */
export interface CallRequests {
  CreateTopic: google.pubsub.v1.ITopic;
  UpdateTopic: google.pubsub.v1.IUpdateTopicRequest;
  Publish: Arrived;
  GetTopic: google.pubsub.v1.IGetTopicRequest;
  ListTopics: google.pubsub.v1.IListTopicsRequest;
  ListTopicSubscriptions: google.pubsub.v1.IListTopicSubscriptionsRequest;
  DeleteTopic: google.pubsub.v1.IDeleteTopicRequest;
  CreateSubscription: google.pubsub.v1.ISubscription;
  GetSubscription: google.pubsub.v1.IGetSubscriptionRequest;
  UpdateSubscription: google.pubsub.v1.IUpdateSubscriptionRequest;
  ListSubscriptions: google.pubsub.v1.IListSubscriptionsRequest;
  DeleteSubscription: google.pubsub.v1.IDeleteSubscriptionRequest;
  ModifyAckDeadline: google.pubsub.v1.IModifyAckDeadlineRequest;
  Acknowledge: google.pubsub.v1.IAcknowledgeRequest;
  Seek: google.pubsub.v1.ISeekRequest;
  CreateSnapshot: google.pubsub.v1.ICreateSnapshotRequest;
  GetSnapshot: google.pubsub.v1.IGetSnapshotRequest;
  UpdateSnapshot: google.pubsub.v1.IUpdateSnapshotRequest;
  ListSnapshots: google.pubsub.v1.IListSnapshotsRequest;
  ListTopicSnapshots: google.pubsub.v1.IListTopicSnapshotsRequest;
  CreateSchema: google.pubsub.v1.ICreateSchemaRequest;
  GetSchema: google.pubsub.v1.IGetSchemaRequest;
  ListSchemas: google.pubsub.v1.IListSchemasRequest;
  ListSchemaRevisions: google.pubsub.v1.IListSchemaRevisionsRequest;
  CommitSchema: google.pubsub.v1.ICommitSchemaRequest;
  RollbackSchema: google.pubsub.v1.IRollbackSchemaRequest;
  DeleteSchemaRevision: google.pubsub.v1.IDeleteSchemaRevisionRequest;
  DeleteSchema: google.pubsub.v1.IDeleteSchemaRequest;
  ValidateSchema: google.pubsub.v1.IValidateSchemaRequest;
  ValidateMessage: google.pubsub.v1.IValidateMessageRequest;
  SetIamPolicy: SetIamPolicyRequest;
  GetIamPolicy: GetIamPolicyRequest;
  TestIamPermissions: TestIamPermissionsRequest;
  ModifyPushConfig: google.pubsub.v1.IModifyPushConfigRequest;
  DetachSubscription: google.pubsub.v1.IDetachSubscriptionRequest;
  DeleteSnapshot: google.pubsub.v1.IDeleteSnapshotRequest;
}

const calls: { readonly [N in CallName]: (state: PubSubState, request: CallRequests[N]) => object } = {
  CreateTopic: createTopic,
  UpdateTopic: updateTopic,
  Publish: publish,
  GetTopic: getTopic,
  ListTopics: listTopics,
  ListTopicSubscriptions: listTopicSubscriptions,
  DeleteTopic: deleteTopic,
  CreateSubscription: createSubscription,
  GetSubscription: getSubscription,
  UpdateSubscription: updateSubscription,
  ListSubscriptions: listSubscriptions,
  DeleteSubscription: deleteSubscription,
  ModifyAckDeadline: modifyAckDeadline,
  Acknowledge: acknowledge,
  Seek: seek,
  CreateSnapshot: createSnapshot,
  GetSnapshot: getSnapshot,
  UpdateSnapshot: updateSnapshot,
  ListSnapshots: listSnapshots,
  ListTopicSnapshots: listTopicSnapshots,
  CreateSchema: createSchema,
  GetSchema: getSchema,
  ListSchemas: listSchemas,
  ListSchemaRevisions: listSchemaRevisions,
  CommitSchema: commitSchema,
  RollbackSchema: rollbackSchema,
  DeleteSchemaRevision: deleteSchemaRevision,
  DeleteSchema: deleteSchema,
  ValidateSchema: validateSchema,
  ValidateMessage: validateMessage,
  ModifyPushConfig: modifyPushConfig,
  SetIamPolicy: setIamPolicy,
  GetIamPolicy: getIamPolicy,
  TestIamPermissions: testIamPermissions,
  DeleteSnapshot: deleteSnapshot,
  DetachSubscription: detachSubscription,
};

export type CallName = keyof CallRequests;
export type CallInput<N extends CallName> = {
  readonly [K in N]: { readonly type: 'call'; readonly name: K; readonly request: CallRequests[K] };
}[N];

/** Consumers (streams and waiting pulls) have ids that their owner gives, each once. */
export type Input =
  | CallInput<CallName>
  | { readonly type: 'pull'; readonly consumer: number; readonly request: google.pubsub.v1.IPullRequest }
  | {
      readonly type: 'open';
      readonly consumer: number;
      /** Consumes what is to be pushed or exported. */
      readonly isInternal?: true;
      readonly request: google.pubsub.v1.IStreamingPullRequest;
    }
  | {
      readonly type: 'continue';
      readonly consumer: number;
      readonly request: google.pubsub.v1.IStreamingPullRequest;
    }
  | { readonly type: 'close'; readonly consumer: number }
  | { readonly type: 'writable'; readonly consumer: number; readonly isWritable: boolean }
  /** What became of the last rows of a BigQuery subscription; shown, not kept. */
  | {
      readonly type: 'exported';
      readonly subscription: string;
      readonly state: google.pubsub.v1.BigQueryConfig.State;
    }
  /** Delivers what can be delivered. Due at `wakeAt`. */
  | { readonly type: 'tick' };

/**
 * Advances the service by one input at `now` (epoch microseconds, never less than before), after what time alone
 * brings by then: ended leases, back-offs and pulls. Same inputs, same outputs. A refused request changes nothing.
 *
 * Messages leave only with a tick, so that many inputs can share one delivery, and with a Pull that finds some.
 */
export function step(state: PubSubState, input: Input, now: number): Output {
  state.now = now;
  state.output = emptyOutput();
  for (let due = state.timers.peek(); due !== undefined && due.at <= now; due = state.timers.peek()) {
    state.timers.remove(due);
    due.fire(now);
  }
  try {
    const response = apply(state, input);
    if (response !== undefined) state.output.reply = { response };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    state.output.reply = { error };
  }
  recordSettled(state);
  return state.output;
}

/** When the next tick is due, in epoch microseconds: 0 is at once, Infinity never. */
export function wakeAt(state: PubSubState): number {
  return state.changed.size > 0 ? 0 : (state.timers.peek()?.at ?? Infinity);
}

function apply(state: PubSubState, input: Input): object | undefined {
  switch (input.type) {
    case 'call':
      return answer(state, input.name, input.request);
    case 'pull':
      openPull(state, input.consumer, input.request);
      return undefined;
    case 'open':
      return openStream(state, input.consumer, input.request, input.isInternal ?? false);
    case 'continue':
      continueStream(state, input.consumer, input.request);
      return undefined;
    case 'exported': {
      const subscription = state.subscriptions.get(input.subscription);
      if (subscription !== undefined) subscription.exportState = input.state;
      return undefined;
    }
    case 'tick':
      deliver(state);
      return undefined;
    case 'close':
    case 'writable': {
      const consumer = state.consumers.get(input.consumer);
      if (consumer === undefined) return undefined;
      if (input.type === 'close') consumer.backlog.close(consumer);
      else consumer.backlog.setWritable(consumer, input.isWritable);
      return undefined;
    }
  }
}

function answer<N extends CallName>(state: PubSubState, name: N, request: CallRequests[N]): object {
  return calls[name](state, request);
}

function deliver(state: PubSubState): void {
  const changed = [...state.changed];
  state.changed.clear();
  for (const subscription of changed) {
    const { backlog } = subscription;
    backlog.pump(state.now);
    for (const consumer of backlog.consumers) {
      if (consumer.batch.length === 0) continue;
      if (consumer.isBatchFull) state.changed.add(subscription);
      if (consumer.kind === 'pull') backlog.close(consumer);
      else state.output.deliveries.push({ consumer: consumer.id, messages: consumer.takeBatch() });
    }
  }
}

function recordSettled(state: PubSubState): void {
  for (const { name, settled } of state.settling) {
    state.output.settlements.push(encodeRecord({ type: 'settled', name, seqs: settled }));
  }
  for (const subscription of state.settling) subscription.settled = [];
  state.settling.clear();
}
