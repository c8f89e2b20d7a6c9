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
  return fieldsOf(DescriptorProto.decode(bytes));
}

function fieldsOf({ field, nestedType }: google.protobuf.IDescriptorProto): WriterField[] {
  return (field ?? []).map(({ name, number, type, label, typeName }) => {
    const nested = (nestedType ?? []).find((message) => message.name === typeName?.split('.').at(-1));
    return {
      name: name ?? '',
      number: number ?? 0,
      type: Number(type),
      isRepeated: Number(label) === repeated,
      ...(nested !== undefined && { fields: fieldsOf(nested) }),
    };
  });
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
  BIGNUMERIC: 'BIGNUMERIC',
  BOOL: 'BOOL',
  TIMESTAMP: 'TIMESTAMP',
  DATE: 'DATE',
  DATETIME: 'DATETIME',
  TIME: 'TIME',
  JSON: 'JSON',
  GEOGRAPHY: 'GEOGRAPHY',
  STRUCT: 'STRUCT',
  RANGE: 'RANGE',
};

/** The stream as CreateWriteStream and GetWriteStream answer it. */
export function toWriteStream(
  stream: Pick<WriteStream, 'name' | 'type' | 'createdMicros' | 'committedMicros'>,
  columns: readonly Column[],
  location: string,
): google.cloud.bigquery.storage.v1.IWriteStream {
  const { name, type, createdMicros, committedMicros } = stream;
  return {
    name,
    type: storage.WriteStream.Type[type],
    createTime: toTimestamp(createdMicros),
    ...(committedMicros !== undefined && { commitTime: toTimestamp(committedMicros) }),
    tableSchema: {
      fields: columns.map(toField),
    },
    writeMode: storage.WriteStream.WriteMode.INSERT,
    location,
  };
}

export const toTimestamp = (micros: bigint): google.protobuf.ITimestamp => ({
  seconds: Number(micros / 1_000_000n),
  nanos: Number(micros % 1_000_000n) * 1000,
});

const toField = ({
  name,
  type,
  mode,
  fields = [],
}: Column): google.cloud.bigquery.storage.v1.ITableFieldSchema => ({
  name,
  type: storage.TableFieldSchema.Type[fieldTypes[type]],
  mode: storage.TableFieldSchema.Mode[mode],
  ...(type === 'RANGE'
    ? { rangeElementType: { type: storage.TableFieldSchema.Type[fieldTypes[fields[0]?.type ?? 'DATE']] } }
    : { fields: fields.map(toField) }),
});
