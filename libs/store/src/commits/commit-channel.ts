import type { Timestamp } from '@google-cloud/firestore';
import type { FirestoreClient } from '@google-cloud/firestore-api/client_v1';
import { Client, Metadata, credentials } from '@grpc/grpc-js';
import { status } from '../grpc-status.ts';
import type { OnAnswer } from '../write-limits/watched-channel.ts';
import { readCommitTime } from './commit-time.ts';
import type { CommitWrites } from './commit-writes.ts';

const method = '/google.firestore.v1.Firestore/Commit';
const deadlineMs = 60_000;
/** Google takes a hundred requests at a time of a connection. */
const mostAtOnce = 90;
const mostConnections = 10;

/** Where commits go. */
export interface CommitTarget {
  /** Host and port of a local server; without one, Google's. */
  readonly host: string | undefined;
  /** Found by the usual credentials where there is none. */
  readonly projectId: string | undefined;
  readonly databaseId: string;
}

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
  readonly #target: CommitTarget;
  readonly #watch: CommitWatch | undefined;
  readonly #openGenerated: typeof openGenerated;
  readonly #connections: Connection[] = [];
  #database: string | undefined;

  constructor(target: CommitTarget, watch?: CommitWatch, open = openGenerated) {
    this.#target = target;
    this.#watch = watch;
    this.#openGenerated = open;
  }

  /**
   * The time of the commit. Rejects with the gRPC status as `code`.
   *
   * @throws UnstorableValueError with nothing sent.
   */
  async send(writes: CommitWrites): Promise<Timestamp> {
    const connection = this.#leastBusy();
    connection.inFlight += 1;
    try {
      return await this.#sendOn(connection, writes);
    } finally {
      connection.inFlight -= 1;
    }
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#connections.map(async ({ generated }) => generated));
    await Promise.all(
      opened.map(async (each) => (each.status === 'fulfilled' ? each.value.close() : undefined)),
    );
  }

  async #sendOn(connection: Connection, writes: CommitWrites): Promise<Timestamp> {
    const client = await this.#opened(connection);
    const database = (this.#database ??= await this.#findDatabase(connection));
    const request = writes.encode(database);
    const sentAt = this.#watch?.now() ?? 0;
    try {
      const response = await unary(client, request, this.#metadata(database));
      this.#watch?.onCommitAnswer({ sentAt, isExhausted: false });
      return readCommitTime(response);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === status.resourceExhausted)
        this.#watch?.onCommitAnswer({ sentAt, isExhausted: true });
      throw error;
    }
  }

  /** One that does not open (without credentials, say) is not kept: the next commit tries another. */
  async #opened(connection: Connection): Promise<Client> {
    try {
      return await connection.client;
    } catch (error) {
      const at = this.#connections.indexOf(connection);
      if (at >= 0) this.#connections.splice(at, 1);
      throw error;
    }
  }

  #leastBusy(): Connection {
    const [first = this.#open(), ...rest] = this.#connections;
    const found = rest.reduce((least, other) => (other.inFlight < least.inFlight ? other : least), first);
    return found.inFlight < mostAtOnce || this.#connections.length === mostConnections ? found : this.#open();
  }

  #open(): Connection {
    const generated = this.#openGenerated(this.#target);
    const connection: Connection = { generated, client: stubOf(generated), inFlight: 0 };
    this.#connections.push(connection);
    return connection;
  }

  async #findDatabase({ generated }: Connection): Promise<string> {
    const projectId = this.#target.projectId ?? (await (await generated).getProjectId());
    return `projects/${projectId}/databases/${this.#target.databaseId}`;
  }

  #metadata(database: string): Metadata {
    const metadata = new Metadata();
    metadata.set('google-cloud-resource-prefix', database);
    metadata.set('x-goog-request-params', `database=${encodeURIComponent(database)}`);
    if (this.#target.host !== undefined) metadata.set('authorization', 'Bearer owner');
    return metadata;
  }
}

type Generated = FirestoreClient;

interface Connection {
  readonly generated: Promise<Generated>;
  readonly client: Promise<Client>;
  inFlight: number;
}

/** Loaded with the first commit: it is large. */
export async function openGenerated({ host, projectId }: CommitTarget): Promise<Generated> {
  const { FirestoreClient } = await import('@google-cloud/firestore-api/client_v1');
  return new FirestoreClient({
    ...(projectId === undefined ? {} : { projectId }),
    ...(host === undefined ? {} : localSettings(host)),
    // A connection of its own, not one that other clients of the process use.
    'grpc.use_local_subchannel_pool': 1,
  });
}

// The universe named, so that the client does not look for a metadata server.
function localSettings(host: string): object {
  const { hostname: servicePath, port } = new URL(`http://${host}`);
  return {
    servicePath,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    universeDomain: 'googleapis.com',
  };
}

/** What gax calls a stub is a client of grpc-js, with Google's credentials. */
async function stubOf(generated: Promise<Generated>): Promise<Client> {
  const stub: unknown = await (await generated).initialize();
  if (!(stub instanceof Client)) throw new Error('the Firestore client is not one of grpc-js');
  return stub;
}

async function unary(client: Client, request: Buffer, metadata: Metadata): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + deadlineMs };
    client.makeUnaryRequest(method, same, same, request, metadata, options, (error, response) => {
      if (error !== null) reject(error);
      else if (response === undefined) reject(new Error('a commit was answered with nothing'));
      else resolve(response);
    });
  });
}

const same = (bytes: Buffer): Buffer => bytes;
