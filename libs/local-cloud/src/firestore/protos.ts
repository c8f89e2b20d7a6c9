import protos from '@google-cloud/firestore-api/protos';
import type { google } from '@google-cloud/firestore-api/protos';

/** The client's own generated codecs of google.firestore.v1. */
export const { v1 } = protos.google.firestore;

export type Value = google.firestore.v1.IValue;
export type Fields = Record<string, Value>;
export type Integer = NonNullable<Value['integerValue']>;
export type TimestampProto = google.protobuf.ITimestamp;
export type StatusProto = google.rpc.IStatus;
export type Write = google.firestore.v1.IWrite;
export type WriteResult = google.firestore.v1.IWriteResult;
export type Precondition = google.firestore.v1.IPrecondition;
export type FieldTransform = google.firestore.v1.DocumentTransform.IFieldTransform;
export type DocumentMask = google.firestore.v1.IDocumentMask;
export type TransactionOptions = google.firestore.v1.ITransactionOptions;
export type StructuredQuery = google.firestore.v1.IStructuredQuery;
export type Aggregation = google.firestore.v1.StructuredAggregationQuery.IAggregation;
export type Filter = google.firestore.v1.StructuredQuery.IFilter;
export type FindNearest = google.firestore.v1.StructuredQuery.IFindNearest;
export type ExplainOptions = google.firestore.v1.IExplainOptions;
export type ExplainMetrics = google.firestore.v1.IExplainMetrics;
export type Cursor = google.firestore.v1.ICursor;
export type Target = google.firestore.v1.ITarget;
export type TargetChange = google.firestore.v1.ITargetChange;

/** The requests of the methods served, by the method's name. */
export interface Requests {
  GetDocument: google.firestore.v1.IGetDocumentRequest;
  ListDocuments: google.firestore.v1.IListDocumentsRequest;
  CreateDocument: google.firestore.v1.ICreateDocumentRequest;
  UpdateDocument: google.firestore.v1.IUpdateDocumentRequest;
  DeleteDocument: google.firestore.v1.IDeleteDocumentRequest;
  BatchGetDocuments: google.firestore.v1.IBatchGetDocumentsRequest;
  BeginTransaction: google.firestore.v1.IBeginTransactionRequest;
  Commit: google.firestore.v1.ICommitRequest;
  Rollback: google.firestore.v1.IRollbackRequest;
  RunQuery: google.firestore.v1.IRunQueryRequest;
  RunAggregationQuery: google.firestore.v1.IRunAggregationQueryRequest;
  ListCollectionIds: google.firestore.v1.IListCollectionIdsRequest;
  BatchWrite: google.firestore.v1.IBatchWriteRequest;
  PartitionQuery: google.firestore.v1.IPartitionQueryRequest;
}
export type ListenRequest = google.firestore.v1.IListenRequest;
export type Method = keyof Requests;
