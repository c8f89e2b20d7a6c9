import type { ColumnType } from '../catalogue/column.ts';
import { invalidQuery, unsupportedSql } from '../errors.ts';
import { objectOf } from '../json.ts';
import { coerce } from './coercion.ts';
import { parsedLiteral } from './literal.ts';
import { SqlNode } from './node.ts';
import { arrayOf, duckType, scalar, typed, typeText } from './type.ts';
import type { SqlType, Typed } from './type.ts';

/** Reads the target of a CAST. Lengths and precisions are refused, as are types that are not served. */
export function readCastType(raw: unknown): ColumnType {
  const node = SqlNode.bare('type', raw);
  const dataType = node.text('data_type') ?? '';
  const name = dataType === 'custom' ? node.text('name')?.toUpperCase() : dataType;
  const type = castTypes[name ?? ''];
  if (type === undefined) throw unsupportedSql(`Type ${(name ?? '').toUpperCase()} in CAST`);
  node.end();
  return type;
}

const castTypes: Readonly<Record<string, ColumnType>> = {
  INT64: 'INT64',
  int: 'INT64',
  big_int: 'INT64',
  FLOAT64: 'FLOAT64',
  decimal: 'NUMERIC',
  NUMERIC: 'NUMERIC',
  BIGNUMERIC: 'BIGNUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
  boolean: 'BOOL',
  BOOL: 'BOOL',
  string: 'STRING',
  BYTES: 'BYTES',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
  DATETIME: 'DATETIME',
  datetime: 'DATETIME',
  time: 'TIME',
  json: 'JSON',
};

/** Any type as DDL and typed literals write it. */
export function readSqlType(raw: unknown): SqlType {
  const node = SqlNode.bare('type', raw);
  const kind = node.text('data_type') ?? '';
  if (kind === 'array') {
    return SqlNode.read(node, () => arrayOf(readSqlType(node.raw('element_type'))));
  }
  if (kind !== 'struct') return scalar(readCastType(raw));
  return SqlNode.read(node, () => ({
    base: 'STRUCT',
    isArray: false,
    fields: node.list('fields').map((field) => {
      const { name, data_type: type } = objectOf(field);
      return { name: String(name), type: readSqlType(type) };
    }),
  }));
}

/** CAST, or SAFE_CAST: what cannot be converted is an error, or NULL. */
export function castTo(expression: Typed, to: ColumnType, isSafe: boolean): Typed {
  const from = expression.type.base;
  if (expression.type.isArray) throw invalidQuery(`Invalid cast from ${typeText(expression.type)} to ${to}`);
  if (to === 'BIGNUMERIC' && expression.literal?.kind === 'string' && !isSafe)
    return parsedLiteral(to, expression.literal.text);
  if (from === to || expression.literal?.kind === 'null') {
    const same = coerce(expression, scalar(to));
    if (same !== undefined) return { sql: same.sql, type: same.type };
  }
  const rule = rules[`${from}>${to}`];
  if (rule === undefined) throw invalidQuery(`Invalid cast from ${from} to ${to}`);
  if (rule === 'refused') throw unsupportedSql(`CAST from ${from} to ${to}`);
  return typed(to, rule(expression.sql, isSafe, to));
}

type Rule = (sql: string, isSafe: boolean, to: ColumnType) => string;

const plain: Rule = (sql, isSafe, to) => `${isSafe ? 'TRY_CAST' : 'CAST'}(${sql} AS ${duckType(scalar(to))})`;

/** Text converts only when it looks as BigQuery wants it: DuckDB reads more. */
const text =
  (pattern: string, convert: Rule = plain): Rule =>
  (sql, isSafe, to) => {
    const otherwise = isSafe ? 'NULL' : `error('Bad ${to} value: ' || ${sql})`;
    return `CASE WHEN regexp_full_match(${sql}, '${pattern}') THEN ${convert(sql, isSafe, to)} WHEN ${sql} IS NULL THEN NULL ELSE ${otherwise} END`;
  };

const floatPattern = '\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*';
const datePattern = '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}';
const timestampPattern = `${datePattern}([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?)?(Z|z| ?UTC| ?[+-][0-9]{2}(:[0-9]{2})?)?`;

const finite: Rule = (sql, isSafe, to) =>
  isSafe ? `bq_finite_or_null(${plain(sql, true, to)})` : `bq_finite(${plain(sql, false, to)})`;

const decimalInteger = text('\\s*[+-]?[0-9]+\\s*');

const rules: Readonly<Record<string, Rule | 'refused'>> = {
  'STRING>INT64': (sql, isSafe, to) =>
    `CASE WHEN regexp_full_match(${sql}, '\\s*[+-]?0[xX][0-9a-fA-F]+\\s*') THEN error('Hexadecimal text as INT64 is not supported by the local BigQuery') ELSE ${decimalInteger(sql, isSafe, to)} END`,
  'STRING>FLOAT64': text(floatPattern, finite),
  'STRING>NUMERIC': text(floatPattern),
  'STRING>BIGNUMERIC': text(floatPattern, (sql, isSafe) => {
    const converted = `bq_bignumeric${isSafe ? '_or_null' : ''}(bq_text_to_bignumeric(${sql}))`;
    return `CASE WHEN regexp_matches(${sql}, '[eE]') THEN error('Text with an exponent as BIGNUMERIC is not supported by the local BigQuery') ELSE ${converted} END`;
  }),
  'STRING>BOOL': text('(?i)true|false'),
  'STRING>TIMESTAMP': text(timestampPattern, (sql, isSafe) =>
    isSafe ? `TRY(bq_text_timestamp(${sql}))` : `bq_text_timestamp(${sql})`,
  ),
  'STRING>DATE': text(datePattern),
  'STRING>BYTES': (sql) => `encode(${sql})`,
  'BYTES>STRING': (sql, isSafe) => (isSafe ? `TRY(decode(${sql}))` : `decode(${sql})`),
  'INT64>STRING': plain,
  'INT64>FLOAT64': plain,
  'INT64>NUMERIC': plain,
  'INT64>BIGNUMERIC': (sql) => `bq_int_to_bignumeric(${sql})`,
  'NUMERIC>BIGNUMERIC': (sql) => `bq_numeric_to_bignumeric(${sql})`,
  'FLOAT64>BIGNUMERIC': 'refused',
  'BIGNUMERIC>FLOAT64': (sql) => `bq_bignumeric_to_float(${sql})`,
  'BIGNUMERIC>NUMERIC': (sql, isSafe, to) => plain(`bq_bignumeric_to_text(${sql})`, isSafe, to),
  'BIGNUMERIC>INT64': (sql, isSafe, to) =>
    plain(`${isSafe ? 'TRY_CAST' : 'CAST'}(bq_bignumeric_to_text(${sql}) AS DECIMAL(38,0))`, isSafe, to),
  'BIGNUMERIC>STRING': (sql) => `bq_bignumeric_to_text(${sql})`,
  'INT64>BOOL': (sql) => `(${sql} <> 0)`,
  'FLOAT64>INT64': (sql, isSafe, to) => plain(`round(${sql})`, isSafe, to),
  'FLOAT64>NUMERIC': (sql, isSafe, to) => plain(`format('{:.40f}', ${sql})`, isSafe, to),
  'FLOAT64>STRING': (sql) => `bq_float_text(${sql})`,
  'NUMERIC>INT64': plain,
  'NUMERIC>FLOAT64': (sql) => `bq_numeric_to_float(${sql})`,
  'NUMERIC>STRING': (sql) => `bq_numeric_to_text(${sql})`,
  'BOOL>INT64': plain,
  'BOOL>STRING': plain,
  'DATE>STRING': plain,
  'DATE>TIMESTAMP': plain,
  'TIMESTAMP>DATE': plain,
  'TIMESTAMP>STRING': (sql) => `bq_datetime_text(${sql}) || '+00'`,
  'DATETIME>STRING': (sql) => `bq_datetime_text(${sql})`,
  'TIME>STRING': (sql) => `substr(bq_datetime_text(DATE '1970-01-01' + ${sql}), 12)`,
  'DATE>DATETIME': plain,
  'DATETIME>DATE': plain,
  'DATETIME>TIMESTAMP': (sql) => sql,
  'TIMESTAMP>DATETIME': (sql) => sql,
  'TIMESTAMP>TIME': plain,
  'DATETIME>TIME': plain,
  'STRING>JSON': 'refused',
  'JSON>STRING': 'refused',
};
