import type { Server as HttpServer } from 'node:http';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { grpcTraffic } from '../faults/grpc-traffic.ts';
import { loopbackOnly } from '../rest/grpc-loopback.ts';
import { FrontDoor } from '../rest/front-door.ts';
import { firestoreService, isStreamed, METHODS, type Received } from './grpc-service.ts';
import { restGateway } from './rest/rest-gateway.ts';
import { Code, StatusError } from './status.ts';
import { encodeCommit } from './storage/record.ts';
import type { Traffic } from '../faults/traffic.ts';
import type { CloudClock } from '../core/clock.ts';
import type { Meter } from '../core/meter.ts';
import type { RunningFirestore } from './index.ts';
import type { DurableLog } from '../log/durable-log.ts';
import type { FirestoreMachine, Input, Request } from './machine.ts';
import type { Output } from './outbox.ts';
import type { ListenRequest } from './protos.ts';
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';

const TICK_MS = 100;
const COMPACT_AT_BYTES = 64 * 1024 * 1024;
/** Above the limit that the machine refuses with production's error. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
/** A listener that lets this many messages, or bytes, pile up is cut off; it resumes where it was. */
const MAX_QUEUED_MESSAGES = 500_000;
const MAX_QUEUED_BYTES = 256 * 1024 * 1024;

/** An open RPC. */
interface Call {
  send(bytes: Uint8Array): void;
  end(error?: StatusError): void;
}

/** Owns the sockets, the timer and the log around the machine. */
export class GrpcShell implements RunningFirestore {
  readonly #machine: FirestoreMachine;
  readonly #clock: CloudClock;
  readonly #meter: Meter;
  /** Undefined keeps everything in memory only. */
  readonly #log: DurableLog | undefined;
  readonly #server: Server;
  readonly #rest: HttpServer;
  readonly #door: FrontDoor;
  readonly #calls = new Map<number, Call>();
  #lastCall = 0;
  #snapshotBytes: number;
  #compacting: Promise<void> | undefined;
  /** Settles when the last commit is durable; undefined when all are. */
  #durable: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  port = 0;

  constructor(
    machine: FirestoreMachine,
    log: DurableLog | undefined,
    snapshotBytes: number,
    clock: CloudClock,
    meter: Meter,
    traffic?: Traffic,
  ) {
    this.#server = new Server({
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      interceptors: [loopbackOnly, ...grpcTraffic(traffic, 'firestore')],
    });
    this.#rest = restGateway((received, answer) => {
      const call = this.#open(answer);
      this.#request(call, received);
      return () => this.#closed(call);
    }, traffic);
    this.#machine = machine;
    this.#log = log;
    this.#snapshotBytes = snapshotBytes;
    this.#clock = clock;
    this.#meter = meter;
    const handlers: Record<string, UntypedHandleCall> = { Listen: this.#listen };
    for (const method of METHODS) {
      handlers[method] = isStreamed(method) ? this.#serverStream : this.#unary;
    }
    this.#server.addService(firestoreService, handlers);
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#door = new FrontDoor(
      (socket) => injector.injectConnection(socket),
      (socket) => {
        this.#rest.emit('connection', socket);
        socket.resume();
      },
    );
  }

  async listen(port: number): Promise<void> {
    this.port = await this.#door.listen(port);
    this.#timer = setInterval(() => this.#step({ type: 'tick' }), TICK_MS).unref();
  }

  get missingIndexes(): RunningFirestore['missingIndexes'] {
    return this.#machine.missingIndexes;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#durable?.catch(() => undefined);
    this.#endAll('The server is shutting down.');
    const closed = this.#door.close();
    this.#rest.close();
    this.#rest.closeIdleConnections();
    this.#server.tryShutdown(() => undefined);
    await closed;
    await this.#compacting;
    await this.#log?.close();
  }

  readonly #unary = (
    rpc: ServerUnaryCall<Received<Request>, Uint8Array>,
    callback: sendUnaryData<Uint8Array>,
  ): void => {
    let response: Uint8Array = new Uint8Array();
    const call = this.#open({
      send: (bytes) => (response = bytes),
      end: (error) => (error === undefined ? callback(null, response) : callback(grpcError(error))),
    });
    rpc.on('cancelled', () => this.#closed(call));
    this.#request(call, rpc.request);
  };

  readonly #serverStream = (rpc: ServerWritableStream<Received<Request>, Uint8Array>): void => {
    const call = this.#open({
      send: (bytes) => rpc.write(bytes),
      end: (error) => {
        if (error === undefined) {
          rpc.end();
          return;
        }
        // Without headers before it Google's client takes an error for a lost connection and tries for 7 s.
        rpc.sendMetadata(new Metadata());
        rpc.emit('error', grpcError(error));
      },
    });
    rpc.on('cancelled', () => this.#closed(call));
    this.#request(call, rpc.request);
  };

  readonly #listen = (rpc: ServerDuplexStream<Received<ListenRequest>, Uint8Array>): void => {
    const end = (error?: StatusError): void => {
      if (error === undefined) rpc.end();
      else rpc.emit('error', grpcError(error));
    };
    let queuedBytes = 0;
    const call = this.#open({
      send: (bytes) => {
        queuedBytes += bytes.length;
        rpc.write(bytes, () => (queuedBytes -= bytes.length));
        if (rpc.writableLength <= MAX_QUEUED_MESSAGES && queuedBytes <= MAX_QUEUED_BYTES) return;
        this.#closed(call);
        end(new StatusError(Code.UNAVAILABLE, 'The listener is too slow.'));
      },
      end,
    });
    rpc.on('data', ({ message }: Received<ListenRequest>) =>
      this.#step({ type: 'listen', call, request: message }),
    );
    rpc.on('cancelled', () => this.#closed(call));
    rpc.on('end', () => {
      this.#closed(call);
      rpc.end();
    });
  };

  #request(call: number, { message, bytes }: Received<Request>): void {
    this.#step({ type: 'request', call, bytes, ...message });
  }

  #open(call: Call): number {
    this.#lastCall += 1;
    this.#calls.set(this.#lastCall, call);
    return this.#lastCall;
  }

  #closed(call: number): void {
    if (this.#calls.delete(call)) this.#step({ type: 'closed', call });
  }

  /** Advances the machine. What it puts out leaves in order, each output after the commits before it are durable. */
  #step(input: Input): void {
    const { outputs, billed } = this.#machine.step(input, this.#clock.nowMicros());
    if (billed.reads > 0) this.#meter.add('firestore', 'reads', billed.reads);
    if (billed.writes > 0) this.#meter.add('firestore', 'writes', billed.writes);
    if (billed.deletes > 0) this.#meter.add('firestore', 'deletes', billed.deletes);
    if (outputs.length === 0) return;
    if (this.#log !== undefined) {
      for (const output of outputs) {
        if (output.type === 'commit') this.#durable = this.#log.append(encodeCommit(output.commit));
      }
    }
    const durable = this.#durable;
    if (durable === undefined) this.#deliver(outputs);
    else void this.#deliverAfter(durable, outputs);
  }

  async #deliverAfter(durable: Promise<void>, outputs: readonly Output[]): Promise<void> {
    try {
      await durable;
    } catch (error) {
      this.#endAll(`The log failed: ${String(error)}`);
      return;
    }
    if (this.#durable === durable) this.#durable = undefined;
    this.#deliver(outputs);
    this.#compactWhenLarge();
  }

  #deliver(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.type === 'commit') continue;
      const call = this.#calls.get(output.call);
      if (output.type === 'message') {
        call?.send(output.bytes);
      } else {
        this.#calls.delete(output.call);
        call?.end(output.error);
      }
    }
  }

  #compactWhenLarge(): void {
    const log = this.#log;
    if (log === undefined || this.#compacting !== undefined) return;
    if (log.size < Math.max(COMPACT_AT_BYTES, 2 * this.#snapshotBytes)) return;
    const snapshot = this.#machine.snapshot();
    this.#snapshotBytes = snapshot.length;
    // A failed compaction leaves the log as it was; a failed append is what stops the server.
    this.#compacting = log
      .compact(snapshot)
      .catch(() => undefined)
      .finally(() => (this.#compacting = undefined));
  }

  #endAll(reason: string): void {
    for (const call of this.#calls.values()) call.end(new StatusError(Code.UNAVAILABLE, reason));
    this.#calls.clear();
  }
}

const grpcError = ({ code, message }: StatusError): { code: number; details: string } => ({
  code,
  details: message,
});
