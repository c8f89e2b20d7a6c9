import { Firestore, type Timestamp } from '@google-cloud/firestore';
import { CommitChannel, type CommitWatch } from './commits/commit-channel.ts';
import type { CommitWrites } from './commits/commit-writes.ts';
import { Connections } from './connections.ts';
import type { DocumentList } from './reads/batch-get.ts';
import type { RangePage } from './reads/range-query.ts';
import { ReadChannel, type ReadPage } from './reads/read-channel.ts';
import { watchedChannels } from './write-limits/watched-channel.ts';

/** Google's client of Firestore, and beside it short ways for the commits of accounts and for reading much. */
export class StoreFirestore extends Firestore {
  readonly #commits: CommitChannel;
  readonly #reads: ReadChannel;

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
    const target = { host, projectId, databaseId: '(default)' };
    this.#commits = new CommitChannel(new Connections(target), watch);
    this.#reads = new ReadChannel(new Connections(target));
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

  /** One page of a range of documents, by id. Tried again a few times where that can help. */
  async readPage(page: RangePage): Promise<ReadPage> {
    return this.#reads.range(page);
  }

  /** Those of these documents that are there, in no order. Tried again a few times where that can help. */
  async readList(documents: DocumentList): Promise<ReadPage> {
    return this.#reads.list(documents);
  }

  override async terminate(): Promise<void> {
    await Promise.all([super.terminate(), this.#commits.close(), this.#reads.close()]);
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
