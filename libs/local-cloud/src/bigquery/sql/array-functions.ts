import { invalidQuery, unsupportedSql } from '../errors.ts';
import { coerceTo } from './coercion.ts';
import type { FunctionCall, FunctionTranslator } from './function-call.ts';
import { arrayOf, elementOf, sameType, scalar, typed, noSignature } from './type.ts';
import type { Typed } from './type.ts';

export const arrayFunctions: readonly (readonly [string, FunctionTranslator])[] = [
  ['ARRAY_LENGTH', (call) => typed('INT64', `len(${arrays(call, 1)[0]?.sql ?? ''})`)],
  ['ARRAY_REVERSE', (call) => mapArray(call, 'list_reverse')],
  ['ARRAY_CONCAT', concat],
  ['ARRAY_TO_STRING', toText],
  ['GENERATE_ARRAY', generate],
  ['ARRAY_FIRST', (call) => end(call, '1')],
  ['ARRAY_LAST', (call) => end(call, 'CASE WHEN len(a) > 0 THEN len(a) ELSE 1 END')],
];

function arrays({ name, args, value }: FunctionCall, least: number, most = least): Typed[] {
  const values = args.map(value);
  if (values.length < least || values.length > most || !values.every(({ type }) => type.isArray)) {
    throw noSignature(`function ${name}`, values);
  }
  return values;
}

function mapArray(call: FunctionCall, core: string): Typed {
  const [array] = arrays(call, 1);
  if (array === undefined) throw invalidQuery(`${call.name} takes one array`);
  return { sql: `${core}(${array.sql})`, type: array.type };
}

/** NULL when any array is; DuckDB's own takes NULL for an empty list. */
function concat(call: FunctionCall): Typed {
  const all = arrays(call, 1, Infinity);
  const [first, ...rest] = all;
  if (first === undefined || !rest.every(({ type }) => sameType(type, first.type))) {
    throw noSignature('function ARRAY_CONCAT', all);
  }
  const joined = rest.reduce((sql, array) => `list_concat(${sql}, ${array.sql})`, first.sql);
  const isAnyNull = all.map(({ sql }) => `${sql} IS NULL`).join(' OR ');
  return { sql: `CASE WHEN ${isAnyNull} THEN NULL ELSE ${joined} END`, type: first.type };
}

/** NULL elements are left out. */
function toText({ name, args, value }: FunctionCall): Typed {
  const [array, delimiter, ...more] = args.map(value);
  if (array === undefined || delimiter === undefined) throw invalidQuery(`${name} takes two arguments`);
  if (more.length > 0) throw unsupportedSql('ARRAY_TO_STRING with a text for NULL');
  if (!sameType(array.type, arrayOf(scalar('STRING')))) throw noSignature(`function ${name}`, [array]);
  return typed('STRING', `array_to_string(${array.sql}, ${coerceTo(delimiter, scalar('STRING'), name).sql})`);
}

function generate({ name, args, value }: FunctionCall): Typed {
  if (args.length < 2 || args.length > 3) throw invalidQuery(`${name} takes two or three arguments`);
  const [from = '', to = '', step = '1'] = args.map((arg) => coerceTo(value(arg), scalar('INT64'), name).sql);
  return { sql: `bq_series(${from}, ${to}, CAST(${step} AS BIGINT))`, type: arrayOf(scalar('INT64')) };
}

/** The first or the last element; an empty array has none. */
function end(call: FunctionCall, position: string): Typed {
  const [array] = arrays(call, 1);
  if (array === undefined) throw invalidQuery(`${call.name} takes one array`);
  const index = position.replaceAll('len(a)', `len(${array.sql})`);
  return { sql: `bq_element(${array.sql}, ${index})`, type: elementOf(array.type) };
}
