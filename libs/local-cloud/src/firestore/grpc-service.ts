import { v1, type ListenRequest, type Method } from './protos.ts';
import type { Request } from './machine.ts';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';

/** A decoded request and its length on the wire. */
export interface Received<T> {
  readonly message: T;
  readonly bytes: number;
}

/** Decodes the request of each method served. */
const DECODERS: { readonly [M in Method]: (buffer: Buffer) => Request } = {
  GetDocument: (buffer) => ({ method: 'GetDocument', request: v1.GetDocumentRequest.decode(buffer) }),
  ListDocuments: (buffer) => ({ method: 'ListDocuments', request: v1.ListDocumentsRequest.decode(buffer) }),
  CreateDocument: (buffer) => ({
    method: 'CreateDocument',
    request: v1.CreateDocumentRequest.decode(buffer),
  }),
  UpdateDocument: (buffer) => ({
    method: 'UpdateDocument',
    request: v1.UpdateDocumentRequest.decode(buffer),
  }),
  DeleteDocument: (buffer) => ({
    method: 'DeleteDocument',
    request: v1.DeleteDocumentRequest.decode(buffer),
  }),
  BatchGetDocuments: (buffer) => ({
    method: 'BatchGetDocuments',
    request: v1.BatchGetDocumentsRequest.decode(buffer),
  }),
  BeginTransaction: (buffer) => ({
    method: 'BeginTransaction',
    request: v1.BeginTransactionRequest.decode(buffer),
  }),
  Commit: (buffer) => ({ method: 'Commit', request: v1.CommitRequest.decode(buffer) }),
  Rollback: (buffer) => ({ method: 'Rollback', request: v1.RollbackRequest.decode(buffer) }),
  RunQuery: (buffer) => ({ method: 'RunQuery', request: v1.RunQueryRequest.decode(buffer) }),
  RunAggregationQuery: (buffer) => ({
    method: 'RunAggregationQuery',
    request: v1.RunAggregationQueryRequest.decode(buffer),
  }),
  ListCollectionIds: (buffer) => ({
    method: 'ListCollectionIds',
    request: v1.ListCollectionIdsRequest.decode(buffer),
  }),
  BatchWrite: (buffer) => ({ method: 'BatchWrite', request: v1.BatchWriteRequest.decode(buffer) }),
  PartitionQuery: (buffer) => ({
    method: 'PartitionQuery',
    request: v1.PartitionQueryRequest.decode(buffer),
  }),
};

const STREAMED: ReadonlySet<string> = new Set<Method>([
  'BatchGetDocuments',
  'RunQuery',
  'RunAggregationQuery',
]);

export const METHODS: readonly string[] = Object.keys(DECODERS);

/** Whether a method answers with a stream of messages. */
export const isStreamed = (method: string): boolean => STREAMED.has(method);

export const decodeRequest = (method: Method, wire: Uint8Array): Request =>
  DECODERS[method](Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength));

/** The request of a method on the wire, from a plain object. Throws for fields of a wrong kind. */
export function encodeRequest(method: Method, object: Readonly<Record<string, unknown>>): Uint8Array {
  const codec = v1[`${method}Request`];
  return codec.encode(codec.fromObject(object)).finish();
}

/** A response of a method as a plain object with enums, integers and bytes as texts. */
export const responseObject = (method: Method, bytes: Uint8Array): object => RESPONSES[method](bytes);

const RESPONSES: { readonly [M in Method]: (bytes: Uint8Array) => object } = {
  GetDocument: plain(v1.Document),
  ListDocuments: plain(v1.ListDocumentsResponse),
  CreateDocument: plain(v1.Document),
  UpdateDocument: plain(v1.Document),
  DeleteDocument: () => ({}),
  BatchGetDocuments: plain(v1.BatchGetDocumentsResponse),
  BeginTransaction: plain(v1.BeginTransactionResponse),
  Commit: plain(v1.CommitResponse),
  Rollback: () => ({}),
  RunQuery: plain(v1.RunQueryResponse),
  RunAggregationQuery: plain(v1.RunAggregationQueryResponse),
  ListCollectionIds: plain(v1.ListCollectionIdsResponse),
  BatchWrite: plain(v1.BatchWriteResponse),
  PartitionQuery: plain(v1.PartitionQueryResponse),
};

/** google.firestore.v1.Firestore for grpc-js. Responses are handed over encoded. */
export const firestoreService: ServiceDefinition = {
  ...Object.fromEntries(
    Object.entries(DECODERS).map(([method, decode]) => [
      method,
      define(method, decode, false, isStreamed(method)),
    ]),
  ),
  Listen: define('Listen', (buffer): ListenRequest => v1.ListenRequest.decode(buffer), true, true),
};

function plain<T>(codec: {
  decode(bytes: Uint8Array): T;
  toObject(message: T, options: object): object;
}): (bytes: Uint8Array) => object {
  const options = { enums: String, longs: String, bytes: String };
  return (bytes) => codec.toObject(codec.decode(bytes), options);
}

function define<T>(
  method: string,
  decode: (buffer: Buffer) => T,
  requestStream: boolean,
  responseStream: boolean,
): MethodDefinition<Received<T>, Uint8Array> {
  return {
    path: `/google.firestore.v1.Firestore/${method}`,
    requestStream,
    responseStream,
    requestDeserialize: (buffer) => ({ message: decode(buffer), bytes: buffer.length }),
    responseSerialize: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    requestSerialize: onServerOnly,
    responseDeserialize: onServerOnly,
  };
}

function onServerOnly(): never {
  throw new Error('This service definition serves; it does not call.');
}
