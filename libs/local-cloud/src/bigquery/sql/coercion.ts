import { invalidQuery } from '../errors.ts';
import { literalSql, nullLiteral, parsedLiteral } from './literal.ts';
import { parseBigNumeric, parseNumeric } from '../values/numeric.ts';
import { fieldOf, structOf } from './struct.ts';
import { duckType, elementOf, noSignature, sameType, scalar, typed, typeText } from './type.ts';
import type { SqlType, Typed } from './type.ts';

const ladder = ['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64'] as const;
const rank = (type: SqlType): number =>
  type.isArray ? -1 : (ladder as readonly string[]).indexOf(type.base);

/** The expression as `to` where BigQuery converts without CAST, or undefined. */
export function coerce(expression: Typed, to: SqlType): Typed | undefined {
  const { type, literal } = expression;
  if (literal?.kind === 'null') {
    return to.isArray || to.fields !== undefined ? typedNull(to) : nullLiteral(to.base);
  }
  if (sameType(type, to)) return expression;
  if (type.isArray && to.isArray && expression.items !== undefined) return coerceItems(expression.items, to);
  if (type.isArray || to.isArray) return undefined;
  if (type.base === 'STRUCT' && to.base === 'STRUCT') return coerceStruct(expression, to);
  if (literal?.kind === 'string' && ['TIMESTAMP', 'DATE', 'DATETIME', 'TIME'].includes(to.base)) {
    return parsedLiteral(to.base, literal.text);
  }
  if (literal?.kind === 'number' && type.base === 'FLOAT64' && to.base === 'NUMERIC') {
    const value = parseNumeric(literal.text);
    return value === undefined ? undefined : typed('NUMERIC', literalSql('NUMERIC', value));
  }
  if (literal?.kind === 'number' && type.base === 'FLOAT64' && to.base === 'BIGNUMERIC') {
    const value = parseBigNumeric(literal.text);
    return value === undefined ? undefined : typed('BIGNUMERIC', literalSql('BIGNUMERIC', value));
  }
  if (rank(type) < 0 || rank(to) < rank(type)) return undefined;
  return typed(to.base, widen(expression, to));
}

/** An array literal takes another type where all of its elements do. */
function coerceItems(items: readonly Typed[], to: SqlType): Typed | undefined {
  const coerced = items.flatMap((item) => coerce(item, elementOf(to)) ?? []);
  if (coerced.length < items.length) return undefined;
  const sql = `CAST([${coerced.map((item) => item.sql).join(', ')}] AS ${duckType(to)})`;
  return { sql, type: to, items: coerced };
}

/** Field by field, whatever the names. */
function coerceStruct(expression: Typed, to: SqlType): Typed | undefined {
  const { fields = [] } = expression.type;
  if (fields.length !== to.fields?.length) return undefined;
  const parts = to.fields.map(({ name, type }, index) => ({
    name,
    value: coerce(expression.members?.[index] ?? fieldOf(expression, fields[index]?.name ?? ''), type),
  }));
  const known = parts.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
  if (known.length < parts.length) return undefined;
  const made = structOf(known);
  if (expression.members !== undefined) return made;
  const { sql, type } = made;
  return { sql: `CASE WHEN ${expression.sql} IS NOT NULL THEN ${sql} END`, type };
}

const typedNull = (type: SqlType): Typed => ({ sql: `CAST(NULL AS ${duckType(type)})`, type });

function widen({ sql, type }: Typed, to: SqlType): string {
  if (to.base === 'BIGNUMERIC')
    return `bq_${type.base === 'NUMERIC' ? 'numeric' : 'int'}_to_bignumeric(${sql})`;
  if (type.base === 'BIGNUMERIC') return `bq_bignumeric_to_float(${sql})`;
  if (type.base === 'NUMERIC') return `bq_numeric_to_float(${sql})`;
  return to.base === 'NUMERIC' ? `CAST(${sql} AS DECIMAL(38,9))` : `CAST(${sql} AS DOUBLE)`;
}

/** The one type that all operands take, chosen by those that are not literals where there are any. */
export function commonType(operands: readonly Typed[]): SqlType | undefined {
  const known = operands.filter(({ literal }) => literal?.kind !== 'null');
  if (known.length === 0) return scalar('INT64');
  const fixed = known.filter(({ literal }) => literal === undefined);
  for (const type of [widest(fixed), widest(known)]) {
    if (type !== undefined && operands.every((operand) => canCoerce(operand, type))) return type;
  }
  return undefined;
}

const widest = (candidates: readonly Typed[]): SqlType | undefined =>
  candidates.map(({ type }) => type).toSorted((a, b) => rank(b) - rank(a))[0];

function canCoerce(operand: Typed, to: SqlType): boolean {
  return coerce(operand, to) !== undefined;
}

/** All operands as their common type. */
export function unify(operands: readonly Typed[], where: string): { type: SqlType; operands: Typed[] } {
  const type = commonType(operands);
  if (type === undefined) throw noSignature(where, operands);
  return { type, operands: operands.map((operand) => coerceTo(operand, type, where)) };
}

export function coerceTo(operand: Typed, to: SqlType, where: string): Typed {
  const coerced = coerce(operand, to);
  if (coerced === undefined) {
    throw invalidQuery(`${where}: cannot use ${typeText(operand.type)} as ${typeText(to)} without CAST`);
  }
  return coerced;
}
