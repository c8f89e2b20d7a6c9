import { toTimestamp, type Micros } from '../time.ts';
import { getField, withField, type FieldPath } from '../values/field-path.ts';
import { withEmbedded } from '../wire.ts';
import { v1, type ExplainMetrics, type Fields } from '../protos.ts';
import type { StoredDocument } from '../storage/stored-document.ts';

/** The encoded document with all its fields, or with those of `select`. */
export function documentBytes(
  document: StoredDocument,
  select: readonly FieldPath[] | undefined,
): Uint8Array {
  if (select === undefined) return document.bytes;
  let fields: Fields = {};
  for (const path of select) {
    const value = path.isName ? undefined : getField(document.fields, path);
    if (value !== undefined) fields = withField(fields, path, value);
  }
  const { name, createTime, updateTime } = document;
  return v1.Document.encode({
    name,
    fields,
    createTime: toTimestamp(createTime),
    updateTime: toTimestamp(updateTime),
  }).finish();
}

/** A BatchGetDocumentsResponse. */
export function batchGetResponse(
  name: string,
  document: Uint8Array | undefined,
  readTime: Micros,
  transaction: Uint8Array | undefined,
): Uint8Array {
  const rest = { readTime: toTimestamp(readTime), ...(transaction && { transaction }) };
  if (document === undefined) return v1.BatchGetDocumentsResponse.encode({ missing: name, ...rest }).finish();
  return withEmbedded(1, document, v1.BatchGetDocumentsResponse.encode(rest).finish());
}

/** A RunQueryResponse, with or without a document. */
export function queryResponse(
  document: Uint8Array | undefined,
  readTime: Micros,
  skippedResults: number,
  transaction: Uint8Array | undefined,
  explainMetrics?: ExplainMetrics,
): Uint8Array {
  const rest = v1.RunQueryResponse.encode({
    readTime: toTimestamp(readTime),
    ...(skippedResults > 0 && { skippedResults }),
    ...(transaction && { transaction }),
    ...(explainMetrics && { explainMetrics }),
  }).finish();
  return document === undefined ? rest : withEmbedded(1, document, rest);
}
