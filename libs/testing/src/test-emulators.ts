import { randomUUID } from 'node:crypto';
import { Firestore } from '@google-cloud/firestore';
import { PubSub } from '@google-cloud/pubsub';
import { startTestCloud } from './test-cloud.ts';

/** Pub/Sub and Firestore in a project of this test's own, and what a process needs in its environment to use them. */
export interface TestEmulators {
  readonly environment: Readonly<Record<string, string>>;
  readonly pubsub: PubSub;
  readonly firestore: Firestore;
  close(): Promise<void>;
}

/**
 * Those of a local cloud, or, with `TEST_EMULATORS=outside`, the emulators that PUBSUB_EMULATOR_HOST and
 * FIRESTORE_EMULATOR_HOST name: Google's own, or another process's. For specs that need nothing else of a cloud.
 *
 * Throws when one of the two is not named.
 */
export async function startTestEmulators(): Promise<TestEmulators> {
  if (process.env['TEST_EMULATORS'] !== 'outside') return startTestCloud();
  const [pubsubHost, firestoreHost] = [hostOf('PUBSUB_EMULATOR_HOST'), hostOf('FIRESTORE_EMULATOR_HOST')];
  const projectId = `test-${randomUUID().slice(0, 8)}`;
  const universeDomain = 'googleapis.com'; // else the clients look for credentials to learn it
  const pubsub = new PubSub({ projectId, apiEndpoint: pubsubHost, emulatorMode: true, universeDomain });
  const firestore = new Firestore({ projectId, host: firestoreHost, ssl: false, universeDomain });
  return {
    environment: {
      PUBSUB_EMULATOR_HOST: pubsubHost,
      FIRESTORE_EMULATOR_HOST: firestoreHost,
      GOOGLE_CLOUD_PROJECT: projectId,
      METADATA_SERVER_DETECTION: 'none',
    },
    pubsub,
    firestore,
    async close() {
      await Promise.all([pubsub.close(), firestore.terminate()]);
    },
  };
}

function hostOf(variable: string): string {
  const host = process.env[variable];
  if (host === undefined || host === '') throw new Error(`${variable}: names no emulator`);
  return host;
}
