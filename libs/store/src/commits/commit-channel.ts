import type { Timestamp } from '@google-cloud/firestore';
import { type Client, type Metadata, status as statusNames } from '@grpc/grpc-js';
import type { Connections } from '../connections.ts';
import { status } from '../grpc-status.ts';
import type { OnAnswer } from '../write-limits/watched-channel.ts';
import { readCommitTime } from './commit-time.ts';
import { Places } from './places.ts';
import type { CommitWrites } from './commit-writes.ts';

const method = '/google.firestore.v1.Firestore/Commit';
const deadlineMs = 60_000;
/** More only take memory: at a round trip of 20 ms, so many are 12,800 commits a second. */
const mostUnderWay = 256;
/** Told of every answer. */
export interface CommitWatch {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onCommitAnswer: OnAnswer;
}

/**
 * Sends commits as bytes over the connections of Google's generated client, with its credentials, and each exactly
 * once: nothing between here and the server tries again, so that the caller decides what an unclear answer means.
 *
 * Google's handwritten client makes four objects of every field and repeats what was ABORTED after half a second or
 * more; this costs a tenth of its processor time.
 */
export class CommitChannel {
  readonly #connections: Connections;
  readonly #watch: CommitWatch | undefined;
  readonly #places = new Places(mostUnderWay);

  constructor(connections: Connections, watch?: CommitWatch) {
    this.#connections = connections;
    this.#watch = watch;
  }

  /**
   * The time of the commit. Rejects with the gRPC status as `code`.
   *
   * @throws UnstorableValueError with nothing sent.
   */
  async send(writes: CommitWrites): Promise<Timestamp> {
    return this.#places.hold(async () => this.#send(writes));
  }

  async #send(writes: CommitWrites): Promise<Timestamp> {
    return this.#connections.use(async (client, database, metadata) => {
      const request = writes.encode(database);
      const sentAt = this.#watch?.now() ?? 0;
      try {
        const response = await unary(client, request, metadata);
        this.#watch?.onCommitAnswer({ sentAt, isExhausted: false });
        return readCommitTime(response);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === status.resourceExhausted)
          this.#watch?.onCommitAnswer({ sentAt, isExhausted: true });
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }
}

/**
 * One request with one answer, straight on the client's channel. The client would put layers for interceptors and messages
 * that are no bytes around each call, and take its stack down for an error that may come.
 */
async function unary(client: Client, request: Buffer, metadata: Metadata): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const call = client.getChannel().createCall(method, Date.now() + deadlineMs, null, null, null);
    let answer: Buffer | undefined;
    call.start(metadata, {
      onReceiveMetadata: () => undefined,
      onReceiveMessage(message: Buffer) {
        answer = message;
      },
      onReceiveStatus({ code, details, metadata: trailers }) {
        if (code !== statusNames.OK) reject(failed(code, details, trailers));
        else if (answer === undefined) reject(new Error('a commit was answered with nothing'));
        else resolve(answer);
      },
    });
    call.sendMessageWithContext({}, request);
    call.startRead();
    call.halfClose();
  });
}

/** As the client would tell it. */
function failed(code: number, details: string, metadata: Metadata): Error {
  return Object.assign(new Error(`${code} ${statusNames[code]}: ${details}`), { code, details, metadata });
}
