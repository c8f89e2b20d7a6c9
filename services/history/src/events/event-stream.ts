import { type HistoryStreamDocument, paths, sourceOf } from '@bellwether/contracts';
import {
  type BulkWrites,
  type Firestore,
  allTenants,
  isAlreadyExists,
  readCommit,
  readScopeCommit,
} from '@bellwether/store';
import type { Appender } from '../bigquery/append-connection.ts';
import type { WriteStreams } from '../bigquery/write-streams.ts';
import { type TimedCommit, encodeEvents } from './encode-events.ts';
import { watermarkPath } from './watermarks.ts';

type UpdateTime = NonNullable<Awaited<ReturnType<ReturnType<Firestore['doc']>['get']>>['updateTime']>;

/** Where the stream stands. Everything before `offset` is in BigQuery. */
interface Head {
  readonly writeStream: string;
  readonly offset: number;
  /** Of the stream's document, which a batch must find unchanged. */
  readonly updateTime: UpdateTime;
}

/**
 * The write stream of all events. A batch is first noted in `ops_history/events`, in one atomic write with the
 * watermarks of its accounts, and then appended at the offset that the note says. So after a crash or a lost
 * answer the note tells what to append, and its offset keeps a repetition from being written twice. Two
 * processes cannot note batches side by side: the second finds the document changed.
 */
export class EventStream {
  readonly #firestore: Firestore;
  readonly #writes: BulkWrites;
  readonly #writeStreams: WriteStreams;
  #head: Head | undefined;
  #connection: { readonly writeStream: string; readonly appender: Appender } | undefined;

  constructor(firestore: Firestore, writes: BulkWrites, writeStreams: WriteStreams) {
    this.#firestore = firestore;
    this.#writes = writes;
    this.#writeStreams = writeStreams;
  }

  /** True until `recover` succeeds, and again after any failure. */
  get needsRecovery(): boolean {
    return this.#head === undefined;
  }

  /** Finishes the last batch that was noted, by this process or another; creates the stream at the first start. */
  async recover(): Promise<void> {
    const reference = this.#firestore.doc(paths.historyStream('events'));
    const found = await reference.get();
    if (!found.exists || found.updateTime === undefined) {
      await this.#create();
      await this.recover();
      return;
    }
    // Only this class writes this document.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { writeStream, offset, rows, commits } = found.data() as HistoryStreamDocument;
    if (rows > 0) await this.#append(writeStream, offset, await this.#rebuild(commits, rows));
    this.#head = { writeStream, offset: offset + rows, updateTime: found.updateTime };
  }

  /** Appends the batch and moves the watermarks. When it throws, `recover` finds out what became of the batch. */
  async write(batch: readonly TimedCommit[]): Promise<void> {
    const head = this.#head;
    if (head === undefined) throw new Error('the event stream must be recovered first');
    this.#head = undefined;
    const rows = batch.flatMap(encodeEvents);
    const updateTime = await this.#note(head, rows.length, batch);
    await this.#append(head.writeStream, head.offset, rows);
    this.#head = { writeStream: head.writeStream, offset: head.offset + rows.length, updateTime };
  }

  close(): void {
    this.#connection?.appender.close();
  }

  async #note(head: Head, rows: number, batch: readonly TimedCommit[]): Promise<UpdateTime> {
    const note: HistoryStreamDocument = {
      writeStream: head.writeStream,
      offset: head.offset,
      rows,
      commits: batch.map(({ commit, publishedAt }) => {
        const { seq } = commit;
        if ('scope' in commit) return { scope: commit.scope, seq, publishedAt };
        const { tenant: tenantId, uid, accountId } = commit;
        return { tenantId, uid, accountId, seq, publishedAt };
      }),
    };
    const watermarks = new Map<string, number>();
    for (const { commit } of batch) watermarks.set(watermarkPath(commit), commit.seq);
    const origin = { tenant: allTenants, priority: 'background' } as const;
    const [result] = await this.#writes.write(origin, (to) => {
      to.update(paths.historyStream('events'), note, head.updateTime);
      for (const [path, watermark] of watermarks) to.set(path, { watermark });
    });
    if (result === undefined) throw new Error('Firestore answered without a write time');
    return result.writeTime;
  }

  /** The rows of a noted batch, from the journal: it holds all commits that were ever published. */
  async #rebuild(commits: HistoryStreamDocument['commits'], rows: number): Promise<Uint8Array[]> {
    const rebuilt = await Promise.all(
      commits.map(async (noted) => {
        const stored = await this.#read(noted);
        if (stored === undefined)
          throw new Error(`the journal of ${sourceOf(noted)} has no entry ${noted.seq}`);
        return encodeEvents({ commit: stored.commit, publishedAt: noted.publishedAt });
      }),
    );
    const all = rebuilt.flat();
    if (all.length !== rows)
      throw new Error(`the batch has ${all.length} rows, not the ${rows} that were noted`);
    return all;
  }

  async #read(noted: HistoryStreamDocument['commits'][number]) {
    if ('scope' in noted) return readScopeCommit(this.#firestore, noted.scope, noted.seq);
    const { tenantId: tenant, uid, accountId, seq } = noted;
    return readCommit(this.#firestore, { tenant, uid, accountId }, seq);
  }

  async #append(writeStream: string, offset: number, rows: Uint8Array[]): Promise<void> {
    if (this.#connection?.writeStream !== writeStream) {
      this.close();
      this.#connection = { writeStream, appender: this.#writeStreams.open(writeStream) };
    }
    const outcome = await this.#connection.appender.append(offset, rows);
    if (outcome === 'beyond')
      throw new Error(`BigQuery lost rows of ${writeStream}: it ends before ${offset}`);
  }

  async #create(): Promise<void> {
    const document: HistoryStreamDocument = {
      writeStream: await this.#writeStreams.create(),
      offset: 0,
      rows: 0,
      commits: [],
    };
    try {
      await this.#firestore.doc(paths.historyStream('events')).create({ ...document });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error; // another process was faster: its stream counts
    }
  }
}
