import type { ColumnType } from '../catalogue/column.ts';
import { invalidQuery, unsupportedSql } from '../errors.ts';
import { coerceTo, unify } from './coercion.ts';
import type { FunctionCall, FunctionTranslator } from './function-call.ts';
import { duckType, requireBase, scalar, typed } from './type.ts';
import type { Typed } from './type.ts';
import { arrayFunctions } from './array-functions.ts';
import { civilFunctions } from './civil-functions.ts';
import { formatText } from './format-function.ts';
import { jsonFunctions } from './json-functions.ts';
import { numberFunctions } from './number-functions.ts';
import { textFunctions } from './text-functions.ts';
import { timeBuckets } from './time-buckets.ts';
import { timeFunctions } from './time-functions.ts';

/** The functions that are served, beside aggregates. */
export const functions: ReadonlyMap<string, FunctionTranslator> = new Map<string, FunctionTranslator>([
  ...timeFunctions,
  ...timeBuckets,
  ...civilFunctions,
  ['IF', conditional],
  ['COALESCE', (call) => chosen(call, 'COALESCE')],
  ['IFNULL', (call) => chosen(call, 'COALESCE')],
  ['NULLIF', (call) => chosen(call, 'NULLIF')],
  ['GREATEST', extreme],
  ['LEAST', extreme],

  ['SAFE_DIVIDE', safeDivide],
  ['DIV', (call) => integers(call, 'bq_int_divide')],
  ['MOD', modulo],
  ['ABS', abs],
  ['ROUND', round],
  ['FLOOR', (call) => whole(call, 'floor')],
  ['CEIL', (call) => whole(call, 'ceil')],
  ['CEILING', (call) => whole(call, 'ceil')],

  ['CONCAT', concat],
  ['LOWER', (call) => mapText(call, 'lower')],
  ['UPPER', (call) => mapText(call, 'upper')],
  ['LENGTH', length],
  ['CHAR_LENGTH', length],
  ['SUBSTR', substr],
  ['SUBSTRING', substr],
  ['STARTS_WITH', (call) => matches(call, 'starts_with')],
  ['ENDS_WITH', (call) => matches(call, 'ends_with')],
  ...textFunctions,
  ...jsonFunctions,
  ['FORMAT', formatText],
  ...numberFunctions,
  ...arrayFunctions,
]);

const aggregateNames = new Set(
  (
    'COUNT SUM AVG MIN MAX COUNTIF ANY_VALUE MIN_BY MAX_BY LOGICAL_OR LOGICAL_AND ' +
    'STRUCT ARRAY OFFSET ORDINAL SAFE_OFFSET SAFE_ORDINAL ARRAY_AGG STRING_AGG ' +
    'STDDEV STDDEV_SAMP STDDEV_POP VARIANCE VAR_SAMP VAR_POP NTILE PERCENT_RANK CUME_DIST ' +
    'ROW_NUMBER RANK DENSE_RANK LAG LEAD FIRST_VALUE LAST_VALUE NTH_VALUE PERCENTILE_CONT PERCENTILE_DISC WEEK ' +
    'APPROX_COUNT_DISTINCT APPROX_QUANTILES CORR COVAR_POP COVAR_SAMP BIT_AND BIT_OR BIT_XOR ARRAY_CONCAT_AGG'
  ).split(' '),
);

/** Whether a word before a parenthesis is a function that is served. */
export const isFunction = (name: string): boolean => functions.has(name) || aggregateNames.has(name);

function values({ name, args, value }: FunctionCall, least: number, most = least): Typed[] {
  if (args.length < least || args.length > most) {
    throw invalidQuery(`No matching signature for function ${name}: wrong number of arguments`);
  }
  return args.map(value);
}

const strings = (call: FunctionCall, least: number, most = least): string[] =>
  values(call, least, most).map((value) => coerceTo(value, scalar('STRING'), `function ${call.name}`).sql);

function conditional(call: FunctionCall): Typed {
  const [test, yes, no] = values(call, 3);
  if (test === undefined || yes === undefined || no === undefined)
    throw invalidQuery('IF takes three arguments');
  const { type, operands } = unify([yes, no], 'function IF');
  const condition = coerceTo(test, scalar('BOOL'), 'function IF').sql;
  return {
    sql: `CASE WHEN ${condition} THEN ${operands[0]?.sql ?? ''} ELSE ${operands[1]?.sql ?? ''} END`,
    type,
  };
}

function chosen(call: FunctionCall, core: string): Typed {
  const isVariadic = call.name === 'COALESCE';
  const { type, operands } = unify(
    values(call, isVariadic ? 1 : 2, isVariadic ? Infinity : 2),
    `function ${call.name}`,
  );
  return { sql: `${core}(${operands.map(({ sql }) => sql).join(', ')})`, type };
}

/** NULL when any argument is; DuckDB skips them. */
function extreme(call: FunctionCall): Typed {
  const { type, operands } = unify(values(call, 1, Infinity), `function ${call.name}`);
  const all = operands.map(({ sql }) => sql);
  const isAnyNull = all.map((sql) => `${sql} IS NULL`).join(' OR ');
  return {
    sql: `CASE WHEN ${isAnyNull} THEN NULL ELSE ${call.name.toLowerCase()}(${all.join(', ')}) END`,
    type,
  };
}

function safeDivide(call: FunctionCall): Typed {
  const { type, operands } = unify(values(call, 2), 'function SAFE_DIVIDE');
  for (const operand of operands) requireBase(operand, numericTypes, 'function SAFE_DIVIDE');
  if (type.base === 'NUMERIC') {
    return typed('NUMERIC', `bq_numeric_safe_divide(${operands.map(({ sql }) => sql).join(', ')})`);
  }
  const floats = operands.map((operand) => coerceTo(operand, scalar('FLOAT64'), 'function SAFE_DIVIDE').sql);
  return typed('FLOAT64', `bq_safe_divide(${floats.join(', ')})`);
}

function integers(call: FunctionCall, macro: string): Typed {
  const operands = values(call, 2).map(
    (value) => coerceTo(value, scalar('INT64'), `function ${call.name}`).sql,
  );
  return typed('INT64', `${macro}(${operands.join(', ')})`);
}

function modulo(call: FunctionCall): Typed {
  const { type, operands } = unify(values(call, 2), 'function MOD');
  for (const operand of operands) requireBase(operand, ['INT64', 'NUMERIC'], 'function MOD');
  const sql = `bq_mod(${operands.map((operand) => operand.sql).join(', ')})`;
  return typed(type.base, type.base === 'NUMERIC' ? `CAST(${sql} AS ${duckType(type)})` : sql);
}

const numericTypes: readonly ColumnType[] = ['INT64', 'NUMERIC', 'FLOAT64'];

function abs(call: FunctionCall): Typed {
  const [value] = values(call, 1).map((given) => requireBase(given, numericTypes, 'function ABS'));
  if (value === undefined) throw invalidQuery('ABS takes one argument');
  return typed(value.type.base, `abs(${value.sql})`);
}

/** Half away from zero. INT64 becomes FLOAT64, as in BigQuery. */
function round(call: FunctionCall): Typed {
  const [value, digits] = values(call, 1, 2);
  if (value === undefined) throw invalidQuery('ROUND takes one or two arguments');
  if (digits !== undefined && (digits.literal?.kind !== 'number' || digits.type.base !== 'INT64')) {
    throw unsupportedSql('ROUND to a number of digits that is not an integer literal or parameter');
  }
  const places = digits?.literal?.kind === 'number' ? Number(digits.literal.text) : 0;
  if (Math.abs(places) > 9) throw unsupportedSql('ROUND to more than 9 digits');
  return fractional(call, value, (sql) =>
    digits === undefined ? `round(${sql})` : `round(${sql}, ${places})`,
  );
}

function whole(call: FunctionCall, core: string): Typed {
  const [value] = values(call, 1);
  if (value === undefined) throw invalidQuery(`${call.name} takes one argument`);
  return fractional(call, value, (sql) => `${core}(${sql})`);
}

function fractional(call: FunctionCall, value: Typed, apply: (sql: string) => string): Typed {
  const number = requireBase(value, numericTypes, `function ${call.name}`);
  if (number.type.base === 'NUMERIC') return typed('NUMERIC', `CAST(${apply(number.sql)} AS DECIMAL(38,9))`);
  return typed('FLOAT64', apply(coerceTo(number, scalar('FLOAT64'), call.name).sql));
}

/** NULL when any argument is; DuckDB's concat skips them. */
function concat(call: FunctionCall): Typed {
  const { type, operands } = unify(values(call, 1, Infinity), 'function CONCAT');
  for (const operand of operands) requireBase(operand, ['STRING', 'BYTES'], 'function CONCAT');
  // The cast holds the type where DuckDB folds a NULL operand into a NULL of no type.
  return { sql: `CAST(${operands.map(({ sql }) => sql).join(' || ')} AS ${duckType(type)})`, type };
}

const mapText = (call: FunctionCall, core: string): Typed =>
  typed('STRING', `${core}(${strings(call, 1).join('')})`);

function length(call: FunctionCall): Typed {
  const [value] = values(call, 1);
  if (value === undefined) throw invalidQuery('LENGTH takes one argument');
  const { sql, type } = requireBase(value, ['STRING', 'BYTES'], 'function LENGTH');
  return typed('INT64', `${type.base === 'BYTES' ? 'octet_length' : 'length'}(${sql})`);
}

function substr(call: FunctionCall): Typed {
  const [text, ...positions] = values(call, 2, 3);
  if (text === undefined) throw invalidQuery('SUBSTR takes two or three arguments');
  const subject = coerceTo(text, scalar('STRING'), 'function SUBSTR').sql;
  const numbers = positions.map((position) => coerceTo(position, scalar('INT64'), 'function SUBSTR').sql);
  const macro = numbers.length === 1 ? 'bq_substr' : 'bq_substr_length';
  return typed('STRING', `${macro}(${[subject, ...numbers].join(', ')})`);
}

const matches = (call: FunctionCall, core: string): Typed =>
  typed('BOOL', `${core}(${strings(call, 2).join(', ')})`);
