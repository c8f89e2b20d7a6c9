import {
  type Cause,
  type CommandRecord,
  type ScopeCommit,
  type ScopeEvent,
  type ScopeHeadDocument,
  type ScopePointer,
  type ScopeRef,
  paths,
  scopeId,
} from '@bellwether/contracts';
import type { Clock, Ids } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import { type DocumentSnapshot, FieldValue, type Firestore, type WriteBatch } from '@google-cloud/firestore';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandRecord } from './account-writes.ts';
import { sealScopeCommit } from './commit-hash.ts';
import { guardDocument } from './documents/guard-document.ts';
import { isAlreadyExists, isDefiniteRefusal } from './errors.ts';
import { readDocument } from './read-document.ts';
import { type StoredScopeCommit, readScopeCommit } from './scope-journal.ts';

/** What a decision said: events with the documents that change with them, or a refusal to hand back. */
export type ScopeDecision<Refusal> =
  | {
      readonly events: readonly ScopeEvent[];
      /** Whole documents by path, each among those that were asked for. */
      readonly documents?: ReadonlyMap<string, object>;
    }
  | { readonly refusal: Refusal };

export interface ScopeRequest<Refusal> {
  readonly cause: Cause;
  readonly traceparent: string;
  /** For a command: the hash of its content, recorded under its key. */
  readonly requestHash?: string;
  /** Paths of the documents that the decision looks at or changes. */
  readonly documents?: readonly string[];
  /** Pure: it may be called several times. @param seq the sequence of the commit that it would become. */
  decide(found: ReadonlyMap<string, unknown>, seq: number): ScopeDecision<Refusal>;
}

export type ScopeOutcome<Refusal> =
  | { readonly status: 'committed'; readonly stored: StoredScopeCommit }
  /** The decision made no events. */
  | { readonly status: 'unchanged' }
  | { readonly status: 'refused'; readonly refusal: Refusal }
  /** The command's key was committed before, with the same content. */
  | { readonly status: 'repeated'; readonly seq: number }
  /** The command's key was committed before, with other content. */
  | { readonly status: 'keyReused' }
  /** Other writers were faster, several times. */
  | { readonly status: 'contended' };

const mostTries = 5;
const jitterMs = { least: 10, spread: 20 };

/**
 * Commits to the journals of scopes larger than an account, as `AccountStore` does to those of accounts: events,
 * documents, head and outbox pointer in one atomic write, once or not at all whatever the answer to it was.
 *
 * Such commits are rare, so nothing is kept in memory: each reads the head and what it decides on, once.
 */
export class ScopeStore {
  readonly #firestore: Firestore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #logger: Logger;
  readonly #lanes = new Map<string, Promise<unknown>>();

  constructor(options: { firestore: Firestore; clock: Clock; ids: Ids; logger: Logger }) {
    this.#firestore = options.firestore;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#logger = options.logger;
  }

  /**
   * Waits its turn in the scope's lane, decides and commits.
   *
   * Throws with nothing committed when `decide` throws or what must be read cannot be read, and
   * @throws DocumentTooLargeError.
   */
  async commit<Refusal>(scope: ScopeRef, request: ScopeRequest<Refusal>): Promise<ScopeOutcome<Refusal>> {
    const lane = scopeId(scope);
    const turn = (this.#lanes.get(lane) ?? Promise.resolve()).then(async () => this.#inTurn(scope, request));
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#lanes.set(lane, settled);
    try {
      return await turn;
    } finally {
      if (this.#lanes.get(lane) === settled) this.#lanes.delete(lane);
    }
  }

  async #inTurn<Refusal>(scope: ScopeRef, request: ScopeRequest<Refusal>): Promise<ScopeOutcome<Refusal>> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const read = await this.#read(scope, request);
      const repeat = repeatOf(read.command, request.requestHash);
      if (repeat !== undefined) return repeat;
      const head = readDocument<ScopeHeadDocument>(read.head);
      const seq = (head?.version ?? 0) + 1;
      const found = new Map(
        [...read.documents].map(([path, document]): [string, unknown] => [path, document?.data()]),
      );
      const decision = request.decide(found, seq);
      if ('refusal' in decision) return { status: 'refused', refusal: decision.refusal };
      if (decision.events.length === 0) {
        if (await this.#keepKey(scope, request, seq - 1)) return { status: 'unchanged' };
        continue;
      }
      const commit = this.#compose(scope, request, decision.events, seq, head?.headHash ?? '');
      const stored = await this.#write(commit, request, read, decision.documents ?? new Map());
      if (stored !== undefined) return { status: 'committed', stored };
      await this.#pause();
    }
    return { status: 'contended' };
  }

  /** A command that had nothing to change is kept, too. False where another of its key was faster. */
  async #keepKey(
    scope: ScopeRef,
    { cause, requestHash }: ScopeRequest<unknown>,
    seq: number,
  ): Promise<boolean> {
    if (cause.kind !== 'command' || requestHash === undefined) return true;
    const record = commandRecord({ requestHash, seq }, this.#clock.now());
    try {
      await this.#firestore.doc(paths.scopeCommand(scope, cause.key)).create(record);
      return true;
    } catch (error) {
      if (isAlreadyExists(error)) return false;
      throw error;
    }
  }

  async #read(scope: ScopeRef, { cause, requestHash, documents = [] }: ScopeRequest<unknown>): Promise<Read> {
    const hasKey = cause.kind === 'command' && requestHash !== undefined;
    const wanted = [
      paths.scopeHead(scope),
      ...(hasKey ? [paths.scopeCommand(scope, cause.key)] : []),
      ...documents,
    ];
    const found = await this.#firestore.getAll(...wanted.map((path) => this.#firestore.doc(path)));
    const first = hasKey ? 2 : 1;
    return {
      head: found[0],
      command: hasKey ? found[1] : undefined,
      documents: new Map(documents.map((path, i) => [path, found[first + i]])),
    };
  }

  /** Sends the batch and finds out, whatever the answer, what became of it; `undefined` when it lost or was refused. */
  async #write(
    commit: ScopeCommit,
    request: ScopeRequest<unknown>,
    read: Read,
    documents: ReadonlyMap<string, object>,
  ): Promise<StoredScopeCommit | undefined> {
    for (;;) {
      const batch = this.#batch(commit, request, read, documents);
      try {
        await batch.commit();
      } catch (error) {
        const stored = await this.#readUntilAnswered(commit.scope, commit.seq);
        const fields = { scope: scopeId(commit.scope), seq: commit.seq, err: error };
        if (stored?.commit.commitId === commit.commitId) return stored;
        if (stored !== undefined || isDefiniteRefusal(error)) {
          this.#logger.info(fields, 'another commit of the scope was faster; deciding anew');
          return undefined;
        }
        this.#logger.warn(fields, 'the commit was not applied; the identical commit is sent again');
        await this.#pause();
        continue;
      }
      return this.#readUntilAnswered(commit.scope, commit.seq);
    }
  }

  #batch(
    commit: ScopeCommit,
    { cause, requestHash }: ScopeRequest<unknown>,
    read: Read,
    documents: ReadonlyMap<string, object>,
  ): WriteBatch {
    const firestore = this.#firestore;
    const { scope, seq } = commit;
    const batch = firestore.batch();
    batch.create(firestore.doc(paths.scopeJournalEntry(scope, seq)), commit);
    const head: ScopeHeadDocument = { scope, version: seq, headHash: commit.hash };
    put(read.head, paths.scopeHead(scope), head);
    for (const [path, document] of documents) {
      if (!read.documents.has(path)) throw new Error(`${path} is changed without having been asked for`);
      put(read.documents.get(path), path, document);
    }
    const pointer: ScopePointer = { scope, seq };
    batch.create(firestore.doc(paths.outboxPointer(scopeId(scope), seq)), pointer);
    if (cause.kind === 'command' && requestHash !== undefined) {
      const record = commandRecord({ requestHash, seq }, this.#clock.now());
      batch.create(firestore.doc(paths.scopeCommand(scope, cause.key)), record);
    }
    return batch;

    /** The whole document, on what was read of it: fields that it has no more go. */
    function put(found: DocumentSnapshot | undefined, path: string, data: object): void {
      guardDocument(path, data);
      if (found?.updateTime === undefined) {
        batch.create(firestore.doc(path), data);
        return;
      }
      const gone = Object.keys(found.data() ?? {}).filter((field) => !(field in data));
      const fields = { ...data, ...Object.fromEntries(gone.map((field) => [field, FieldValue.delete()])) };
      batch.update(firestore.doc(path), fields, { lastUpdateTime: found.updateTime });
    }
  }

  /** What became of a commit decides what may follow it, so it is asked without end. */
  async #readUntilAnswered(scope: ScopeRef, seq: number): Promise<StoredScopeCommit | undefined> {
    for (;;) {
      try {
        return await readScopeCommit(this.#firestore, scope, seq);
      } catch (error) {
        if (isDefiniteRefusal(error)) throw error;
        this.#logger.warn(
          { scope: scopeId(scope), seq, err: error },
          'cannot read the journal; trying again',
        );
        await this.#pause();
      }
    }
  }

  #compose(
    scope: ScopeRef,
    { cause, traceparent }: ScopeRequest<unknown>,
    events: readonly ScopeEvent[],
    seq: number,
    previousHash: string,
  ): ScopeCommit {
    const unhashed: Omit<ScopeCommit, 'hash'> = {
      schema: 1,
      scope,
      seq,
      commitId: this.#ids.next(),
      cause,
      events: [...events],
      traceparent,
      previousHash,
    };
    return sealScopeCommit(unhashed);
  }

  async #pause(): Promise<void> {
    const share = Number.parseInt(this.#ids.hex(4), 16) / 0xffff;
    await sleep(jitterMs.least + share * jitterMs.spread);
  }
}

/** What a decision rests on. */
interface Read {
  readonly head: DocumentSnapshot | undefined;
  readonly command: DocumentSnapshot | undefined;
  readonly documents: ReadonlyMap<string, DocumentSnapshot | undefined>;
}

function repeatOf(
  command: DocumentSnapshot | undefined,
  requestHash: string | undefined,
): { readonly status: 'repeated'; readonly seq: number } | { readonly status: 'keyReused' } | undefined {
  const record = readDocument<CommandRecord>(command);
  if (record === undefined) return undefined;
  return record.requestHash === requestHash
    ? { status: 'repeated', seq: record.seq }
    : { status: 'keyReused' };
}
