import type { Column, ColumnType } from '../catalogue/column.ts';
import { integerOf, isRepeated, isStruct } from './cell.ts';
import type { Cell, Scalar } from './cell.ts';
import { toText } from './json-answer.ts';
import { formatDatetime } from './time.ts';

/** A row as extract jobs write it in newline-delimited JSON: INT64 and NUMERIC as text, NULL left out. */
export function toJsonLine(columns: readonly Column[], cells: readonly Cell[]): string {
  return JSON.stringify(toObject(columns, cells));
}

function toObject(columns: readonly Column[], cells: readonly Cell[]): object {
  return Object.fromEntries(
    columns.flatMap((column, index) => {
      const cell = cells[index] ?? null;
      if (cell === null) return [];
      return [
        [
          column.name,
          isRepeated(cell) ? cell.map((item) => toValue(column, item)) : toValue(column, cell),
        ] as const,
      ];
    }),
  );
}

function toValue({ type, fields = [] }: Column, value: Scalar): unknown {
  if (isStruct(value)) return toObject(fields, value.fields);
  return typeof value === 'boolean' || typeof value === 'number'
    ? shown(type, value)
    : exportText(type, value);
}

/** FLOAT64 and BOOL are themselves; a DATE is a number of days only in the store. */
const shown = (type: ColumnType, value: boolean | number): unknown =>
  type === 'DATE' ? exportText(type, value) : value;

/** A row of a CSV file, without the line break. */
export function toCsvLine(columns: readonly Column[], cells: readonly Cell[], delimiter: string): string {
  return columns
    .map(({ type }, index) => {
      const cell = cells[index] ?? null;
      if (cell === null || isRepeated(cell) || isStruct(cell)) return '';
      return csvField(exportText(type, cell), delimiter);
    })
    .join(delimiter);
}

/** Quoted where it must be; an empty text too, which tells it from NULL. */
export function csvField(text: string, delimiter: string): string {
  const isPlain = text !== '' && !/["\r\n]/.test(text) && !text.includes(delimiter);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

function exportText(type: ColumnType, value: Exclude<Scalar, { fields: unknown }>): string {
  if (type !== 'TIMESTAMP') return toText(type, value, 'INT64');
  return `${formatDatetime(integerOf(value)).replace('T', ' ')} UTC`;
}
