import { invalidQuery, unsupportedSql } from '../errors.ts';
import { listOf } from '../json.ts';
import { isInArray } from './array.ts';
import { coerceTo, unify } from './coercion.ts';
import type { ExpressionContext } from './context.ts';
import { nullLiteral } from './literal.ts';
import { SqlNode } from './node.ts';
import { asBool, bool, not, sides, value } from './operands.ts';
import { scalar } from './type.ts';
import type { Typed } from './type.ts';

// What compares a value with several: BETWEEN, IN, LIKE and CASE.

export function readBetween(node: SqlNode, context: ExpressionContext): Typed {
  const all = [value(node, 'this', context), value(node, 'low', context), value(node, 'high', context)];
  const { operands } = unify(all, 'operator BETWEEN');
  const [subject, low, high] = operands.map(({ sql }) => sql);
  return bool(`(${subject ?? ''} ${not(node)}BETWEEN ${low ?? ''} AND ${high ?? ''})`);
}

export function readIn(node: SqlNode, context: ExpressionContext): Typed {
  const subject = value(node, 'this', context);
  const negation = not(node);
  const query = node.maybe('query');
  if (query !== undefined) {
    const { sql, columns } = context.query(query);
    const [column] = columns;
    if (column === undefined || columns.length > 1)
      throw invalidQuery('Subquery of type IN must have only one output column');
    const { type } = unify([subject, { sql: '', type: column.type }], 'operator IN');
    const [wanted, offered] = [
      coerceTo(subject, type, 'operator IN'),
      coerceTo({ sql: 'x', type: column.type }, type, 'operator IN'),
    ];
    return bool(`(${wanted.sql} ${negation}IN (SELECT ${offered.sql} FROM (${sql}) AS q(x)))`);
  }
  const array = node.maybe('unnest');
  const unnested = array === undefined ? undefined : context.expression(array);
  if (unnested !== undefined && unnested.items === undefined)
    return bool(isInArray(subject, unnested, negation));
  const items = unnested?.items ?? node.nodes('expressions').map((item) => context.expression(item));
  if (items.length === 0) return bool(negation === '' ? 'FALSE' : 'TRUE');
  const { operands } = unify([subject, ...items], 'operator IN');
  const [first, ...rest] = operands.map(({ sql }) => sql);
  return bool(`(${first ?? ''} ${negation}IN (${rest.join(', ')}))`);
}

/** LIKE, and LIKE ANY or ALL of a list of patterns. */
export function readLike(node: SqlNode, context: ExpressionContext): Typed {
  const quantifier = node.text('quantifier');
  if (quantifier !== undefined) {
    const subject = coerceTo(value(node, 'left', context), scalar('STRING'), 'operator LIKE').sql;
    const list = node.child('right');
    if (list.kind !== 'tuple' && list.kind !== 'paren') throw unsupportedSql(`LIKE ${quantifier} of this`);
    const patterns = SqlNode.read(list, () =>
      (list.kind === 'paren' ? [list.child('this')] : list.nodes('expressions')).map(
        (item) => coerceTo(context.expression(item), scalar('STRING'), 'operator LIKE').sql,
      ),
    );
    const tests = patterns.map((pattern) => `${subject} LIKE ${pattern} ESCAPE '\\'`);
    return bool(`(${tests.join(quantifier === 'ALL' ? ' AND ' : ' OR ')})`);
  }
  const [subject, pattern] = sides(node, context).map(
    (side) => coerceTo(side, scalar('STRING'), 'operator LIKE').sql,
  );
  return bool(`(${subject ?? ''} LIKE ${pattern ?? ''} ESCAPE '\\')`);
}

export function readCase(node: SqlNode, context: ExpressionContext): Typed {
  const operand = node.maybe('operand');
  const pairs = node
    .list('whens')
    .map((pair) => listOf(pair).map((part) => context.expression(SqlNode.of(part))));
  const otherwise = node.maybe('else_');
  const results = pairs.map(([, result]) => result ?? nullLiteral());
  const { type, operands } = unify(
    [...results, otherwise === undefined ? nullLiteral() : context.expression(otherwise)],
    'CASE',
  );
  const conditions = pairs.map(([condition = nullLiteral()]) => condition);
  const tests =
    operand === undefined
      ? conditions.map((test) => asBool(test, 'CASE'))
      : equalTo(context.expression(operand), conditions);
  const whens = tests.map((test, index) => `WHEN ${test} THEN ${operands[index]?.sql ?? ''}`);
  return { sql: `CASE ${whens.join(' ')} ELSE ${operands.at(-1)?.sql ?? ''} END`, type };
}

function equalTo(subject: Typed, candidates: readonly Typed[]): string[] {
  const { operands } = unify([subject, ...candidates], 'CASE');
  const [first, ...rest] = operands.map(({ sql }) => sql);
  return rest.map((candidate) => `${first ?? ''} = ${candidate}`);
}
