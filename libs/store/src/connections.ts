import type { FirestoreClient } from '@google-cloud/firestore-api/client_v1';
import { Client, Metadata, credentials } from '@grpc/grpc-js';

/** Google takes a hundred requests at a time of a connection. */
const mostAtOnce = 90;
const mostConnections = 10;

/** Which database is meant, and where it is. */
export interface FirestoreTarget {
  /** Host and port of a local server; without one, Google's. */
  readonly host: string | undefined;
  /** Found by the usual credentials where there is none. */
  readonly projectId: string | undefined;
  readonly databaseId: string;
}

/**
 * Connections of Google's generated client, with its credentials, for requests as bytes. Another one is opened when
 * ninety requests are under way on each.
 */
export class Connections {
  readonly #target: FirestoreTarget;
  readonly #openGenerated: typeof openGenerated;
  readonly #opened: Connection[] = [];
  #database: string | undefined;
  #metadata: Metadata | undefined;

  constructor(target: FirestoreTarget, open = openGenerated) {
    this.#target = target;
    this.#openGenerated = open;
  }

  /** Does `work` on the connection that has the least to do. */
  async use<Answer>(
    work: (client: Client, database: string, metadata: Metadata) => Promise<Answer>,
  ): Promise<Answer> {
    const connection = this.#leastBusy();
    connection.inFlight += 1;
    try {
      const client = await this.#clientOf(connection);
      const database = (this.#database ??= await this.#findDatabase(connection));
      return await work(client, database, (this.#metadata ??= this.#metadataOf(database)));
    } finally {
      connection.inFlight -= 1;
    }
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.map(async ({ generated }) => generated));
    await Promise.all(
      opened.map(async (each) => (each.status === 'fulfilled' ? each.value.close() : undefined)),
    );
  }

  /** One that does not open (without credentials, say) is not kept: the next request tries another. */
  async #clientOf(connection: Connection): Promise<Client> {
    try {
      return await connection.client;
    } catch (error) {
      const at = this.#opened.indexOf(connection);
      if (at >= 0) this.#opened.splice(at, 1);
      throw error;
    }
  }

  #leastBusy(): Connection {
    const [first = this.#open(), ...rest] = this.#opened;
    const found = rest.reduce((least, other) => (other.inFlight < least.inFlight ? other : least), first);
    return found.inFlight < mostAtOnce || this.#opened.length === mostConnections ? found : this.#open();
  }

  #open(): Connection {
    const generated = this.#openGenerated(this.#target);
    const connection: Connection = { generated, client: stubOf(generated), inFlight: 0 };
    this.#opened.push(connection);
    return connection;
  }

  async #findDatabase({ generated }: Connection): Promise<string> {
    const projectId = this.#target.projectId ?? (await (await generated).getProjectId());
    return `projects/${projectId}/databases/${this.#target.databaseId}`;
  }

  /** Made once: each call copies it. */
  #metadataOf(database: string): Metadata {
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

/** Loaded with the first request: it is large. */
export async function openGenerated({ host, projectId }: FirestoreTarget): Promise<Generated> {
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
