import { invalidQuery, unsupportedSql } from '../errors.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import { arrayLiteral, arrayQuery, readSubscript } from './array.ts';
import { translateAggregate, translateWindow } from './aggregate.ts';
import { castTo, readCastType, readSqlType } from './cast.ts';
import { coerceTo } from './coercion.ts';
import { readBetween, readCase, readIn, readLike } from './conditions.ts';
import type { ExpressionContext } from './context.ts';
import { functions } from './functions.ts';
import { nullLiteral, numberLiteral, parsedLiteral, stringLiteral } from './literal.ts';
import { isQuoted, SqlNode } from './node.ts';
import { asBool, bool, not, value } from './operands.ts';
import type { Translator } from './operands.ts';
import {
  arithmetic,
  bits,
  comparison,
  distinctness,
  logical,
  readDivision,
  readNegation,
} from './operators.ts';
import { fieldOf, structOf } from './struct.ts';
import { duckType, elementOf, sameType, scalar, typed, typeText } from './type.ts';
import type { Typed } from './type.ts';

/** A GoogleSQL expression in DuckDB's SQL. Kinds of nodes that are not listed are refused. */
export function translateExpression(node: SqlNode, context: ExpressionContext): Typed {
  const translator = translators[node.kind];
  if (translator !== undefined) return SqlNode.read(node, () => translator(node, context));
  const aggregate = translateAggregate(node, context);
  if (aggregate !== undefined) return aggregate;
  throw unsupportedSql(node.title);
}

const call =
  (name: string, keys: readonly string[]): Translator =>
  (node, context) =>
    callFunction(
      name,
      keys.map((key) => node.maybe(key)).filter((argument) => argument !== undefined),
      context,
    );

const translators: Readonly<Record<string, Translator>> = {
  literal: readLiteral,
  boolean: (node) => bool(node.flag('value') ? 'TRUE' : 'FALSE'),
  null: () => nullLiteral(),
  column: readColumn,
  placeholder: (_, context) => context.parameters.next(),
  paren: (node, context) => translateExpression(node.child('this'), context),
  subquery: readScalarQuery,
  exists: (node, context) =>
    bool(`${node.flag('not') ? 'NOT ' : ''}EXISTS (${context.query(node.child('this')).sql})`),

  and: logical('AND'),
  or: logical('OR'),
  not: (node, context) => bool(`(NOT ${asBool(value(node, 'this', context), 'operator NOT')})`),
  eq: comparison('='),
  neq: comparison('<>'),
  lt: comparison('<'),
  lte: comparison('<='),
  gt: comparison('>'),
  gte: comparison('>='),
  is_null: (node, context) => bool(`(${value(node, 'this', context).sql} IS ${not(node)}NULL)`),
  is_true: (node, context) =>
    bool(`(${asBool(value(node, 'this', context), 'IS TRUE')} IS ${not(node)}TRUE)`),
  is_false: (node, context) =>
    bool(`(${asBool(value(node, 'this', context), 'IS FALSE')} IS ${not(node)}FALSE)`),
  between: readBetween,
  in: readIn,
  like: readLike,

  add: arithmetic('+'),
  sub: arithmetic('-'),
  mul: arithmetic('*'),
  div: readDivision,
  neg: readNegation,
  concat: (node, context) => callFunction('CONCAT', [node.child('left'), node.child('right')], context),

  case: readCase,
  cast: readCast,
  safe_cast: (node, context) => castTo(value(node, 'this', context), readCastType(node.raw('to')), true),
  window_function: (node, context) => translateWindow(node, context),

  tuple: (node, context) =>
    structOf(
      node
        .nodes('expressions')
        .map((item) => ({ name: undefined, value: translateExpression(item, context) })),
    ),
  bitwise_not: (node, context) =>
    typed('INT64', `(~${coerceTo(value(node, 'this', context), scalar('INT64'), 'operator ~').sql})`),
  array_func: (node, context) =>
    arrayLiteral(node.nodes('expressions').map((item) => translateExpression(item, context))),
  subscript: readSubscript,
  dot: (node, context) => fieldOf(value(node, 'this', context), node.name('field') ?? ''),
  struct: (node, context) =>
    structOf(
      node.list('fields').map((raw) => {
        const [name, member] = listOf(raw);
        return { name: textOf(name), value: translateExpression(SqlNode.of(member), context) };
      }),
    ),
  function: (node, context) => callByName(node, context),
  method_call: (node, context) => {
    const owner = node.child('this');
    if (owner.kind !== 'column') throw unsupportedSql('This call');
    const parts = SqlNode.read(owner, () => [owner.name('table'), owner.name('name')]);
    const names = [...parts, node.name('method')].filter((part) => part !== undefined);
    return context.routine(
      names.flatMap((name) => name.split('.')),
      node.nodes('args').map((arg) => translateExpression(arg, context)),
    );
  },
  coalesce: (node, context) => callFunction('COALESCE', node.nodes('expressions'), context),
  if_func: call('IF', ['condition', 'true_value', 'false_value']),
  safe_divide: call('SAFE_DIVIDE', ['this', 'expression']),
  mod_func: call('MOD', ['this', 'expression']),
  abs: call('ABS', ['this']),
  round: call('ROUND', ['this', 'decimals']),
  floor: call('FLOOR', ['this']),
  ceil: call('CEIL', ['this']),
  lower: call('LOWER', ['this']),
  upper: call('UPPER', ['this']),
  length: call('LENGTH', ['this']),
  substring: call('SUBSTR', ['this', 'start', 'length']),
  starts_with: call('STARTS_WITH', ['this', 'expression']),
  ends_with: call('ENDS_WITH', ['this', 'expression']),
  timestamp: (node, context) => {
    node.raw('with_tz');
    return call('TIMESTAMP', ['this', 'zone'])(node, context);
  },
  trim: (node, context) => {
    const side = { Both: 'TRIM', Leading: 'LTRIM', Trailing: 'RTRIM' }[node.text('position') ?? 'Both'];
    return call(side ?? 'TRIM', ['this', 'characters'])(node, context);
  },
  str_position: call('STRPOS', ['this', 'substr']),
  power: call('POW', ['this', 'expression']),
  sqrt: call('SQRT', ['this']),
  sin: call('SIN', ['this']),
  cos: call('COS', ['this']),
  tan: call('TAN', ['this']),
  atan: call('ATAN', ['this']),
  atan2: call('ATAN2', ['this', 'expression']),
  ln: call('LN', ['this']),
  exp: call('EXP', ['this']),
  json_value: call('JSON_VALUE', ['this', 'path']),
  json_query: call('JSON_QUERY', ['this', 'path']),
  parse_json: call('PARSE_JSON', ['this']),
  json_type: call('JSON_TYPE', ['this']),
  json_extract_scalar: call('JSON_EXTRACT_SCALAR', ['this', 'path']),
  json_extract: call('JSON_EXTRACT', ['this', 'path']),
  json_extract_array: call('JSON_EXTRACT_ARRAY', ['this', 'expression']),
  last_day: call('LAST_DAY', ['this']),
  null_safe_neq: distinctness('IS DISTINCT FROM'),
  null_safe_eq: distinctness('IS NOT DISTINCT FROM'),
  bitwise_and: bits('&'),
  bitwise_or: bits('|'),
  bitwise_xor: bits('xor'),
  array_reverse: call('ARRAY_REVERSE', ['this']),
  array_length: call('ARRAY_LENGTH', ['this']),
  extract: (node, context) =>
    callFunction('EXTRACT', [SqlNode.of({ var: { this: node.raw('field') } }), node.child('this')], context),
};

function callByName(node: SqlNode, context: ExpressionContext): Typed {
  const name = node.text('name') ?? '';
  const args = node.nodes('args');
  if (isQuoted(node.everything)) {
    return context.routine(
      name.split('.'),
      args.map((arg) => translateExpression(arg, context)),
    );
  }
  if (name.toUpperCase() === 'STRUCT') return structOf(args.map((arg) => readMember(arg, context)));
  const [first] = args;
  if (name.toUpperCase() === 'ARRAY' && first !== undefined && args.length === 1)
    return arrayQuery(first, context);
  return callFunction(name, args, context);
}

function readMember(node: SqlNode, context: ExpressionContext): { name: string | undefined; value: Typed } {
  if (node.kind === 'alias') {
    return SqlNode.read(node, () => ({ name: node.name('alias'), value: value(node, 'this', context) }));
  }
  // Read before the translation ends the node.
  const name =
    node.kind === 'column' ? node.name('name') : node.kind === 'dot' ? node.name('field') : undefined;
  return {
    name: name?.startsWith('@') === true ? undefined : name,
    value: translateExpression(node, context),
  };
}

function callFunction(name: string, args: readonly SqlNode[], context: ExpressionContext): Typed {
  if (/^SAFE\./i.test(name)) {
    const { sql, type } = callFunction(name.slice(5), args, context);
    // DuckDB's TRY does not go around functions that end the query by an error of their own.
    if (/\b(?:bq_\w+|error)\(/.test(sql)) throw unsupportedSql(`The function ${name}`);
    return { sql: `TRY(${sql})`, type };
  }
  const translate = functions.get(name.toUpperCase());
  if (translate === undefined)
    throw invalidQuery(`Function not found, or not supported by the local BigQuery: ${name}`);
  return translate({
    name: name.toUpperCase(),
    args,
    value: (node) => translateExpression(node, context),
    nowMicros: context.nowMicros,
  });
}

function readLiteral(node: SqlNode): Typed {
  const kind = node.text('literal_type') ?? '';
  const raw = node.raw('value');
  const text = String(Array.isArray(raw) ? raw[0] : raw);
  switch (kind) {
    case 'number':
      return numberLiteral(text);
    case 'string':
    case 'raw_string':
    case 'triple_quoted_string':
      return stringLiteral(text);
    case 'byte_string':
      return typed('BYTES', `encode(${stringLiteral(text).sql})`);
    case 'timestamp':
      return parsedLiteral('TIMESTAMP', text);
    case 'date':
      return parsedLiteral('DATE', text);
    case 'datetime':
      return parsedLiteral('DATETIME', text);
    case 'time':
      return parsedLiteral('TIME', text);
    default:
      throw unsupportedSql(`A ${kind.replaceAll('_', ' ')} literal`);
  }
}

function readColumn(node: SqlNode, context: ExpressionContext): Typed {
  const identifier = node.raw('name');
  const name = node.name('name') ?? '';
  const table = node.name('table');
  if (table?.startsWith('@') === true) return fieldOf(context.parameters.named(table.slice(1)), name);
  if (name.startsWith('@') && table === undefined && !isQuoted(identifier)) {
    return context.parameters.named(name.slice(1));
  }
  return context.scope.resolve(table, name);
}

function readScalarQuery(node: SqlNode, context: ExpressionContext): Typed {
  const { sql, columns } = context.query(node.child('this'));
  const [column] = columns;
  if (column === undefined || columns.length > 1) {
    throw invalidQuery('Scalar subquery cannot have more than one column unless using SELECT AS STRUCT');
  }
  return { sql: `(${sql})`, type: column.type };
}

/** CAST, and the literals that the parser writes as one: `ARRAY<INT64>[1]`, `STRUCT<a INT64>(1)`. */
function readCast(node: SqlNode, context: ExpressionContext): Typed {
  const child = node.child('this');
  const to = node.raw('to');
  const kind = objectOf(to)['data_type'];
  if (child.kind === 'array' && kind === 'array') {
    const items = SqlNode.read(child, () =>
      child.nodes('expressions').map((item) => translateExpression(item, context)),
    );
    return arrayLiteral(items, elementOf(readSqlType(to)));
  }
  if (kind === 'array' || kind === 'struct') {
    const type = readSqlType(to);
    const given = translateExpression(child, context);
    if (sameType(given.type, type) || given.literal?.kind === 'null')
      return { sql: `CAST(${given.sql} AS ${duckType(type)})`, type };
    const fields = given.type.fields;
    if (child.kind !== 'struct' || type.fields === undefined || fields?.length !== type.fields.length) {
      throw unsupportedSql(`CAST to ${typeText(type)}`);
    }
    return structOf(
      type.fields.map((field, index) => ({
        name: field.name,
        value: coerceTo(fieldOf(given, fields[index]?.name ?? ''), field.type, 'STRUCT'),
      })),
    );
  }
  return castTo(translateExpression(child, context), readCastType(to), false);
}
