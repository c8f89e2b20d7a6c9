import type { TableField } from '@google-cloud/bigquery';
import type { protos } from '@google-cloud/bigquery-storage';

/** A column of a table, and the proto field that carries it to the Storage Write API. */
export interface Column {
  readonly name: string;
  readonly type: 'STRING' | 'INT64' | 'NUMERIC' | 'TIMESTAMP' | 'JSON';
  readonly isOptional?: true;
  readonly description?: string;
}

/** The number of a column's proto field: its place in the table, from 1. */
export function fieldNumber(columns: readonly Column[], name: string): number {
  const index = columns.findIndex((column) => column.name === name);
  if (index < 0) throw new Error(`no column ${name}`);
  return index + 1;
}

export function tableFields(columns: readonly Column[]): TableField[] {
  return columns.map(({ name, type, isOptional, description }) => ({
    name,
    type,
    mode: isOptional === true ? 'NULLABLE' : 'REQUIRED',
    ...(description === undefined ? {} : { description }),
  }));
}

/** FieldDescriptorProto.Type and .Label. */
const fieldTypes = { int64: 3, string: 9 } as const;
const labels = { optional: 1, required: 2 } as const;

/**
 * The writer's schema, proto2: INT64 as int64, TIMESTAMP as int64 of epoch microseconds, all others as string.
 * Source: BigQuery's table of supported protocol buffer data types.
 */
export function rowDescriptor(columns: readonly Column[]): protos.google.protobuf.IDescriptorProto {
  return {
    name: 'Row',
    field: columns.map(({ name, type, isOptional }, index) => ({
      name,
      number: index + 1,
      type: type === 'INT64' || type === 'TIMESTAMP' ? fieldTypes.int64 : fieldTypes.string,
      label: isOptional === true ? labels.optional : labels.required,
    })),
  };
}
