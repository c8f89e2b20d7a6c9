import { isObject } from '../json.ts';
import { isRepeated, isStruct } from './cell.ts';
import type { Cell, Scalar, StructValue } from './cell.ts';

/**
 * A RANGE from its text, `[2026-01-01, UNBOUNDED)`, or from an object of its bounds, either of which may be missing:
 * it is half open, and its start must come before its end. Undefined when it does not fit, or a bound is none that
 * `read` takes.
 */
export function readRange(
  value: unknown,
  read: (bound: unknown) => Scalar | undefined,
): StructValue | undefined {
  const bounds = typeof value === 'string' ? boundsOfText(value) : value;
  if (!isObject(bounds)) return undefined;
  if (Object.keys(bounds).some((key) => key !== 'start' && key !== 'end')) return undefined;
  const start = readBound(bounds['start'], read);
  const end = readBound(bounds['end'], read);
  if (start === undefined || end === undefined) return undefined;
  return start !== null && end !== null && start >= end ? undefined : { fields: [start, end] };
}

function boundsOfText(text: string): object | undefined {
  const match = /^\s*\[([^,]*),([^,]*)\)\s*$/.exec(text);
  return match === null ? undefined : { start: match[1]?.trim(), end: match[2]?.trim() };
}

function readBound(value: unknown, read: (bound: unknown) => Scalar | undefined): Scalar | null | undefined {
  if (value == null || (typeof value === 'string' && /^(?:UNBOUNDED|NULL)$/i.test(value))) return null;
  return read(value);
}

/** As BigQuery's answers write it: `[start, end)`, each bound as `show` writes it. */
export function rangeText(
  { fields }: StructValue,
  show: (bound: Exclude<Scalar, StructValue>) => string,
): string {
  const [start, end] = [0, 1].map((index) => boundText(fields[index] ?? null, show));
  return `[${start}, ${end})`;
}

function boundText(cell: Cell, show: (bound: Exclude<Scalar, StructValue>) => string): string {
  if (cell === null) return 'UNBOUNDED';
  if (isRepeated(cell) || isStruct(cell)) throw new TypeError('the bound of a RANGE has no parts');
  return show(cell);
}
