import protos from '@google-cloud/pubsub/build/protos/protos.js';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js';
import type { CallInput, CallName, CallRequests } from './machine.ts';
import type { Runner } from './runner.ts';
import { StatusError } from './status.ts';
import { encodeReceived, v1 } from './wire.ts';

const { Empty } = protos.google.protobuf;
const shutdownGraceMs = 500;

/**
 * The services Publisher and Subscriber of google.pubsub.v1 on 127.0.0.1. A method that is not registered answers
 * UNIMPLEMENTED.
 */
export class GrpcShell {
  readonly #runner: Runner;
  readonly #server = new Server({
    'grpc.max_receive_message_length': 32 * 1024 * 1024,
    'grpc.max_send_message_length': -1,
  });

  constructor(runner: Runner) {
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
    service: 'Publisher' | 'Subscriber',
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
    this.#server.register(`/google.pubsub.v1.${service}/${name}`, handle, serialize, deserialize, 'unary');
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
    const write = (bytes: Buffer): void => {
      if (call.write(bytes) || consumer === undefined) return;
      const id = consumer;
      this.#runner.send({ type: 'writable', consumer: id, isWritable: false });
      call.once('drain', () => this.#runner.send({ type: 'writable', consumer: id, isWritable: true }));
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
          end: (error) => call.emit('error', toStatus(error)),
        },
      );
      ({ consumer } = opened);
      if (opened.response === undefined) return;
      const subscriptionProperties = opened.response;
      write(toBuffer(v1.StreamingPullResponse.encode({ subscriptionProperties }).finish()));
    });
    call.on('cancelled', close);
    call.on('end', () => {
      close();
      call.end();
    });
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

function toStatus(error: unknown): { code: status; details: string } {
  if (error instanceof StatusError) return { code: error.code, details: error.message };
  return { code: status.UNAVAILABLE, details: error instanceof Error ? error.message : String(error) };
}
