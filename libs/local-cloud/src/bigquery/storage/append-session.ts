import type { Table, TableReference } from '../catalogue/table.ts';
import { BigQueryError } from '../errors.ts';
import { appendToStage } from '../store/staged-rows.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { AppendRequest } from './append-request.ts';
import { RowDecoder, SchemaMismatch } from './row-decoder.ts';
import { readDescriptor, refusedAppend } from './wire-messages.ts';
import type { AppendRowsResponse } from './wire-messages.ts';
import { placeAppend, refusals } from './write-stream.ts';
import type { WriteStream } from './write-stream.ts';

/** An error that ends an AppendRows stream, or is the whole answer of another call. */
export class RpcError extends Error {
  /** grpc-js status. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const invalidArgument = 3;
const notFound = 5;
const unimplemented = 12;

/** One AppendRows connection: remembers the stream and the writer's schema between requests. */
export class AppendSession {
  readonly #store: Store;
  #streamName = '';
  #descriptor: Buffer = Buffer.alloc(0);
  #decoder: { readonly table: Table; readonly descriptor: Buffer; readonly rows: RowDecoder } | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Appends the rows and moves the stream's offset in one transaction. Resolves when both are durable, or with the
   * refusal; rejects with an RpcError where the connection cannot go on.
   */
  append(
    request: AppendRequest,
  ): Promise<{ readonly response: AppendRowsResponse; readonly rowCount: number }> {
    if (request.writeStream !== '') this.#streamName = request.writeStream;
    if (request.descriptor.length > 0 && !request.descriptor.equals(this.#descriptor)) {
      this.#descriptor = request.descriptor;
    }
    const [name, descriptor] = [this.#streamName, this.#descriptor];
    return this.#store.writes.submit((transaction) => this.#write(name, descriptor, request, transaction));
  }

  async #write(
    name: string,
    descriptor: Buffer,
    request: AppendRequest,
    transaction: Transaction,
  ): Promise<{ response: AppendRowsResponse; rowCount: number }> {
    if (request.hasArrowRows)
      throw new RpcError(unimplemented, 'Arrow rows are not supported by the local BigQuery');
    const { table, stream } = findStream(this.#store, name, transaction);
    found(() => this.#store.streamingTarget(table.reference), name);
    if (stream === undefined && request.offset !== undefined) {
      const message = `Offset must not be set on the default stream. Entity: ${name}`;
      return { response: refusedAppend(name, { ...refusals.invalid, message }), rowCount: 0 };
    }
    const place = stream === undefined ? { offset: 0n } : placeAppend(stream, request.offset);
    if ('refusal' in place) return { response: refusedAppend(name, place.refusal), rowCount: 0 };

    const decoder = this.#decoderFor(table, descriptor);
    if (decoder instanceof SchemaMismatch) {
      const kind = decoder.hasExtraFields ? refusals.extraFields : refusals.invalid;
      const message = `${decoder.message} Entity: ${name}`;
      return { response: refusedAppend(name, { ...kind, message }), rowCount: 0 };
    }
    const decoded = decoder.decode(request.rows);
    if (!decoded.isOk) {
      const message = `Errors found while processing rows. Please refer to the row_errors field for details. Entity: ${name}`;
      const response = refusedAppend(name, { ...refusals.invalid, message });
      return {
        response: { ...response, rowErrors: decoded.errors.map((error) => ({ ...error, code: 1 })) },
        rowCount: 0,
      };
    }
    const { batch } = decoded;
    if (stream?.stageId !== undefined) {
      await appendToStage(transaction, table, stream.stageId, batch, place.offset);
    } else if (batch.rowCount > 0) {
      await transaction.append(table, batch);
    }
    if (stream === undefined)
      return { response: { writeStream: name, appendResult: {} }, rowCount: batch.rowCount };
    const end = place.offset + BigInt(batch.rowCount);
    this.#store.changeStream({ ...stream, nextOffset: end }, transaction);
    const appendResult = { offset: { value: String(place.offset) } };
    return { response: { writeStream: name, appendResult }, rowCount: batch.rowCount };
  }

  #decoderFor(table: Table, descriptor: Buffer): RowDecoder | SchemaMismatch {
    if (this.#decoder?.table === table && this.#decoder.descriptor === descriptor) return this.#decoder.rows;
    if (descriptor.length === 0)
      throw new RpcError(invalidArgument, 'The first request must carry the writer schema');
    try {
      const rows = new RowDecoder(readDescriptor(descriptor), table.columns);
      this.#decoder = { table, descriptor, rows };
      return rows;
    } catch (error) {
      if (error instanceof SchemaMismatch) return error;
      throw error;
    }
  }
}

/** The table of a stream, and the stream itself unless it is the table's default stream. */
export function findStream(
  store: Store,
  name: string,
  transaction?: Transaction,
): { table: Table; stream: WriteStream | undefined } {
  const match = /^(projects\/[^/]+\/datasets\/[^/]+\/tables\/[^/]+)\/(?:streams\/)?([^/]+)$/.exec(name);
  if (match === null) throw new RpcError(invalidArgument, `Invalid stream name: ${name}`);
  const [, tablePath = '', id] = match;
  const table = findTable(store, tablePath);
  if (id === '_default') return { table, stream: undefined };
  const stream = transaction === undefined ? store.streams.get(name) : store.stream(name, transaction);
  if (stream === undefined || stream.rowsId !== table.rowsId) {
    throw new RpcError(notFound, `Requested entity was not found. Entity: ${name}`);
  }
  return { table, stream };
}

/** `projects/{p}/datasets/{d}/tables/{t}`. */
export function findTable(store: Store, path: string): Table {
  const match = /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(path);
  if (match === null) throw new RpcError(invalidArgument, `Invalid table name: ${path}`);
  const [, project = '', dataset = '', table = ''] = match;
  const reference: TableReference = { project, dataset, table };
  return found(() => store.catalogue.table(reference), path);
}

function found(find: () => Table, entity: string): Table {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof BigQueryError)) throw error;
    throw new RpcError(notFound, `${error.message} Entity: ${entity}`);
  }
}
