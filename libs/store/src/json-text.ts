import { UnstorableValueError } from './errors.ts';
import { isPlainObject } from './plain-object.ts';

/**
 * The value as JSON, its fields in the order in which they were made.
 *
 * @param name of the value, for errors.
 * @throws UnstorableValueError that names the field, for what would not read back as it was: `undefined`, functions,
 *   classes, numbers that are not finite.
 */
export function jsonText(value: unknown, name: string): string {
  const found = notJsonIn(value);
  if (found !== undefined) throw new UnstorableValueError(`cannot store ${name}${found}`);
  return JSON.stringify(value);
}

/** `[0].reason: it is undefined`: where and what, put together on the way back alone. */
function notJsonIn(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `: it is ${value}`;
    case 'object':
      if (value === null) return undefined;
      return Array.isArray(value) ? notJsonInArray(value) : notJsonInObject(value);
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      return `: it is ${typeof value}`;
  }
}

function notJsonInArray(values: readonly unknown[]): string | undefined {
  for (let i = 0; i < values.length; i += 1) {
    const found = notJsonIn(values[i]);
    if (found !== undefined) return `[${i}]${found}`;
  }
  return undefined;
}

function notJsonInObject(fields: object): string | undefined {
  if (!isPlainObject(fields)) return `: it is a ${fields.constructor.name}`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object is a record of its own keys
  const record = fields as Readonly<Record<string, unknown>>;
  for (const name in record) {
    const found = notJsonIn(record[name]);
    if (found !== undefined) return `.${name}${found}`;
  }
  return undefined;
}
