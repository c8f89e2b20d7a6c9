import protos from '@google-cloud/pubsub/build/protos/protos.js';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js';
import { grpcTraffic } from '../faults/grpc-traffic.ts';
import type { Traffic } from '../faults/traffic.ts';
import type { CallInput, CallName, CallRequests } from './machine.ts';
import { encodeErrorInfo, rpc } from './rpc-messages.ts';
import type { Runner } from './runner.ts';
import { StatusError } from './status.ts';
import { encodeReceived, v1 } from './wire.ts';

const { Empty } = protos.google.protobuf;
const packages = {
  Publisher: 'google.pubsub.v1',
  Subscriber: 'google.pubsub.v1',
  SchemaService: 'google.pubsub.v1',
  IAMPolicy: 'google.iam.v1',
} as const;
const shutdownGraceMs = 500;
/** What waits for a stream's connection before its consumer counts as slow. */
const maxUnsentBytes = 8 * 1024 * 1024;
/** From the opening of a stream to its first messages. */
const firstDeliveryMs = 15;

/**
 * The services Publisher, Subscriber and SchemaService of google.pubsub.v1 and IAMPolicy on 127.0.0.1. A method that is not registered answers
 * UNIMPLEMENTED.
 */
export class GrpcShell {
  readonly #runner: Runner;
  readonly #server: Server;

  constructor(runner: Runner, traffic?: Traffic) {
    this.#server = new Server({
      'grpc.max_receive_message_length': 32 * 1024 * 1024,
      'grpc.max_send_message_length': -1,
      interceptors: grpcTraffic(traffic, 'pubsub'),
    });
    this.#runner = runner;
    this.#unary('Publisher', 'CreateTopic', v1.Topic, v1.Topic);
    this.#unary('Publisher', 'UpdateTopic', v1.UpdateTopicRequest, v1.Topic);
    this.#unary('Publisher', 'Publish', v1.PublishRequest, v1.PublishResponse);
    this.#unary('Publisher', 'GetTopic', v1.GetTopicRequest, v1.Topic);
    this.#unary('Publisher', 'ListTopics', v1.ListTopicsRequest, v1.ListTopicsResponse);
    this.#unary(
      'Publisher',
      'ListTopicSubscriptions',
      v1.ListTopicSubscriptionsRequest,
      v1.ListTopicSubscriptionsResponse,
    );
    this.#unary('Publisher', 'DeleteTopic', v1.DeleteTopicRequest, Empty);
    this.#unary('Subscriber', 'CreateSubscription', v1.Subscription, v1.Subscription);
    this.#unary('Subscriber', 'GetSubscription', v1.GetSubscriptionRequest, v1.Subscription);
    this.#unary('Subscriber', 'UpdateSubscription', v1.UpdateSubscriptionRequest, v1.Subscription);
    this.#unary('Subscriber', 'ListSubscriptions', v1.ListSubscriptionsRequest, v1.ListSubscriptionsResponse);
    this.#unary('Subscriber', 'DeleteSubscription', v1.DeleteSubscriptionRequest, Empty);
    this.#unary('Subscriber', 'ModifyAckDeadline', v1.ModifyAckDeadlineRequest, Empty);
    this.#unary('Subscriber', 'Acknowledge', v1.AcknowledgeRequest, Empty);
    this.#unary('Subscriber', 'Seek', v1.SeekRequest, v1.SeekResponse);
    this.#unary('Subscriber', 'CreateSnapshot', v1.CreateSnapshotRequest, v1.Snapshot);
    this.#unary('Subscriber', 'GetSnapshot', v1.GetSnapshotRequest, v1.Snapshot);
    this.#unary('Subscriber', 'UpdateSnapshot', v1.UpdateSnapshotRequest, v1.Snapshot);
    this.#unary('Subscriber', 'ListSnapshots', v1.ListSnapshotsRequest, v1.ListSnapshotsResponse);
    this.#unary(
      'Publisher',
      'ListTopicSnapshots',
      v1.ListTopicSnapshotsRequest,
      v1.ListTopicSnapshotsResponse,
    );
    this.#unary(
      'Publisher',
      'DetachSubscription',
      v1.DetachSubscriptionRequest,
      v1.DetachSubscriptionResponse,
    );
    this.#unary('Subscriber', 'ModifyPushConfig', v1.ModifyPushConfigRequest, Empty);
    this.#unary('Subscriber', 'DeleteSnapshot', v1.DeleteSnapshotRequest, Empty);
    this.#unary('SchemaService', 'CreateSchema', v1.CreateSchemaRequest, v1.Schema);
    this.#unary('SchemaService', 'GetSchema', v1.GetSchemaRequest, v1.Schema);
    this.#unary('SchemaService', 'ListSchemas', v1.ListSchemasRequest, v1.ListSchemasResponse);
    this.#unary(
      'SchemaService',
      'ListSchemaRevisions',
      v1.ListSchemaRevisionsRequest,
      v1.ListSchemaRevisionsResponse,
    );
    this.#unary('SchemaService', 'CommitSchema', v1.CommitSchemaRequest, v1.Schema);
    this.#unary('SchemaService', 'RollbackSchema', v1.RollbackSchemaRequest, v1.Schema);
    this.#unary('SchemaService', 'DeleteSchemaRevision', v1.DeleteSchemaRevisionRequest, v1.Schema);
    this.#unary('SchemaService', 'DeleteSchema', v1.DeleteSchemaRequest, Empty);
    this.#unary('SchemaService', 'ValidateSchema', v1.ValidateSchemaRequest, v1.ValidateSchemaResponse);
    this.#unary('SchemaService', 'ValidateMessage', v1.ValidateMessageRequest, v1.ValidateMessageResponse);
    this.#unary('IAMPolicy', 'SetIamPolicy', rpc.SetIamPolicyRequest, rpc.Policy);
    this.#unary('IAMPolicy', 'GetIamPolicy', rpc.GetIamPolicyRequest, rpc.Policy);
    this.#unary(
      'IAMPolicy',
      'TestIamPermissions',
      rpc.TestIamPermissionsRequest,
      rpc.TestIamPermissionsResponse,
    );
    this.#pull();
    this.#streamingPull();
  }

  /** Resolves with the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
  }

  /** Lets running calls finish for a moment. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const force = setTimeout(() => this.#server.forceShutdown(), shutdownGraceMs);
      this.#server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  }

  #unary<N extends CallName>(
    service: keyof typeof packages,
    name: N,
    request: Decoder<CallRequests[N]>,
    response: Encoder,
  ): void {
    const handle = (
      call: ServerUnaryCall<CallRequests[N], object>,
      callback: sendUnaryData<object>,
    ): void => {
      void this.#answer<N>({ type: 'call', name, request: call.request }, callback);
    };
    const serialize = (answer: object): Buffer => toBuffer(response.encode(answer).finish());
    const deserialize = (bytes: Buffer): CallRequests[N] => request.decode(bytes);
    this.#server.register(
      `/${packages[service]}.${service}/${name}`,
      handle,
      serialize,
      deserialize,
      'unary',
    );
  }

  async #answer<N extends CallName>(input: CallInput<N>, callback: sendUnaryData<object>): Promise<void> {
    let answer: object;
    try {
      answer = await this.#runner.call(input);
    } catch (error) {
      callback(toStatus(error));
      return;
    }
    callback(null, answer);
  }

  #pull(): void {
    const handle = (
      call: ServerUnaryCall<protos.google.pubsub.v1.PullRequest, Buffer>,
      callback: sendUnaryData<Buffer>,
    ): void => {
      const { consumer } = this.#runner.open(
        { type: 'pull', request: call.request },
        {
          deliver: (messages) => callback(null, encodeReceived(messages)),
          end: (error) => callback(toStatus(error)),
        },
      );
      call.on('cancelled', () => this.#runner.send({ type: 'close', consumer }));
    };
    this.#server.register(
      '/google.pubsub.v1.Subscriber/Pull',
      handle,
      (bytes) => bytes,
      (bytes) => v1.PullRequest.decode(bytes),
      'unary',
    );
  }

  #streamingPull(): void {
    this.#server.register(
      '/google.pubsub.v1.Subscriber/StreamingPull',
      (call: PullStream) => this.#serveStream(call),
      (bytes: Buffer) => bytes,
      (bytes) => v1.StreamingPullRequest.decode(bytes),
      'bidi',
    );
  }

  #serveStream(call: PullStream): void {
    let consumer: number | undefined;
    let unsentBytes = 0;
    let isFull = false;
    const pace = (): void => {
      if (consumer === undefined || isFull === unsentBytes > maxUnsentBytes) return;
      isFull = !isFull;
      this.#runner.send({ type: 'writable', consumer, isWritable: !isFull });
    };
    const write = (bytes: Buffer): void => {
      unsentBytes += bytes.length;
      call.write(bytes, () => {
        unsentBytes -= bytes.length;
        pace();
      });
      pace();
    };
    const close = (): void => {
      if (consumer !== undefined) this.#runner.send({ type: 'close', consumer });
    };
    call.on('data', (request: protos.google.pubsub.v1.StreamingPullRequest) => {
      if (consumer !== undefined) {
        this.#runner.send({ type: 'continue', consumer, request });
        return;
      }
      const opened = this.#runner.open(
        { type: 'open', request },
        {
          deliver: (messages) => write(encodeReceived(messages)),
          confirm: (response) => write(toBuffer(v1.StreamingPullResponse.encode(response).finish())),
          end: (error) => call.emit('error', toStatus(error)),
        },
      );
      ({ consumer } = opened);
      if (opened.response === undefined) return;
      this.#holdFirst(opened.consumer);
      const subscriptionProperties = opened.response;
      write(toBuffer(v1.StreamingPullResponse.encode({ subscriptionProperties }).finish()));
    });
    call.on('cancelled', close);
    call.on('end', () => {
      close();
      call.end();
    });
  }

  /**
   * As in production, where opening a stream takes a while: who opens a stream and publishes at once knows the
   * message's id before it is delivered.
   */
  #holdFirst(consumer: number): void {
    this.#runner.send({ type: 'writable', consumer, isWritable: false });
    setTimeout(
      () => this.#runner.send({ type: 'writable', consumer, isWritable: true }),
      firstDeliveryMs,
    ).unref();
  }
}

type PullStream = ServerDuplexStream<protos.google.pubsub.v1.StreamingPullRequest, Buffer>;

interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}

interface Encoder {
  encode(message: object): { finish(): Uint8Array };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function toStatus(error: unknown): { code: status; details: string; metadata?: Metadata } {
  if (error instanceof StatusError) {
    const { code, message: details, reasons } = error;
    if (reasons === undefined) return { code, details };
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', encodeErrorInfo(code, details, reasons));
    return { code, details, metadata };
  }
  return { code: status.UNAVAILABLE, details: error instanceof Error ? error.message : String(error) };
}
