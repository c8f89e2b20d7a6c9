import { Firestore, type Timestamp } from '@google-cloud/firestore';
import { CommitChannel, type CommitWatch } from './commits/commit-channel.ts';
import type { CommitWrites } from './commits/commit-writes.ts';
import { watchedChannels } from './write-limits/watched-channel.ts';

/** Google's client of Firestore, and beside it a short way for the commits of accounts. */
export class StoreFirestore extends Firestore {
  readonly #commits: CommitChannel;

  /** @see connectFirestore */
  constructor(environment: NodeJS.ProcessEnv, watch?: CommitWatch) {
    const host = environment['FIRESTORE_EMULATOR_HOST'];
    const projectId = environment['GOOGLE_CLOUD_PROJECT'];
    super({
      ...(projectId === undefined ? {} : { projectId }),
      // The universe named, so that the client does not look for a metadata server.
      ...(host === undefined ? {} : { host, ssl: false, universeDomain: 'googleapis.com' }),
      ...(watch === undefined
        ? {}
        : { 'grpc.channelFactoryOverride': watchedChannels(watch.now, watch.onCommitAnswer) }),
      ignoreUndefinedProperties: false,
    });
    this.#commits = new CommitChannel({ host, projectId, databaseId: '(default)' }, watch);
  }

  /**
   * Applies these writes together or not at all, sent exactly once: answers their time, also the update time of each
   * document. Rejects with the gRPC status as `code`, also where Google's client would try again.
   *
   * @throws UnstorableValueError that names document and field, with nothing sent.
   */
  async commitOnce(writes: CommitWrites): Promise<Timestamp> {
    return this.#commits.send(writes);
  }

  override async terminate(): Promise<void> {
    await Promise.all([super.terminate(), this.#commits.close()]);
  }
}

/**
 * One Firestore client. `FIRESTORE_EMULATOR_HOST` names a local server; without it the client finds
 * Google's by `GOOGLE_CLOUD_PROJECT` and the usual credentials.
 *
 * @param watch is told of every answer to a commit, also of those after which the client tries again.
 */
export function connectFirestore(environment: NodeJS.ProcessEnv, watch?: CommitWatch): StoreFirestore {
  return new StoreFirestore(environment, watch);
}
