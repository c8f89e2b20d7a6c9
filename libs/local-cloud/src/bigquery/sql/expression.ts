import { invalidQuery, unsupportedSql } from '../errors.ts';
import { listOf, objectOf, textOf } from '../json.ts';
import { arrayLiteral, arrayQuery, isInArray, readSubscript } from './array.ts';
import { translateAggregate, translateWindow } from './aggregate.ts';
import { castTo, readCastType, readSqlType } from './cast.ts';
import { coerceTo, unify } from './coercion.ts';
import type { ExpressionContext } from './context.ts';
import { functions } from './functions.ts';
import { shiftByInterval } from './time-functions.ts';
import { nullLiteral, numberLiteral, parsedLiteral, stringLiteral } from './literal.ts';
import { isQuoted, SqlNode } from './node.ts';
import { fieldOf, structOf } from './struct.ts';
import {
  duckType,
  elementOf,
  isGroupable,
  noSignature,
  requireBase,
  sameType,
  scalar,
  typed,
  typeText,
} from './type.ts';
import type { Typed } from './type.ts';

/** A GoogleSQL expression in DuckDB's SQL. Kinds of nodes that are not listed are refused. */
export function translateExpression(node: SqlNode, context: ExpressionContext): Typed {
  const translator = translators[node.kind];
  if (translator !== undefined) return SqlNode.read(node, () => translator(node, context));
  const aggregate = translateAggregate(node, context);
  if (aggregate !== undefined) return aggregate;
  throw unsupportedSql(node.title);
}

type Translator = (node: SqlNode, context: ExpressionContext) => Typed;

const bool = (sql: string): Typed => typed('BOOL', sql);

const comparison =
  (operator: string): Translator =>
  (node, context) => {
    const { type, operands } = unify(sides(node, context), `operator ${operator}`);
    if (!isGroupable(type)) throw noSignature(`operator ${operator}`, operands);
    return bool(`(${operands.map(({ sql }) => sql).join(` ${operator} `)})`);
  };

const logical =
  (operator: 'AND' | 'OR'): Translator =>
  (node, context) =>
    bool(
      `(${sides(node, context)
        .map((side) => asBool(side, `operator ${operator}`))
        .join(` ${operator} `)})`,
    );

const arithmetic =
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
    const given = translateExpression(time, context);
    return shiftByInterval(
      {
        name,
        args: [time, interval],
        value: (arg) => translateExpression(arg, context),
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

function distinctness(operator: string): Translator {
  return (node, context) => {
    const { type, operands } = unify(sides(node, context), operator);
    if (!isGroupable(type)) throw noSignature(operator, operands);
    return bool(`(${operands.map(({ sql }) => sql).join(` ${operator} `)})`);
  };
}

function bits(operator: '&' | '|' | 'xor'): Translator {
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

const not = (node: SqlNode): string => (node.flag('not') ? 'NOT ' : '');

const value = (node: SqlNode, key: string, context: ExpressionContext): Typed =>
  translateExpression(node.child(key), context);

const sides = (node: SqlNode, context: ExpressionContext): [Typed, Typed] => [
  value(node, 'left', context),
  value(node, 'right', context),
];

const asBool = (expression: Typed, where: string): string => coerceTo(expression, scalar('BOOL'), where).sql;

const inner = ({ sql, unchecked }: Typed): string => unchecked ?? sql;

const checkedFloat = (unchecked: string): Typed => ({
  ...typed('FLOAT64', `bq_finite(${unchecked})`),
  unchecked,
});

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

function readBetween(node: SqlNode, context: ExpressionContext): Typed {
  const all = [value(node, 'this', context), value(node, 'low', context), value(node, 'high', context)];
  const { operands } = unify(all, 'operator BETWEEN');
  const [subject, low, high] = operands.map(({ sql }) => sql);
  return bool(`(${subject ?? ''} ${not(node)}BETWEEN ${low ?? ''} AND ${high ?? ''})`);
}

function readIn(node: SqlNode, context: ExpressionContext): Typed {
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
  const unnested = array === undefined ? undefined : translateExpression(array, context);
  if (unnested !== undefined && unnested.items === undefined)
    return bool(isInArray(subject, unnested, negation));
  const items =
    unnested?.items ?? node.nodes('expressions').map((item) => translateExpression(item, context));
  if (items.length === 0) return bool(negation === '' ? 'FALSE' : 'TRUE');
  const { operands } = unify([subject, ...items], 'operator IN');
  const [first, ...rest] = operands.map(({ sql }) => sql);
  return bool(`(${first ?? ''} ${negation}IN (${rest.join(', ')}))`);
}

/** LIKE, and LIKE ANY or ALL of a list of patterns. */
function readLike(node: SqlNode, context: ExpressionContext): Typed {
  const quantifier = node.text('quantifier');
  if (quantifier !== undefined) {
    const subject = coerceTo(value(node, 'left', context), scalar('STRING'), 'operator LIKE').sql;
    const list = node.child('right');
    if (list.kind !== 'tuple' && list.kind !== 'paren') throw unsupportedSql(`LIKE ${quantifier} of this`);
    const patterns = SqlNode.read(list, () =>
      (list.kind === 'paren' ? [list.child('this')] : list.nodes('expressions')).map(
        (item) => coerceTo(translateExpression(item, context), scalar('STRING'), 'operator LIKE').sql,
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

function readDivision(node: SqlNode, context: ExpressionContext): Typed {
  const { type, operands } = unify(sides(node, context), 'operator /');
  for (const operand of operands) requireBase(operand, multiplied, 'operator /');
  if (type.base === 'NUMERIC') {
    return typed('NUMERIC', `bq_numeric_divide(${operands.map(({ sql }) => sql).join(', ')})`);
  }
  const floats = operands.map((operand) => inner(coerceTo(operand, scalar('FLOAT64'), 'operator /')));
  return checkedFloat(`bq_divide(${floats.join(', ')})`);
}

function readNegation(node: SqlNode, context: ExpressionContext): Typed {
  const operand = node.child('this');
  if (operand.kind === 'literal') {
    const positive = SqlNode.read(operand, () => ({
      kind: operand.text('literal_type'),
      text: operand.text('value'),
    }));
    if (positive.kind === 'number' && positive.text !== undefined) return numberLiteral(`-${positive.text}`);
    throw unsupportedSql('A sign before a literal that is not a number');
  }
  const number = requireBase(translateExpression(operand, context), added, 'operator -');
  if (number.type.base === 'BIGNUMERIC') return typed('BIGNUMERIC', `bq_bignumeric(-(${number.sql}))`);
  return typed(number.type.base, `(-${number.sql})`);
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

function readCase(node: SqlNode, context: ExpressionContext): Typed {
  const operand = node.maybe('operand');
  const pairs = node
    .list('whens')
    .map((pair) => listOf(pair).map((part) => translateExpression(SqlNode.of(part), context)));
  const otherwise = node.maybe('else_');
  const results = pairs.map(([, result]) => result ?? nullLiteral());
  const { type, operands } = unify(
    [...results, otherwise === undefined ? nullLiteral() : translateExpression(otherwise, context)],
    'CASE',
  );
  const conditions = pairs.map(([condition = nullLiteral()]) => condition);
  const tests =
    operand === undefined
      ? conditions.map((test) => asBool(test, 'CASE'))
      : equalTo(translateExpression(operand, context), conditions);
  const whens = tests.map((test, index) => `WHEN ${test} THEN ${operands[index]?.sql ?? ''}`);
  return { sql: `CASE ${whens.join(' ')} ELSE ${operands.at(-1)?.sql ?? ''} END`, type };
}

function equalTo(subject: Typed, candidates: readonly Typed[]): string[] {
  const { operands } = unify([subject, ...candidates], 'CASE');
  const [first, ...rest] = operands.map(({ sql }) => sql);
  return rest.map((candidate) => `${first ?? ''} = ${candidate}`);
}
