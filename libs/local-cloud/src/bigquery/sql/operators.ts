import { unsupportedSql } from '../errors.ts';
import { coerceTo, unify } from './coercion.ts';
import type { ExpressionContext } from './context.ts';
import { nullLiteral, numberLiteral } from './literal.ts';
import { SqlNode } from './node.ts';
import { asBool, bool, sides } from './operands.ts';
import type { Translator } from './operands.ts';
import { shiftByInterval } from './time-functions.ts';
import { duckType, isGroupable, noSignature, requireBase, scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

// Operators between values.

export const comparison =
  (operator: string): Translator =>
  (node, context) => {
    const { type, operands } = unify(sides(node, context), `operator ${operator}`);
    if (!isGroupable(type)) throw noSignature(`operator ${operator}`, operands);
    return bool(`(${operands.map(({ sql }) => sql).join(` ${operator} `)})`);
  };

export const logical =
  (operator: 'AND' | 'OR'): Translator =>
  (node, context) =>
    bool(
      `(${sides(node, context)
        .map((side) => asBool(side, `operator ${operator}`))
        .join(` ${operator} `)})`,
    );

export const arithmetic =
  (operator: '+' | '-' | '*'): Translator =>
  (node, context) => {
    const where = `operator ${operator}`;
    if (operator !== '*') {
      const shifted = timeArithmetic(node, operator, context);
      if (shifted !== undefined) return shifted;
    }
    const given = sides(node, context);
    const moved = operator === '*' ? undefined : shiftByDays(given, operator);
    if (moved !== undefined) return moved;
    const { type, operands } = unify(given, where);
    const [left = nullLiteral(), right = nullLiteral()] = operands.map((operand) =>
      requireBase(operand, operator === '*' ? multiplied : added, where),
    );
    if (type.base === 'FLOAT64') return checkedFloat(`(${inner(left)} ${operator} ${inner(right)})`);
    const sql = `(${left.sql} ${operator} ${right.sql})`;
    if (type.base === 'BIGNUMERIC') return typed(type.base, `bq_bignumeric(${sql})`);
    return typed(type.base, type.base === 'NUMERIC' ? `CAST(${sql} AS ${duckType(type)})` : sql);
  };

const multiplied = ['INT64', 'NUMERIC', 'FLOAT64'] as const;
const added = [...multiplied, 'BIGNUMERIC'] as const;

const isDate = ({ type }: Typed): boolean => type.base === 'DATE' && !type.isArray;
const isCount = ({ type }: Typed): boolean => type.base === 'INT64' && !type.isArray;

/** A DATE and a number of days; undefined for other operands. */
function shiftByDays([left, right]: readonly [Typed, Typed], operator: '+' | '-'): Typed | undefined {
  if (isDate(left) && isCount(right)) {
    return typed('DATE', `CAST(${left.sql} ${operator} CAST(${right.sql} AS INTEGER) AS DATE)`);
  }
  return operator === '+' && isCount(left) && isDate(right) ? shiftByDays([right, left], '+') : undefined;
}

/** A time and an INTERVAL; undefined for other operands. */
function timeArithmetic(node: SqlNode, operator: '+' | '-', context: ExpressionContext): Typed | undefined {
  const [left, right] = [node.child('left'), node.child('right')];
  const name = `operator ${operator}`;
  const shift = (time: SqlNode, interval: SqlNode): Typed => {
    const given = context.expression(time);
    return shiftByInterval(
      {
        name,
        args: [time, interval],
        value: (arg) => context.expression(arg),
        nowMicros: context.nowMicros,
      },
      given,
      operator,
    );
  };
  if (right.kind === 'interval') return shift(left, right);
  if (left.kind === 'interval' && operator === '+') return shift(right, left);
  return undefined;
}

export function distinctness(operator: string): Translator {
  return (node, context) => {
    const { type, operands } = unify(sides(node, context), operator);
    if (!isGroupable(type)) throw noSignature(operator, operands);
    return bool(`(${operands.map(({ sql }) => sql).join(` ${operator} `)})`);
  };
}

export function bits(operator: '&' | '|' | 'xor'): Translator {
  return (node, context) => {
    const [left, right] = sides(node, context).map(
      (side) => coerceTo(side, scalar('INT64'), `operator ${operator}`).sql,
    );
    const sql =
      operator === 'xor'
        ? `xor(${left ?? ''}, ${right ?? ''})`
        : `(${left ?? ''} ${operator} ${right ?? ''})`;
    return typed('INT64', sql);
  };
}

const inner = ({ sql, unchecked }: Typed): string => unchecked ?? sql;

const checkedFloat = (unchecked: string): Typed => ({
  ...typed('FLOAT64', `bq_finite(${unchecked})`),
  unchecked,
});

export function readDivision(node: SqlNode, context: ExpressionContext): Typed {
  const { type, operands } = unify(sides(node, context), 'operator /');
  for (const operand of operands) requireBase(operand, multiplied, 'operator /');
  if (type.base === 'NUMERIC') {
    return typed('NUMERIC', `bq_numeric_divide(${operands.map(({ sql }) => sql).join(', ')})`);
  }
  const floats = operands.map((operand) => inner(coerceTo(operand, scalar('FLOAT64'), 'operator /')));
  return checkedFloat(`bq_divide(${floats.join(', ')})`);
}

export function readNegation(node: SqlNode, context: ExpressionContext): Typed {
  const operand = node.child('this');
  if (operand.kind === 'literal') {
    const positive = SqlNode.read(operand, () => ({
      kind: operand.text('literal_type'),
      text: operand.text('value'),
    }));
    if (positive.kind === 'number' && positive.text !== undefined) return numberLiteral(`-${positive.text}`);
    throw unsupportedSql('A sign before a literal that is not a number');
  }
  const number = requireBase(context.expression(operand), added, 'operator -');
  if (number.type.base === 'BIGNUMERIC') return typed('BIGNUMERIC', `bq_bignumeric(-(${number.sql}))`);
  return typed(number.type.base, `(-${number.sql})`);
}
