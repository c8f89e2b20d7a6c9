import protos from '@google-cloud/bigquery-storage/build/protos/protos.js';
import type { google } from '@google-cloud/bigquery-storage/build/protos/protos.js';

import type { Column, ColumnType } from '../catalogue/column.ts';
import type { WriterField } from './row-decoder.ts';
import type { Refusal, WriteStream } from './write-stream.ts';

// The generated messages alone: the package's index would load its clients and google-gax.
export const storage = protos.google.cloud.bigquery.storage.v1;
const { DescriptorProto } = protos.google.protobuf;
const repeated: number = protos.google.protobuf.FieldDescriptorProto.Label.LABEL_REPEATED;

export type AppendRowsResponse = google.cloud.bigquery.storage.v1.IAppendRowsResponse;

/** The fields of an encoded DescriptorProto. */
export function readDescriptor(bytes: Buffer): WriterField[] {
  return DescriptorProto.decode(bytes).field.map(({ name, number, type, label }) => ({
    name: name ?? '',
    number: number ?? 0,
    type: Number(type),
    isRepeated: Number(label) === repeated,
  }));
}

/** A refused append, as production answers it: a status in the response, the stream stays open. */
export function refusedAppend(stream: string, { code, storageError, message }: Refusal): AppendRowsResponse {
  return { writeStream: stream, error: { code, message, details: detailsOf(stream, storageError, message) } };
}

function detailsOf(entity: string, storageError: Refusal['storageError'], errorMessage: string) {
  if (storageError === undefined) return [];
  const code = storage.StorageError.StorageErrorCode[storageError];
  const value = storage.StorageError.encode({ code, entity, errorMessage }).finish();
  return [{ type_url: 'type.googleapis.com/google.cloud.bigquery.storage.v1.StorageError', value }];
}

const fieldTypes: Readonly<Record<ColumnType, keyof typeof storage.TableFieldSchema.Type>> = {
  STRING: 'STRING',
  BYTES: 'BYTES',
  INT64: 'INT64',
  FLOAT64: 'DOUBLE',
  NUMERIC: 'NUMERIC',
  BOOL: 'BOOL',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
  JSON: 'JSON',
};

/** The stream as CreateWriteStream and GetWriteStream answer it. */
export function toWriteStream(
  { name, createdMicros }: Pick<WriteStream, 'name' | 'createdMicros'>,
  columns: readonly Column[],
  location: string,
): google.cloud.bigquery.storage.v1.IWriteStream {
  return {
    name,
    type: storage.WriteStream.Type.COMMITTED,
    createTime: {
      seconds: Number(createdMicros / 1_000_000n),
      nanos: Number(createdMicros % 1_000_000n) * 1000,
    },
    tableSchema: {
      fields: columns.map((column) => ({
        name: column.name,
        type: storage.TableFieldSchema.Type[fieldTypes[column.type]],
        mode: storage.TableFieldSchema.Mode[column.mode],
      })),
    },
    writeMode: storage.WriteStream.WriteMode.INSERT,
    location,
  };
}
