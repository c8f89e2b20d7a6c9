import { MissingIndexes } from '../indexes/missing-indexes.ts';
import { missingIndex } from '../indexes/required-index.ts';
import { aggregate, aggregatedFields } from '../queries/aggregate.ts';
import { parseQuery, type Query } from '../queries/query.ts';
import { runQuery } from '../queries/run-query.ts';
import { checkDocumentName } from '../resource-name.ts';
import { Code, failedPrecondition, invalidArgument, StatusError } from '../status.ts';
import { fromTimestamp, toTimestamp, type Micros } from '../time.ts';
import { parseFieldPath } from '../values/field-path.ts';
import {
  v1,
  type DocumentMask,
  type Requests,
  type TimestampProto,
  type TransactionOptions,
} from '../protos.ts';
import { explainMetrics } from './explain.ts';
import { listCollectionIds, listDocuments } from './list-documents.ts';
import { checkPartitionable, partitions } from './partition-query.ts';
import { batchGetResponse, documentBytes, queryResponse } from './responses.ts';
import type { IndexDefinitions } from '../indexes/index-file.ts';
import type { Outbox } from '../outbox.ts';
import type { Database } from '../storage/database.ts';
import type { Past } from '../storage/history.ts';
import type { Transaction } from '../transactions/transaction.ts';
import type { Transactions } from '../transactions/transactions.ts';

/** How a request says which state it reads. */
interface Consistency {
  readonly transaction?: Uint8Array | string | null;
  readonly newTransaction?: TransactionOptions | null;
  readonly readTime?: TimestampProto | null;
}

/** The state that a read sees. */
interface View {
  readonly readTime: Micros;
  readonly past: Past | undefined;
  /** The id to hand out when the read began the transaction. */
  readonly begun: Uint8Array | undefined;
}

type ConcurrencyMode = NonNullable<TransactionOptions['readWrite']>['concurrencyMode'];

/** What a read locks when it belongs to a read-write transaction. */
type Locked = { readonly names: readonly string[] } | { readonly query: Query };

const NO_EFFORT = { results: 0, scanned: 0, reads: 0 };

/** Serves the reading methods, in transactions and without. */
export class Reader {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #outbox: Outbox;
  readonly #indexes: IndexDefinitions;
  readonly #requiresIndexes: boolean;
  readonly #isOptimistic: boolean;
  /** What the queries refused so far lacked. */
  readonly missingIndexes = new MissingIndexes();

  constructor(
    database: Database,
    transactions: Transactions,
    outbox: Outbox,
    indexes: IndexDefinitions,
    requiresIndexes: boolean,
    isOptimistic: boolean,
  ) {
    this.#database = database;
    this.#transactions = transactions;
    this.#outbox = outbox;
    this.#indexes = indexes;
    this.#requiresIndexes = requiresIndexes;
    this.#isOptimistic = isOptimistic;
  }

  getDocument(call: number, request: Requests['GetDocument'], now: Micros): void {
    const name = request.name ?? '';
    checkDocumentName(name);
    const select = maskOf(request.mask);
    this.#read(call, request, { names: [name] }, now, ({ past }) => {
      this.#outbox.bill('reads', 1);
      const document = this.#database.get(name, past);
      if (document === undefined) throw new StatusError(Code.NOT_FOUND, `Document "${name}" not found.`);
      this.#outbox.send(call, documentBytes(document, select));
    });
  }

  batchGetDocuments(call: number, request: Requests['BatchGetDocuments'], now: Micros): void {
    const names = [...new Set(request.documents)];
    for (const name of names) checkDocumentName(name);
    const select = maskOf(request.mask);
    this.#read(call, request, { names }, now, ({ past, readTime, begun }) => {
      this.#outbox.bill('reads', names.length);
      names.forEach((name, i) => {
        const document = this.#database.get(name, past);
        const bytes = document && documentBytes(document, select);
        this.#outbox.send(call, batchGetResponse(name, bytes, readTime, i === 0 ? begun : undefined));
      });
      if (names.length === 0 && begun !== undefined) {
        this.#outbox.send(call, v1.BatchGetDocumentsResponse.encode({ transaction: begun }).finish());
      }
    });
  }

  runQuery(call: number, request: Requests['RunQuery'], now: Micros): void {
    const { explainOptions } = request;
    const query = parseQuery(request.parent ?? '', request.structuredQuery ?? {});
    this.requireIndex(query);
    if (explainOptions != null && explainOptions.analyze !== true) {
      const explained = explainMetrics(explainOptions, query, NO_EFFORT);
      this.#outbox.send(call, v1.RunQueryResponse.encode({ explainMetrics: explained ?? null }).finish());
      return this.#outbox.end(call);
    }
    this.#read(call, request, { query }, now, ({ past, readTime, begun }) => {
      const { documents, skipped, scanned } = runQuery(query, this.#database.store, past);
      const reads = Math.max(1, documents.length + skipped);
      this.#outbox.bill('reads', reads);
      const metrics = explainMetrics(explainOptions, query, { results: documents.length, scanned, reads });
      documents.forEach((document, i) => {
        const isFirst = i === 0;
        const isLast = i === documents.length - 1;
        const bytes = documentBytes(document, query.select);
        this.#outbox.send(
          call,
          queryResponse(
            bytes,
            readTime,
            isFirst ? skipped : 0,
            isFirst ? begun : undefined,
            isLast ? metrics : undefined,
          ),
        );
      });
      if (documents.length === 0) {
        this.#outbox.send(call, queryResponse(undefined, readTime, skipped, begun, metrics));
      }
    });
  }

  runAggregationQuery(call: number, request: Requests['RunAggregationQuery'], now: Micros): void {
    const { explainOptions } = request;
    const { structuredQuery, aggregations } = request.structuredAggregationQuery ?? {};
    if (structuredQuery == null || aggregations == null || aggregations.length === 0) {
      throw invalidArgument('An aggregation query needs a query and aggregations.');
    }
    const aggregated = aggregatedFields(aggregations);
    const query = parseQuery(request.parent ?? '', structuredQuery, aggregated);
    this.requireIndex(query, aggregated);
    if (explainOptions != null && explainOptions.analyze !== true) {
      const explained = explainMetrics(explainOptions, query, NO_EFFORT);
      const response = v1.RunAggregationQueryResponse.encode({ explainMetrics: explained ?? null });
      this.#outbox.send(call, response.finish());
      return this.#outbox.end(call);
    }
    this.#read(call, request, { query }, now, ({ past, readTime, begun }) => {
      const { documents, scanned } = runQuery(query, this.#database.store, past);
      const reads = Math.max(1, Math.ceil(documents.length / 1000));
      this.#outbox.bill('reads', reads);
      const metrics = explainMetrics(explainOptions, query, { results: 1, scanned, reads });
      const response = v1.RunAggregationQueryResponse.encode({
        result: { aggregateFields: aggregate(documents, aggregations) },
        readTime: toTimestamp(readTime),
        ...(begun && { transaction: begun }),
        ...(metrics && { explainMetrics: metrics }),
      });
      this.#outbox.send(call, response.finish());
    });
  }

  partitionQuery(call: number, request: Requests['PartitionQuery'], now: Micros): void {
    const query = parseQuery(request.parent ?? '', request.structuredQuery ?? {});
    checkPartitionable(query, request);
    this.#read(call, request, { names: [] }, now, ({ past }) => {
      const { documents } = runQuery(query, this.#database.store, past);
      this.#outbox.bill('reads', 1);
      this.#outbox.send(call, partitions(documents, request));
    });
  }

  listDocuments(call: number, request: Requests['ListDocuments'], now: Micros): void {
    const select = maskOf(request.mask);
    const names = { names: [] };
    this.#read(call, request, names, now, ({ past }) => {
      const { listed, nextPageToken } = listDocuments(request, this.#database, past);
      this.#outbox.bill('reads', Math.max(1, listed.length));
      const documents = listed.map(({ name, document }) =>
        document === undefined ? { name } : v1.Document.decode(documentBytes(document, select)),
      );
      this.#outbox.send(call, v1.ListDocumentsResponse.encode({ documents, nextPageToken }).finish());
    });
  }

  listCollectionIds(call: number, request: Requests['ListCollectionIds']): void {
    const { ids, nextPageToken } = listCollectionIds(request, this.#database);
    this.#outbox.bill('reads', 1);
    const response = v1.ListCollectionIdsResponse.encode({ collectionIds: ids, nextPageToken });
    this.#outbox.send(call, response.finish());
    this.#outbox.end(call);
  }

  /** Opens a transaction as the options ask. Read-only ones see the state at their read time from then on. */
  begin(options: TransactionOptions | null | undefined, now: Micros): Transaction {
    const { readOnly, readWrite } = options ?? {};
    if (readOnly == null) {
      const isOptimistic = concurrencyOf(readWrite?.concurrencyMode) ?? this.#isOptimistic;
      const times = isOptimistic ? { snapshot: this.#database.readTime(now) } : {};
      return this.#transactions.begin(options, now, times);
    }
    const readTime =
      readOnly.readTime == null ? this.#database.readTime(now) : fromTimestamp(readOnly.readTime);
    return this.#transactions.begin(options, now, { readTime });
  }

  /** Notes a query without its index, and throws FAILED_PRECONDITION for it when indexes are enforced. */
  requireIndex(query: Query, aggregated: readonly string[] = []): void {
    const missing = missingIndex(query, aggregated, this.#indexes);
    if (missing === undefined) return;
    this.missingIndexes.add(missing);
    if (!this.#requiresIndexes) return;
    throw failedPrecondition(`The query requires an index. ${JSON.stringify(missing)}`);
  }

  /** Answers a read from the state it asks for; in a read-write transaction, under locks. */
  #read(call: number, request: Consistency, locked: Locked, now: Micros, answer: (view: View) => void): void {
    const { transaction, isNew } = this.#transactionOf(request, now);
    const begun = isNew ? transaction?.id : undefined;
    if (transaction === undefined || transaction.readTime !== undefined) {
      const time =
        transaction?.readTime ?? (request.readTime == null ? undefined : fromTimestamp(request.readTime));
      const past = time === undefined ? undefined : this.#database.pastAt(time, now);
      answer({ readTime: time ?? this.#database.readTime(now), past, begun });
      this.#outbox.end(call);
      return;
    }
    if (transaction.snapshot !== undefined) {
      const past = this.#database.pastAt(transaction.snapshot, now);
      if ('names' in locked) for (const name of locked.names) transaction.lockedNames.add(name);
      else transaction.lockedQueries.push(locked.query);
      answer({ readTime: transaction.snapshot, past, begun });
      this.#outbox.end(call);
      return;
    }
    const lockRequest = {
      call,
      transaction,
      writes: undefined,
      run: (at: Micros): boolean => {
        if ('names' in locked) {
          if (this.#transactions.mustQueue(lockRequest, locked.names)) return false;
          for (const name of locked.names) this.#transactions.locks.lockName(transaction, name);
        } else {
          this.#transactions.locks.lockQuery(transaction, locked.query);
        }
        transaction.lastUsedAt = at;
        answer({ readTime: this.#database.readTime(at), past: undefined, begun });
        this.#outbox.end(call);
        return true;
      },
      fail: (error: StatusError): void => {
        if (isNew) this.#transactions.end(transaction);
        this.#outbox.end(call, error);
      },
    };
    this.#transactions.submit(lockRequest, now);
  }

  #transactionOf(
    request: Consistency,
    now: Micros,
  ): { transaction: Transaction | undefined; isNew: boolean } {
    if (request.transaction != null && request.transaction.length > 0) {
      return { transaction: this.#transactions.use(request.transaction, now), isNew: false };
    }
    const options = request.newTransaction;
    return { transaction: options == null ? undefined : this.begin(options, now), isNew: options != null };
  }
}

/** Whether a mode is the optimistic one; undefined for the database's own. */
function concurrencyOf(mode: ConcurrencyMode): boolean | undefined {
  const { OPTIMISTIC, PESSIMISTIC } = v1.TransactionOptions.ConcurrencyMode;
  if (mode === OPTIMISTIC || mode === 'OPTIMISTIC') return true;
  return mode === PESSIMISTIC || mode === 'PESSIMISTIC' ? false : undefined;
}

function maskOf(mask: DocumentMask | null | undefined): ReturnType<typeof parseFieldPath>[] | undefined {
  return mask == null ? undefined : (mask.fieldPaths ?? []).map(parseFieldPath);
}
