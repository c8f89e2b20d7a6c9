import { requireIndex } from '../indexes/required-index.ts';
import { aggregate, aggregatedFields } from '../queries/aggregate.ts';
import { parseQuery, type Query } from '../queries/query.ts';
import { runQuery } from '../queries/run-query.ts';
import { checkDocumentName } from '../resource-name.ts';
import { Code, invalidArgument, StatusError } from '../status.ts';
import { fromTimestamp, toTimestamp, type Micros } from '../time.ts';
import { parseFieldPath } from '../values/field-path.ts';
import {
  v1,
  type DocumentMask,
  type Requests,
  type TimestampProto,
  type TransactionOptions,
} from '../protos.ts';
import { listCollectionIds, listDocuments } from './list-documents.ts';
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

/** What a read locks when it belongs to a read-write transaction. */
type Locked = { readonly names: readonly string[] } | { readonly query: Query };

/** Serves the reading methods, in transactions and without. */
export class Reader {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #outbox: Outbox;
  readonly #indexes: IndexDefinitions | undefined;

  constructor(
    database: Database,
    transactions: Transactions,
    outbox: Outbox,
    indexes: IndexDefinitions | undefined,
  ) {
    this.#database = database;
    this.#transactions = transactions;
    this.#outbox = outbox;
    this.#indexes = indexes;
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
    if (request.explainOptions != null) throw new StatusError(Code.UNIMPLEMENTED, 'Explain is not served.');
    const query = parseQuery(request.parent ?? '', request.structuredQuery ?? {});
    this.requireIndex(query);
    this.#read(call, request, { query }, now, ({ past, readTime, begun }) => {
      const { documents, skipped } = runQuery(query, this.#database.store, past);
      this.#outbox.bill('reads', Math.max(1, documents.length + skipped));
      documents.forEach((document, i) => {
        const isFirst = i === 0;
        const bytes = documentBytes(document, query.select);
        this.#outbox.send(
          call,
          queryResponse(bytes, readTime, isFirst ? skipped : 0, isFirst ? begun : undefined),
        );
      });
      if (documents.length === 0) this.#outbox.send(call, queryResponse(undefined, readTime, skipped, begun));
    });
  }

  runAggregationQuery(call: number, request: Requests['RunAggregationQuery'], now: Micros): void {
    if (request.explainOptions != null) throw new StatusError(Code.UNIMPLEMENTED, 'Explain is not served.');
    const { structuredQuery, aggregations } = request.structuredAggregationQuery ?? {};
    if (structuredQuery == null || aggregations == null || aggregations.length === 0) {
      throw invalidArgument('An aggregation query needs a query and aggregations.');
    }
    const query = parseQuery(request.parent ?? '', structuredQuery);
    this.requireIndex(query, aggregatedFields(aggregations));
    this.#read(call, request, { query }, now, ({ past, readTime, begun }) => {
      const { documents } = runQuery(query, this.#database.store, past);
      this.#outbox.bill('reads', Math.max(1, Math.ceil(documents.length / 1000)));
      const response = v1.RunAggregationQueryResponse.encode({
        result: { aggregateFields: aggregate(documents, aggregations) },
        readTime: toTimestamp(readTime),
        ...(begun && { transaction: begun }),
      });
      this.#outbox.send(call, response.finish());
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
    const { readOnly } = options ?? {};
    if (readOnly == null) return this.#transactions.begin(options, now, undefined);
    const readTime =
      readOnly.readTime == null ? this.#database.readTime(now) : fromTimestamp(readOnly.readTime);
    return this.#transactions.begin(options, now, readTime);
  }

  /** Throws FAILED_PRECONDITION for a query without its index, when indexes are enforced. */
  requireIndex(query: Query, aggregated: readonly string[] = []): void {
    if (this.#indexes !== undefined) requireIndex(query, aggregated, this.#indexes);
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

function maskOf(mask: DocumentMask | null | undefined): ReturnType<typeof parseFieldPath>[] | undefined {
  return mask == null ? undefined : (mask.fieldPaths ?? []).map(parseFieldPath);
}
