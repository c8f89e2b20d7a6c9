import protos from '@google-cloud/pubsub/build/protos/protos.js';
import type { CallName, CallRequests } from './machine.ts';
import { rpc } from './rpc-messages.ts';
import type { Runner } from './runner.ts';
import { PublishRequest } from './publish-request.ts';
import { encodeReceived, toBuffer, v1 } from './wire.ts';

/** A request that arrived. */
export interface Asked {
  readonly message: object;
  /** The answer on the wire; rejects with a StatusError when it is refused. `onGone` tells when no one waits any more. */
  answer(runner: Runner, onGone: (listener: () => void) => void): Promise<Buffer>;
}

/** A method with one request and one answer, as gRPC and REST share it. */
export interface UnaryMethod {
  readonly name: string;
  /** In gRPC. */
  readonly path: string;
  /** Throws when the bytes are no request of the method. */
  decode(bytes: Uint8Array): Asked;
}

const { Empty } = protos.google.protobuf;
const packages = {
  Publisher: 'google.pubsub.v1',
  Subscriber: 'google.pubsub.v1',
  SchemaService: 'google.pubsub.v1',
  IAMPolicy: 'google.iam.v1',
} as const;
type Service = keyof typeof packages;

const calls: { readonly [N in CallName]: readonly [Service, Decoder<CallRequests[N]>, Encoder] } = {
  CreateTopic: ['Publisher', v1.Topic, v1.Topic],
  UpdateTopic: ['Publisher', v1.UpdateTopicRequest, v1.Topic],
  Publish: ['Publisher', PublishRequest, v1.PublishResponse],
  GetTopic: ['Publisher', v1.GetTopicRequest, v1.Topic],
  ListTopics: ['Publisher', v1.ListTopicsRequest, v1.ListTopicsResponse],
  ListTopicSubscriptions: ['Publisher', v1.ListTopicSubscriptionsRequest, v1.ListTopicSubscriptionsResponse],
  DeleteTopic: ['Publisher', v1.DeleteTopicRequest, Empty],
  CreateSubscription: ['Subscriber', v1.Subscription, v1.Subscription],
  GetSubscription: ['Subscriber', v1.GetSubscriptionRequest, v1.Subscription],
  UpdateSubscription: ['Subscriber', v1.UpdateSubscriptionRequest, v1.Subscription],
  ListSubscriptions: ['Subscriber', v1.ListSubscriptionsRequest, v1.ListSubscriptionsResponse],
  DeleteSubscription: ['Subscriber', v1.DeleteSubscriptionRequest, Empty],
  ModifyAckDeadline: ['Subscriber', v1.ModifyAckDeadlineRequest, Empty],
  Acknowledge: ['Subscriber', v1.AcknowledgeRequest, Empty],
  Seek: ['Subscriber', v1.SeekRequest, v1.SeekResponse],
  CreateSnapshot: ['Subscriber', v1.CreateSnapshotRequest, v1.Snapshot],
  GetSnapshot: ['Subscriber', v1.GetSnapshotRequest, v1.Snapshot],
  UpdateSnapshot: ['Subscriber', v1.UpdateSnapshotRequest, v1.Snapshot],
  ListSnapshots: ['Subscriber', v1.ListSnapshotsRequest, v1.ListSnapshotsResponse],
  ListTopicSnapshots: ['Publisher', v1.ListTopicSnapshotsRequest, v1.ListTopicSnapshotsResponse],
  DetachSubscription: ['Publisher', v1.DetachSubscriptionRequest, v1.DetachSubscriptionResponse],
  ModifyPushConfig: ['Subscriber', v1.ModifyPushConfigRequest, Empty],
  DeleteSnapshot: ['Subscriber', v1.DeleteSnapshotRequest, Empty],
  CreateSchema: ['SchemaService', v1.CreateSchemaRequest, v1.Schema],
  GetSchema: ['SchemaService', v1.GetSchemaRequest, v1.Schema],
  ListSchemas: ['SchemaService', v1.ListSchemasRequest, v1.ListSchemasResponse],
  ListSchemaRevisions: ['SchemaService', v1.ListSchemaRevisionsRequest, v1.ListSchemaRevisionsResponse],
  CommitSchema: ['SchemaService', v1.CommitSchemaRequest, v1.Schema],
  RollbackSchema: ['SchemaService', v1.RollbackSchemaRequest, v1.Schema],
  DeleteSchemaRevision: ['SchemaService', v1.DeleteSchemaRevisionRequest, v1.Schema],
  DeleteSchema: ['SchemaService', v1.DeleteSchemaRequest, Empty],
  ValidateSchema: ['SchemaService', v1.ValidateSchemaRequest, v1.ValidateSchemaResponse],
  ValidateMessage: ['SchemaService', v1.ValidateMessageRequest, v1.ValidateMessageResponse],
  SetIamPolicy: ['IAMPolicy', rpc.SetIamPolicyRequest, rpc.Policy],
  GetIamPolicy: ['IAMPolicy', rpc.GetIamPolicyRequest, rpc.Policy],
  TestIamPermissions: ['IAMPolicy', rpc.TestIamPermissionsRequest, rpc.TestIamPermissionsResponse],
};

export const unaryMethods: readonly UnaryMethod[] = [...callNames().map(callMethod), pullMethod()];

interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}

interface Encoder {
  encode(message: object): { finish(): Uint8Array };
}

function callNames(): CallName[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table above has no other keys
  return Object.keys(calls) as CallName[];
}

function callMethod<N extends CallName>(name: N): UnaryMethod {
  const [service, request, response] = calls[name];
  return {
    name,
    path: `/${packages[service]}.${service}/${name}`,
    decode(bytes) {
      const message = request.decode(bytes);
      return {
        message,
        answer: async (runner) =>
          toBuffer(response.encode(await runner.call<N>({ type: 'call', name, request: message })).finish()),
      };
    },
  };
}

/** A Pull waits for its messages as a consumer. */
function pullMethod(): UnaryMethod {
  return {
    name: 'Pull',
    path: '/google.pubsub.v1.Subscriber/Pull',
    decode(bytes) {
      const message = v1.PullRequest.decode(bytes);
      return {
        message,
        answer: (runner, onGone) =>
          new Promise((resolve, reject) => {
            const { consumer } = runner.open(
              { type: 'pull', request: message },
              { deliver: (messages) => resolve(encodeReceived(messages)), end: reject },
            );
            onGone(() => runner.send({ type: 'close', consumer }));
          }),
      };
    },
  };
}
