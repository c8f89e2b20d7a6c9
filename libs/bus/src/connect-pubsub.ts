import { PubSub } from '@google-cloud/pubsub';

/** What the client would otherwise read from credentials, looking for them in files and on the network. */
const universeDomain = 'googleapis.com';
/** gRPC's own limit is two minutes: too long after a restart of the other side. */
const longestPause = { 'grpc.max_reconnect_backoff_ms': 5_000 };

/**
 * One Pub/Sub client; a service has one. `PUBSUB_EMULATOR_HOST` names a local server; without it the client is
 * Google's, with the usual credentials. Only `environment` is read, never the process's own.
 */
export function connectPubSub(environment: NodeJS.ProcessEnv): PubSub {
  const host = environment['PUBSUB_EMULATOR_HOST'];
  const projectId = environment['GOOGLE_CLOUD_PROJECT'];
  return new PubSub({
    ...longestPause,
    ...(projectId === undefined ? {} : { projectId }),
    ...(host === undefined
      ? { apiEndpoint: 'pubsub.googleapis.com:443', emulatorMode: false }
      : { apiEndpoint: host, emulatorMode: true, universeDomain }),
  });
}
