import { invalidQuery, unsupportedSql } from '../errors.ts';
import { coerceTo, unify } from './coercion.ts';
import type { ExpressionContext } from './context.ts';
import { SqlNode } from './node.ts';
import { memberOfJson } from './struct.ts';
import { arrayOf, duckType, elementOf, noSignature, scalar } from './type.ts';
import type { SqlType, Typed } from './type.ts';

/** `[a, b]`, of the elements' common type unless one is given. */
export function arrayLiteral(elements: readonly Typed[], type?: SqlType): Typed {
  const unified =
    type === undefined
      ? unify(elements, 'array literal')
      : { type, operands: elements.map((element) => coerceTo(element, type, 'array literal')) };
  if (unified.type.isArray) throw invalidQuery('Cannot construct array with element type ARRAY');
  const sql = unified.operands.map((operand) => operand.sql).join(', ');
  const array = arrayOf(unified.type);
  return { sql: `CAST([${sql}] AS ${duckType(array)})`, type: array, items: elements };
}

/** ARRAY(SELECT …), in the order of the subquery. */
export function arrayQuery(node: SqlNode, context: ExpressionContext): Typed {
  const { sql, columns } = context.query(node);
  const [column] = columns;
  if (column === undefined || columns.length > 1) {
    throw invalidQuery('ARRAY subquery cannot have more than one column unless using SELECT AS STRUCT');
  }
  if (column.type.isArray) throw invalidQuery('Cannot use array subquery with column of type ARRAY');
  const type = arrayOf(column.type);
  return { sql: `COALESCE(ARRAY(${sql}), CAST([] AS ${duckType(type)}))`, type };
}

const positions: Readonly<Record<string, { readonly macro: string; readonly shift: number }>> = {
  OFFSET: { macro: 'bq_element', shift: 1 },
  ORDINAL: { macro: 'bq_element', shift: 0 },
  SAFE_OFFSET: { macro: 'bq_safe_element', shift: 1 },
  SAFE_ORDINAL: { macro: 'bq_safe_element', shift: 0 },
};

function readPosition(index: SqlNode) {
  const known = index.kind === 'function' ? positions[index.text('name')?.toUpperCase() ?? ''] : undefined;
  return known === undefined
    ? undefined
    : SqlNode.read(index, () => ({ ...known, args: index.nodes('args') }));
}

/** `array[OFFSET(i)]` and its kin; a bare index counts from 0. */
export function readSubscript(node: SqlNode, context: ExpressionContext): Typed {
  const array = context.expression(node.child('this'));
  const index = node.child('index');
  if (array.type.base === 'JSON' && !array.type.isArray) return jsonElement(array, index, context);
  if (!array.type.isArray) throw unsupportedSql(`A subscript of ${array.type.base}`);
  const position = readPosition(index);
  const { macro, shift } = position ?? { macro: 'bq_element', shift: 1 };
  const given = position === undefined ? index : position.args[0];
  if (given === undefined) throw invalidQuery('An array position takes one argument');
  const count = coerceTo(context.expression(given), scalar('INT64'), 'array position').sql;
  return { sql: `${macro}(${array.sql}, ${count} + ${shift})`, type: elementOf(array.type) };
}

function jsonElement(document: Typed, index: SqlNode, context: ExpressionContext): Typed {
  const { literal, type } = context.expression(index);
  if (literal?.kind === 'string') return memberOfJson(document, literal.text);
  if (literal?.kind !== 'number' || type.base !== 'INT64' || literal.text.startsWith('-')) {
    throw unsupportedSql('A subscript of JSON that is not a literal');
  }
  return memberOfJson(document, Number(literal.text));
}

/** `x IN UNNEST(array)`. */
export function isInArray(subject: Typed, array: Typed, negation: string): string {
  if (!array.type.isArray) throw noSignature('operator IN UNNEST', [subject, array]);
  const element = elementOf(array.type);
  const { sql } = coerceTo(subject, element, 'operator IN UNNEST');
  return `(${sql} ${negation}IN (SELECT unnest(${array.sql})))`;
}
