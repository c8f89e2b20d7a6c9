import { invalidQuery, unsupportedSql } from '../errors.ts';
import { coerceTo, unify } from './coercion.ts';
import type { FunctionCall, FunctionTranslator } from './function-call.ts';
import { elementOf, noSignature, requireBase, scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

/** Functions on numbers beside those that round. */
export const numberFunctions: readonly (readonly [string, FunctionTranslator])[] = [
  ['SQRT', (call) => float(call, 'sqrt', 1)],
  ['EXP', (call) => float(call, 'exp', 1)],
  ['LN', (call) => float(call, 'ln', 1)],
  ['LOG', (call) => float(call, 'ln', 1)],
  ['LOG10', (call) => float(call, 'log10', 1)],
  ['POW', (call) => float(call, 'pow', 2)],
  ['POWER', (call) => float(call, 'pow', 2)],
  ['SIN', (call) => float(call, 'sin', 1)],
  ['COS', (call) => float(call, 'cos', 1)],
  ['TAN', (call) => float(call, 'tan', 1)],
  ['ATAN', (call) => float(call, 'atan', 1)],
  ['ATAN2', (call) => float(call, 'atan2', 2)],
  ['TRUNC', truncate],
  ['SAFE_NEGATE', negate],
  ['BIT_COUNT', bitCount],
  ['RANGE_BUCKET', rangeBucket],
  ['SIGN', sign],
  ['SAFE_ADD', (call) => safe(call, '+')],
  ['SAFE_SUBTRACT', (call) => safe(call, '-')],
  ['SAFE_MULTIPLY', (call) => safe(call, '*')],
  ['IS_NAN', (call) => typed('BOOL', `isnan(${floats(call, 1).join('')})`)],
  ['IS_INF', (call) => typed('BOOL', `isinf(${floats(call, 1).join('')})`)],
];

function floats({ name, args, value }: FunctionCall, count: number): string[] {
  if (args.length !== count) throw invalidQuery(`${name} takes ${count} argument(s)`);
  // Of INT64 and FLOAT64 only: NUMERIC arguments give NUMERIC answers, which DuckDB has not.
  return args.map(
    (arg) =>
      coerceTo(requireBase(value(arg), ['INT64', 'FLOAT64'], `function ${name}`), scalar('FLOAT64'), name)
        .sql,
  );
}

const float = (call: FunctionCall, core: string, count: number): Typed =>
  typed('FLOAT64', `bq_finite(${core}(${floats(call, count).join(', ')}))`);

function sign({ args, value }: FunctionCall): Typed {
  const [given, ...more] = args.map(value);
  if (given === undefined || more.length > 0) throw invalidQuery('SIGN takes one argument');
  const { sql, type } = requireBase(given, ['INT64', 'FLOAT64'], 'function SIGN');
  return typed(type.base, `CAST(sign(${sql}) AS ${type.base === 'INT64' ? 'BIGINT' : 'DOUBLE'})`);
}

function only({ name, args, value }: FunctionCall): Typed {
  const [given, ...more] = args.map(value);
  if (given === undefined || more.length > 0) throw unsupportedSql(`${name} with more than one argument`);
  return given;
}

/** Towards zero, to a whole number. */
function truncate(call: FunctionCall): Typed {
  const given = requireBase(only(call), ['INT64', 'NUMERIC', 'FLOAT64'], 'function TRUNC');
  if (given.type.base === 'NUMERIC') return typed('NUMERIC', `CAST(trunc(${given.sql}) AS DECIMAL(38,9))`);
  return typed('FLOAT64', `trunc(${coerceTo(given, scalar('FLOAT64'), 'TRUNC').sql})`);
}

function negate(call: FunctionCall): Typed {
  const { sql, type } = requireBase(only(call), ['INT64', 'NUMERIC', 'FLOAT64'], 'function SAFE_NEGATE');
  return typed(type.base, `TRY(-(${sql}))`);
}

function bitCount(call: FunctionCall): Typed {
  const { sql } = coerceTo(only(call), scalar('INT64'), 'BIT_COUNT');
  return typed('INT64', `CAST(bit_count(${sql}) AS BIGINT)`);
}

/** How many of the ascending bounds are not above the point. */
function rangeBucket({ name, args, value }: FunctionCall): Typed {
  const [point, bounds, ...more] = args.map(value);
  if (point === undefined || bounds === undefined || more.length > 0)
    throw invalidQuery(`${name} takes two arguments`);
  if (!bounds.type.isArray) throw noSignature(`function ${name}`, [point, bounds]);
  const { sql } = coerceTo(point, elementOf(bounds.type), name);
  return typed(
    'INT64',
    `CASE WHEN ${sql} IS NOT NULL THEN len(list_filter(${bounds.sql}, lambda bound: bound <= ${sql})) END`,
  );
}

/** NULL on overflow. */
function safe({ name, args, value }: FunctionCall, operator: string): Typed {
  if (args.length !== 2) throw invalidQuery(`${name} takes two arguments`);
  const { type, operands } = unify(args.map(value), `function ${name}`);
  const [left, right] = operands.map(
    (operand) => requireBase(operand, ['INT64', 'FLOAT64'], `function ${name}`).sql,
  );
  const sql = `${left ?? ''} ${operator} ${right ?? ''}`;
  return typed(type.base, type.base === 'FLOAT64' ? `bq_finite_or_null(${sql})` : `TRY(${sql})`);
}
