import { Expiry } from './expiry.ts';
import { IndexDefinitions, type IndexFile } from './indexes/index-file.ts';
import { Listeners } from './listen/listeners.ts';
import { Outbox, type Billed, type Output } from './outbox.ts';
import { v1, type ListenRequest, type Method, type Requests } from './protos.ts';
import { Reader } from './reads/reader.ts';
import { MAX_REQUEST_BYTES } from './limits.ts';
import { invalidArgument, StatusError } from './status.ts';
import { Database } from './storage/database.ts';
import { PRODUCTION_TIMES, Transactions, type TransactionTimes } from './transactions/transactions.ts';
import { Writer } from './writes/writer.ts';
import type { MissingIndex } from './indexes/missing-indexes.ts';
import type { Micros } from './time.ts';

/** A request of one method. */
export type Request = {
  readonly [M in Method]: { readonly method: M; readonly request: Requests[M] };
}[Method];

/** What can happen to the server. `call` names one RPC for as long as it is open. */
export type Input =
  | ({ readonly type: 'request'; readonly call: number; readonly bytes: number } & Request)
  | { readonly type: 'listen'; readonly call: number; readonly request: ListenRequest }
  /** The client cancelled the call or ended its stream. */
  | { readonly type: 'closed'; readonly call: number }
  /** Time went by; due several times a second. */
  | { readonly type: 'tick' };

export interface MachineOptions {
  /** Without definitions every query is answered; those that an automatic index does not serve are noted. */
  readonly indexes: IndexFile | undefined;
  readonly times?: TransactionTimes;
  /** How transactions that do not say it themselves keep apart; pessimistic, production's default, unless given. */
  readonly concurrency?: 'pessimistic' | 'optimistic';
}

/**
 * Firestore without sockets, timers or disks: the same inputs at the same times put out the same outputs.
 * What a step puts out may leave only when the commits before it are durable.
 */
export class FirestoreMachine {
  readonly #outbox = new Outbox();
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #listeners: Listeners;
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #expiry: Expiry;

  constructor(options: MachineOptions, now: bigint) {
    this.#database = new Database(Number(now));
    this.#transactions = new Transactions(options.times ?? PRODUCTION_TIMES);
    const indexes = new IndexDefinitions(options.indexes ?? {});
    const requiresIndexes = options.indexes !== undefined;
    const isOptimistic = options.concurrency === 'optimistic';
    this.#reader = new Reader(
      this.#database,
      this.#transactions,
      this.#outbox,
      indexes,
      requiresIndexes,
      isOptimistic,
    );
    this.#expiry = new Expiry(options.indexes);
    this.#listeners = new Listeners(this.#database, this.#outbox, (query) =>
      this.#reader.requireIndex(query),
    );
    this.#writer = new Writer(this.#database, this.#transactions, this.#listeners, this.#outbox, indexes);
  }

  /** Puts back what a log kept: records as `encodeCommit` and `snapshot` made them. Call it before the first step. */
  restore(snapshot: Uint8Array | undefined, records: Iterable<Uint8Array>): void {
    this.#database.restore(snapshot, records);
  }

  /** The definitions that queries lacked since the start. */
  get missingIndexes(): readonly MissingIndex[] {
    return this.#reader.missingIndexes.list();
  }

  /** The whole durable state. */
  snapshot(): Uint8Array {
    return this.#database.snapshot();
  }

  /** `now` in epoch microseconds, later at every step. */
  step(input: Input, now: bigint): { outputs: readonly Output[]; billed: Readonly<Billed> } {
    const at = Number(now);
    switch (input.type) {
      case 'request':
        this.#request(input, at);
        break;
      case 'listen':
        this.#listeners.receive(input.call, input.request, at);
        break;
      case 'closed':
        this.#listeners.close(input.call);
        this.#transactions.cancel(input.call, at);
        break;
      case 'tick':
        this.#transactions.tick(at);
        this.#expire(at);
        this.#listeners.tick(at);
        break;
    }
    return this.#outbox.take();
  }

  #expire(now: Micros): void {
    const due = this.#expiry.due(this.#database.store, now);
    if (due.length > 0) this.#writer.expire(due, now);
  }

  #request(input: Extract<Input, { type: 'request' }>, now: Micros): void {
    try {
      if (input.bytes > MAX_REQUEST_BYTES) {
        throw invalidArgument(`Request payload size exceeds the limit: ${MAX_REQUEST_BYTES} bytes.`);
      }
      this.#dispatch(input.call, input, now);
    } catch (error) {
      this.#outbox.end(input.call, StatusError.of(error));
    }
  }

  #dispatch(call: number, input: Request, now: Micros): void {
    switch (input.method) {
      case 'Commit':
        return this.#writer.commit(call, input.request, now);
      case 'BatchWrite':
        return this.#writer.batchWrite(call, input.request, now);
      case 'CreateDocument':
        return this.#writer.createDocument(call, input.request, now);
      case 'UpdateDocument':
        return this.#writer.updateDocument(call, input.request, now);
      case 'DeleteDocument':
        return this.#writer.deleteDocument(call, input.request, now);
      case 'GetDocument':
        return this.#reader.getDocument(call, input.request, now);
      case 'BatchGetDocuments':
        return this.#reader.batchGetDocuments(call, input.request, now);
      case 'RunQuery':
        return this.#reader.runQuery(call, input.request, now);
      case 'RunAggregationQuery':
        return this.#reader.runAggregationQuery(call, input.request, now);
      case 'ListDocuments':
        return this.#reader.listDocuments(call, input.request, now);
      case 'ListCollectionIds':
        return this.#reader.listCollectionIds(call, input.request);
      case 'PartitionQuery':
        return this.#reader.partitionQuery(call, input.request, now);
      case 'BeginTransaction': {
        const { id } = this.#reader.begin(input.request.options, now);
        this.#outbox.send(call, v1.BeginTransactionResponse.encode({ transaction: id }).finish());
        return this.#outbox.end(call);
      }
      case 'Rollback':
        this.#transactions.rollback(input.request.transaction ?? '', now);
        this.#outbox.send(call, new Uint8Array());
        return this.#outbox.end(call);
    }
  }
}
