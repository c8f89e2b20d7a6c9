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
  return {
    sql: `{${members.join(', ')}}`,
    type: { base: 'STRUCT', isArray: false, fields },
    members: named.map(({ value }) => value),
  };
}

/** `value.name` of a STRUCT, or the member of a JSON object. */
export function fieldOf(value: Typed, name: string): Typed {
  if (value.type.base === 'JSON' && !value.type.isArray) return memberOfJson(value, name);
  if (value.type.isArray || value.type.base !== 'STRUCT') {
    throw noSignature(`field access .${name}`, [value]);
  }
  const field = value.type.fields?.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (field === undefined) throw invalidQuery(`Field name ${name} does not exist in STRUCT`);
  return { sql: `struct_extract(${value.sql}, ${quoteKey(field.name)})`, type: field.type };
}

/** The member of an object, or the element of an array, of a JSON value; NULL where there is none. */
export const memberOfJson = ({ sql }: Typed, key: string | number): Typed => {
  const path = typeof key === 'number' ? `$[${key}]` : `$.${JSON.stringify(key)}`;
  return { sql: `bq_json_query(${sql}, ${quoteKey(path)})`, type: { base: 'JSON', isArray: false } };
};

const quoteKey = (name: string): string => `'${name.replaceAll("'", "''")}'`;
