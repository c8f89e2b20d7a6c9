import { Firestore } from '@google-cloud/firestore';

/**
 * One Firestore client. `FIRESTORE_EMULATOR_HOST` names a local server; without it the client finds
 * Google's by `GOOGLE_CLOUD_PROJECT` and the usual credentials.
 */
export function connectFirestore(environment: NodeJS.ProcessEnv): Firestore {
  const host = environment['FIRESTORE_EMULATOR_HOST'];
  const projectId = environment['GOOGLE_CLOUD_PROJECT'];
  return new Firestore({
    ...(projectId === undefined ? {} : { projectId }),
    // The universe named, so that the client does not look for a metadata server.
    ...(host === undefined ? {} : { host, ssl: false, universeDomain: 'googleapis.com' }),
    ignoreUndefinedProperties: false,
  });
}
