import { Firestore } from '@google-cloud/firestore';
import { type OnAnswer, watchedChannels } from './write-limits/watched-channel.ts';

/**
 * One Firestore client. `FIRESTORE_EMULATOR_HOST` names a local server; without it the client finds
 * Google's by `GOOGLE_CLOUD_PROJECT` and the usual credentials.
 *
 * @param watch is told of every answer to a commit, also of those after which the client tries again.
 */
export function connectFirestore(
  environment: NodeJS.ProcessEnv,
  watch?: { readonly now: () => number; readonly onCommitAnswer: OnAnswer },
): Firestore {
  const host = environment['FIRESTORE_EMULATOR_HOST'];
  const projectId = environment['GOOGLE_CLOUD_PROJECT'];
  return new Firestore({
    ...(projectId === undefined ? {} : { projectId }),
    // The universe named, so that the client does not look for a metadata server.
    ...(host === undefined ? {} : { host, ssl: false, universeDomain: 'googleapis.com' }),
    ...(watch === undefined
      ? {}
      : { 'grpc.channelFactoryOverride': watchedChannels(watch.now, watch.onCommitAnswer) }),
    ignoreUndefinedProperties: false,
  });
}
