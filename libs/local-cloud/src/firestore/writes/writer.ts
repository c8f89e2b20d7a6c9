import { checkCollectionId, checkParentName } from '../resource-name.ts';
import { invalidArgument, StatusError, tooMuchContention } from '../status.ts';
import { toTimestamp, type Micros } from '../time.ts';
import { parseFieldPath } from '../values/field-path.ts';
import { affects } from '../transactions/lock-table.ts';
import { documentBytes } from '../reads/responses.ts';
import { v1, type DocumentMask, type Requests, type StatusProto, type Write } from '../protos.ts';
import { checkTransforms, checkWrite, documentOf } from './check-write.ts';
import { CommitPlan } from './commit-plan.ts';
import type { IndexDefinitions } from '../indexes/index-file.ts';
import type { Outbox } from '../outbox.ts';
import type { Listeners } from '../listen/listeners.ts';
import type { Database } from '../storage/database.ts';
import type { Commit } from '../storage/history.ts';
import type { Transaction } from '../transactions/transaction.ts';
import type { Transactions } from '../transactions/transactions.ts';

interface Planned {
  readonly commit: Commit;
  /** The writes that take effect. */
  readonly applied: readonly Write[];
  readonly respond: () => Uint8Array;
}

/** Serves the writing methods: every change of state is one commit. */
export class Writer {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #listeners: Listeners;
  readonly #outbox: Outbox;
  readonly #indexes: IndexDefinitions;

  constructor(
    database: Database,
    transactions: Transactions,
    listeners: Listeners,
    outbox: Outbox,
    indexes: IndexDefinitions,
  ) {
    this.#indexes = indexes;
    this.#database = database;
    this.#transactions = transactions;
    this.#listeners = listeners;
    this.#outbox = outbox;
  }

  commit(call: number, request: Requests['Commit'], now: Micros): void {
    const writes = request.writes ?? [];
    const isTransactional = request.transaction != null && request.transaction.length > 0;
    const transaction = isTransactional ? this.#transactions.use(request.transaction ?? '', now) : undefined;
    if (transaction?.readTime !== undefined && writes.length > 0) {
      throw invalidArgument('Cannot modify entities in a read-only transaction.');
    }
    for (const write of writes) checkWrite(write, request.database ?? '');
    checkTransforms(writes);
    this.#submit(call, transaction, writes, now, (at) => {
      const plan = this.#plan(at);
      for (const write of writes) plan.add(write);
      const { commit, results } = plan.finish(this.#database.commitTime(at));
      const commitTime = toTimestamp(commit.time);
      const respond = (): Uint8Array =>
        v1.CommitResponse.encode({ writeResults: results, commitTime }).finish();
      return { commit, applied: writes, respond };
    });
  }

  /** Each write succeeds or fails by itself; those that succeed become durable together. */
  batchWrite(call: number, request: Requests['BatchWrite'], now: Micros): void {
    const writes = request.writes ?? [];
    for (const write of writes) checkWrite(write, request.database ?? '');
    checkTransforms(writes);
    if (new Set(writes.map(documentOf)).size < writes.length) {
      throw invalidArgument('A document cannot be written more than once in the same batch write.');
    }
    this.#submit(call, undefined, writes, now, (at) => {
      const time = this.#database.commitTime(at);
      const plan = this.#plan(at);
      const status = writes.map((write): StatusProto => {
        try {
          // Alone first: a document that would become too large must not fail the others.
          const alone = this.#plan(at);
          alone.add(write);
          alone.finish(time);
          plan.add(write);
          return { code: 0 };
        } catch (error) {
          if (error instanceof StatusError) return { code: error.code, message: error.message };
          throw error;
        }
      });
      const { commit, results } = plan.finish(time);
      const succeeded = results.values();
      const writeResults = status.map(({ code }) => (code === 0 ? (succeeded.next().value ?? {}) : {}));
      const respond = (): Uint8Array => v1.BatchWriteResponse.encode({ writeResults, status }).finish();
      return { commit, applied: writes.filter((_, i) => status[i]?.code === 0), respond };
    });
  }

  createDocument(call: number, request: Requests['CreateDocument'], now: Micros): void {
    checkParentName(request.parent ?? '');
    checkCollectionId(request.collectionId ?? '');
    const id =
      request.documentId != null && request.documentId !== '' ? request.documentId : scatteredId(now);
    const name = `${request.parent}/${request.collectionId}/${id}`;
    const write = { update: { ...request.document, name }, currentDocument: { exists: false } };
    this.#writeOne(call, write, request.mask, now);
  }

  updateDocument(call: number, request: Requests['UpdateDocument'], now: Micros): void {
    const { document, updateMask, currentDocument, mask } = request;
    const write = {
      update: document ?? null,
      updateMask: updateMask ?? null,
      currentDocument: currentDocument ?? null,
    };
    this.#writeOne(call, write, mask, now);
  }

  deleteDocument(call: number, request: Requests['DeleteDocument'], now: Micros): void {
    const write = { delete: request.name ?? '', currentDocument: request.currentDocument ?? null };
    this.#writeOne(call, write, undefined, now);
  }

  /** One write, answered with the document as it is then: empty after a delete. */
  #writeOne(call: number, write: Write, mask: DocumentMask | null | undefined, now: Micros): void {
    const name = documentOf(write);
    checkWrite(write, name.slice(0, name.indexOf('/documents/')));
    const select = mask == null ? undefined : (mask.fieldPaths ?? []).map(parseFieldPath);
    this.#submit(call, undefined, [write], now, (at) => {
      const plan = this.#plan(at);
      plan.add(write);
      const { commit } = plan.finish(this.#database.commitTime(at));
      const respond = (): Uint8Array => {
        const document = this.#database.get(name);
        return document === undefined ? new Uint8Array() : documentBytes(document, select);
      };
      return { commit, applied: [write], respond };
    });
  }

  /** Deletes documents whose time has come, but for those that a transaction holds. */
  expire(names: readonly string[], now: Micros): void {
    const changes = names
      .map((name) => ({ name, before: this.#database.get(name), after: undefined }))
      .filter(
        (change) => this.#transactions.locks.holdersAgainst([change.name], [change], undefined).size === 0,
      );
    if (changes.length === 0) return;
    const commit = { time: this.#database.commitTime(now), changes };
    this.#apply(commit);
    this.#outbox.bill('deletes', changes.length);
    this.#listeners.committed(commit);
  }

  #plan(now: Micros): CommitPlan {
    return new CommitPlan((name) => this.#database.get(name), now, this.#indexes);
  }

  /** Makes what `plan` yields as soon as no other transaction's lock is in the way, and ends the transaction. */
  #submit(
    call: number,
    transaction: Transaction | undefined,
    writes: readonly Write[],
    now: Micros,
    plan: (now: Micros) => Planned,
  ): void {
    const names = new Set(writes.map(documentOf));
    const run = (at: Micros, blockers: Set<Transaction>): boolean => {
      if (transaction?.snapshot !== undefined && this.#hasChanged(transaction, transaction.snapshot, at)) {
        throw tooMuchContention();
      }
      const { commit, applied, respond } = plan(at);
      const holders = this.#transactions.locks.holdersAgainst(names, commit.changes, transaction);
      for (const holder of holders) blockers.add(holder);
      if (holders.size > 0) return false;
      this.#apply(commit);
      this.#bill(applied);
      if (transaction !== undefined) this.#transactions.end(transaction);
      this.#outbox.send(call, respond());
      this.#outbox.end(call);
      this.#listeners.committed(commit);
      return true;
    };
    const fail = (error: StatusError): void => {
      if (transaction !== undefined) this.#transactions.end(transaction);
      this.#outbox.end(call, error);
    };
    this.#transactions.submit({ call, transaction, writes: names, run, fail }, now);
  }

  /** Whether anything that an optimistic transaction read is different now. */
  #hasChanged({ lockedNames, lockedQueries }: Transaction, snapshot: Micros, now: Micros): boolean {
    const past = this.#database.pastSince(snapshot, now);
    if (past === undefined) return true;
    return [...past].some(([name, before]) => {
      const change = { name, before, after: this.#database.get(name) };
      if (change.before === change.after) return false;
      return lockedNames.has(name) || lockedQueries.some((query) => affects(change, query));
    });
  }

  #apply(commit: Commit): void {
    this.#database.apply(commit);
    if (commit.changes.length > 0) this.#outbox.commit(commit);
  }

  #bill(applied: readonly Write[]): void {
    const deletes = applied.filter((write) => write.delete != null).length;
    this.#outbox.bill('deletes', deletes);
    this.#outbox.bill('writes', applied.length - deletes);
  }
}

/** An id that follows from the time but is not ordered by it. */
function scatteredId(now: Micros): string {
  return now.toString(36).split('').toReversed().join('').padEnd(20, 'x');
}
