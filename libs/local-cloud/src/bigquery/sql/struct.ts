import { invalidQuery } from '../errors.ts';
import { noSignature } from './type.ts';
import type { StructField, Typed } from './type.ts';

/** A STRUCT of values; nameless fields are called `_field_1` and so on, as BigQuery's answers call them. */
export function structOf(
  parts: readonly { readonly name: string | undefined; readonly value: Typed }[],
): Typed {
  const named = parts.map(({ name, value }, index) => ({ name: name ?? `_field_${index + 1}`, value }));
  const fields: StructField[] = named.map(({ name, value }) => ({ name, type: value.type }));
  const members = named.map(({ name, value }) => `${quoteKey(name)}: ${value.sql}`);
  return { sql: `{${members.join(', ')}}`, type: { base: 'STRUCT', isArray: false, fields } };
}

/** `value.name` of a STRUCT. */
export function fieldOf(value: Typed, name: string): Typed {
  if (value.type.isArray || value.type.fields === undefined) {
    throw noSignature(`field access .${name}`, [value]);
  }
  const field = value.type.fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (field === undefined) throw invalidQuery(`Field name ${name} does not exist in STRUCT`);
  return { sql: `struct_extract(${value.sql}, ${quoteKey(field.name)})`, type: field.type };
}

const quoteKey = (name: string): string => `'${name.replaceAll("'", "''")}'`;
