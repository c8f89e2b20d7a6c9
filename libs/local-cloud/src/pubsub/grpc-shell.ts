import type { Server as HttpServer } from 'node:http';
import type protos from '@google-cloud/pubsub/build/protos/protos.js';
import { Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js';
import { grpcTraffic } from '../faults/grpc-traffic.ts';
import { loopbackOnly } from '../rest/grpc-loopback.ts';
import type { Traffic } from '../faults/traffic.ts';
import { FrontDoor } from '../rest/front-door.ts';
import { restGateway } from './rest/rest-gateway.ts';
import { encodeErrorInfo } from './rpc-messages.ts';
import type { Runner } from './runner.ts';
import { StatusError } from './status.ts';
import { unaryMethods } from './unary-methods.ts';
import type { Asked, UnaryMethod } from './unary-methods.ts';
import { encodedSize, encodeReceived, toBuffer, v1 } from './wire.ts';
import type { Delivered } from './wire.ts';

/** What waits for a stream's connection before its consumer counts as slow. */
const maxUnsentBytes = 8 * 1024 * 1024;
/** A delivery has some 2 MB and its last message, whatever the size of that. */
const maxScratchBytes = 4 * 1024 * 1024;
/** From the opening of a stream to its first messages. */
const firstDeliveryMs = 15;

/**
 * The services Publisher, Subscriber and SchemaService of google.pubsub.v1 and IAMPolicy on 127.0.0.1, by gRPC and,
 * on the same port, by REST. A method that is not registered answers UNIMPLEMENTED.
 */
export class GrpcShell {
  readonly #runner: Runner;
  readonly #server: Server;
  readonly #rest: HttpServer;
  readonly #door: FrontDoor;
  #scratch: Buffer | undefined;

  constructor(runner: Runner, traffic?: Traffic) {
    this.#server = new Server({
      'grpc.max_receive_message_length': 32 * 1024 * 1024,
      'grpc.max_send_message_length': -1,
      interceptors: [loopbackOnly, ...grpcTraffic(traffic, 'pubsub')],
    });
    this.#runner = runner;
    this.#rest = restGateway(runner, traffic);
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#door = new FrontDoor(
      (socket) => injector.injectConnection(socket),
      (socket) => {
        this.#rest.emit('connection', socket);
        socket.resume();
      },
    );
    for (const method of unaryMethods) this.#unary(method);
    this.#streamingPull();
  }

  /** Resolves with the port. */
  listen(port: number): Promise<number> {
    return this.#door.listen(port);
  }

  /** Lets running calls finish for a moment. */
  async close(): Promise<void> {
    const closed = this.#door.close();
    this.#rest.close();
    this.#rest.closeIdleConnections();
    this.#server.tryShutdown(() => undefined);
    await closed;
  }

  #unary(method: UnaryMethod): void {
    const handle = (call: ServerUnaryCall<Asked, Buffer>, callback: sendUnaryData<Buffer>): void => {
      void this.#answer(call, callback);
    };
    this.#server.register(
      method.path,
      handle,
      (bytes) => bytes,
      (bytes) => method.decode(bytes),
      'unary',
    );
  }

  async #answer(call: ServerUnaryCall<Asked, Buffer>, callback: sendUnaryData<Buffer>): Promise<void> {
    let answer: Buffer;
    try {
      answer = await call.request.answer(this.#runner, (listener) => call.on('cancelled', listener));
    } catch (error) {
      callback(toStatus(error));
      return;
    }
    callback(null, answer);
  }

  #streamingPull(): void {
    this.#server.register(
      '/google.pubsub.v1.Subscriber/StreamingPull',
      (call: PullStream) => this.#serveStream(call),
      (response: Buffer | readonly Delivered[]) => this.#serialize(response),
      (bytes) => v1.StreamingPullRequest.decode(bytes),
      'bidi',
    );
  }

  /**
   * Messages are encoded where the ones before were: gRPC has copied those into its own frame. Megabytes allocated anew
   * for every delivery cost more in garbage collection than all the rest of it.
   */
  #serialize(response: Buffer | readonly Delivered[]): Buffer {
    if (Buffer.isBuffer(response)) return response;
    return encodeReceived(response, (size) => {
      if (size > maxScratchBytes) return Buffer.allocUnsafe(size);
      this.#scratch ??= Buffer.allocUnsafeSlow(maxScratchBytes);
      return this.#scratch.subarray(0, size);
    });
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
    const write = (response: Buffer | readonly Delivered[]): void => {
      const size = Buffer.isBuffer(response) ? response.length : encodedSize(response);
      unsentBytes += size;
      call.write(response, () => {
        unsentBytes -= size;
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
          deliver: (messages) => write(messages),
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

type PullStream = ServerDuplexStream<
  protos.google.pubsub.v1.StreamingPullRequest,
  Buffer | readonly Delivered[]
>;

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
