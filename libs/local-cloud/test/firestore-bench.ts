import { Firestore } from '@google-cloud/firestore';
import { FirestoreClient } from '@google-cloud/firestore-api/v1';
import { credentials } from '@grpc/grpc-js';
import { systemClock } from '../src/core/clock.ts';
import { Meter } from '../src/core/meter.ts';
import { startFirestore, type FirestoreOptions, type RunningFirestore } from '../src/firestore/index.ts';

/** A server of ours with Google's client on it. */
export interface FirestoreBench {
  readonly db: Firestore;
  /** The generated client below it, for requests that the other one never makes. */
  readonly raw: FirestoreClient;
  readonly meter: Meter;
  readonly server: RunningFirestore;
  readonly port: number;
  close(): Promise<void>;
}

export async function startFirestoreBench(options: Partial<FirestoreOptions> = {}): Promise<FirestoreBench> {
  const meter = new Meter();
  const server = await startFirestore({ port: 0, clock: systemClock(), meter, ...options });
  const db = connect(server.port);
  const raw = new FirestoreClient({
    servicePath: '127.0.0.1',
    port: server.port,
    sslCreds: credentials.createInsecure(),
    projectId: 'demo',
  });
  return {
    db,
    raw,
    meter,
    server,
    port: server.port,
    async close() {
      await db.terminate();
      await raw.close();
      await server.close();
    },
  };
}

/** Google's client as services make it: the emulator's variable is all it knows. */
export function connect(port: number): Firestore {
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  process.env['FIRESTORE_EMULATOR_HOST'] = `127.0.0.1:${port}`;
  return new Firestore({ projectId: 'demo' });
}

/** The code and the message of gRPC that a call fails with. */
export async function failure(call: Promise<unknown>): Promise<{ code: unknown; details: unknown }> {
  try {
    await call;
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('code' in error)) throw error;
    return { code: error.code, details: 'details' in error ? error.details : undefined };
  }
  throw new Error('the call succeeded');
}
