import type { Column, ColumnType } from '../catalogue/column.ts';
import { invalid } from '../errors.ts';
import { integerOf, isRepeated, isStruct, numberOf } from './cell.ts';
import type { Cell, Scalar, StructValue } from './cell.ts';
import { formatBigNumeric, formatNumeric } from './numeric.ts';
import { rangeText } from './range.ts';
import { formatDate, formatDatetime, formatTime, formatTimestamp } from './time.ts';

/** How TIMESTAMP is written: epoch microseconds, epoch seconds with fraction, or ISO 8601. */
export type TimestampFormat = 'INT64' | 'FLOAT64' | 'ISO8601_STRING';

/** Reads `formatOptions` of a request; BigQuery writes seconds with fraction unless asked otherwise. */
export function timestampFormatOf(useInt64: unknown, outputFormat: unknown): TimestampFormat {
  const isInt64 = useInt64 === true || useInt64 === 'true';
  if (isInt64 && (outputFormat === 'ISO8601_STRING' || outputFormat === 'FLOAT64')) {
    throw invalid('Cannot specify both use_int64_timestamp and timestamp_output_format.');
  }
  if (outputFormat === 'ISO8601_STRING' || outputFormat === 'INT64') return outputFormat;
  return isInt64 ? 'INT64' : 'FLOAT64';
}

/** A row as REST answers carry it: `{f: [{v}]}`, every scalar as text. */
export function toJsonRow(
  columns: readonly ShownColumn[],
  cells: readonly Cell[],
  timestamps: TimestampFormat,
): object {
  return {
    f: columns.map((column, index) => {
      const cell = cells[index] ?? null;
      if (cell === null) return { v: column.mode === 'REPEATED' ? [] : null };
      if (isRepeated(cell)) return { v: cell.map((item) => ({ v: toJson(column, item, timestamps) })) };
      return { v: toJson(column, cell, timestamps) };
    }),
  };
}

type ShownColumn = Pick<Column, 'type' | 'mode' | 'fields'>;

function toJson({ type, fields = [] }: ShownColumn, value: Scalar, timestamps: TimestampFormat): unknown {
  if (!isStruct(value)) return toText(type, value, timestamps);
  if (type !== 'RANGE') return toJsonRow(fields, value.fields, timestamps);
  return rangeText(value, (bound) => toText(fields[0]?.type ?? 'DATE', bound, timestamps));
}

/** One scalar as REST answers carry it. */
export function toText(
  type: ColumnType,
  value: Exclude<Scalar, StructValue>,
  timestamps: TimestampFormat,
): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (type === 'NUMERIC') return formatNumeric(integerOf(value));
  if (type === 'BIGNUMERIC') return formatBigNumeric(integerOf(value));
  if (type === 'TIMESTAMP') return timestampText(integerOf(value), timestamps);
  if (type === 'DATE') return formatDate(numberOf(value));
  if (type === 'DATETIME') return formatDatetime(integerOf(value));
  if (type === 'TIME') return formatTime(integerOf(value));
  return String(value);
}

function timestampText(micros: bigint, format: TimestampFormat): string {
  if (format === 'INT64') return micros.toString();
  return format === 'ISO8601_STRING' ? formatTimestamp(micros) : formatNumeric(micros * 1000n);
}
