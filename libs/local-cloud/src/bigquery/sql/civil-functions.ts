import { invalidQuery, unsupportedSql } from '../errors.ts';
import { castTo } from './cast.ts';
import { coerceTo } from './coercion.ts';
import type { FunctionCall, FunctionTranslator } from './function-call.ts';
import { jsonScalar } from './json-functions.ts';
import {
  argument,
  interval,
  microsOf,
  parsePattern,
  partName,
  requireCount,
  shiftMonths,
} from './time-functions.ts';
import { scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

/** Functions on DATETIME and TIME, which have no zone, and on days. */
export const civilFunctions: readonly (readonly [string, FunctionTranslator])[] = [
  ['DATETIME_ADD', (call) => shiftDatetime(call, '+')],
  ['DATETIME_SUB', (call) => shiftDatetime(call, '-')],
  ['DATETIME_DIFF', datetimeDifference],
  ['TIME', makeTime],
  ['TIME_ADD', (call) => shiftTime(call, '+')],
  ['TIME_SUB', (call) => shiftTime(call, '-')],
  ['TIME_DIFF', timeDifference],
  ['PARSE_TIME', parseTime],
  ['UNIX_DATE', (call) => typed('INT64', `CAST(${one(call, 'DATE')} - DATE '1970-01-01' AS BIGINT)`)],
  [
    'DATE_FROM_UNIX_DATE',
    (call) => typed('DATE', `(DATE '1970-01-01' + CAST(${one(call, 'INT64')} AS INTEGER))`),
  ],
  ['STRING', toText],
];

function one(call: FunctionCall, type: 'DATE' | 'INT64'): string {
  requireCount(call, 1);
  return argument(call, 0, type);
}

function shiftDatetime(call: FunctionCall, sign: '+' | '-'): Typed {
  requireCount(call, 2);
  const { count, part } = interval(call);
  const given = argument(call, 0, 'DATETIME');
  const unit = microsOf[part];
  if (unit !== undefined) {
    return typed('DATETIME', `bq_timestamp(epoch_us(${given}) ${sign} ${count} * CAST(${unit} AS BIGINT))`);
  }
  return typed('DATETIME', shiftMonths(call, given, sign, count, part));
}

/** Counts the boundaries between the two. */
function datetimeDifference(call: FunctionCall): Typed {
  requireCount(call, 3);
  const part = partName(call, 2);
  if (!(part in microsOf) && !['MONTH', 'QUARTER', 'YEAR'].includes(part)) {
    throw unsupportedSql(`DATETIME_DIFF in ${part}`);
  }
  const [later, earlier] = [argument(call, 0, 'DATETIME'), argument(call, 1, 'DATETIME')];
  return typed('INT64', `date_diff('${part.toLowerCase()}', ${earlier}, ${later})`);
}

function makeTime(call: FunctionCall): Typed {
  requireCount(call, 1, 3);
  if (call.args.length === 1) {
    const [first] = call.args.map(call.value);
    if (first?.type.isArray !== false || !['DATETIME', 'TIMESTAMP'].includes(first.type.base)) {
      throw unsupportedSql('TIME of anything but DATETIME and TIMESTAMP');
    }
    return typed('TIME', `CAST(${first.sql} AS TIME)`);
  }
  const parts = [0, 1, 2].map((index) => argument(call, index, 'INT64'));
  return typed('TIME', `make_time(${parts[0] ?? ''}, ${parts[1] ?? ''}, CAST(${parts[2] ?? ''} AS DOUBLE))`);
}

const timeOf = (call: FunctionCall, index: number): string => {
  const node = call.args[index];
  if (node === undefined) throw invalidQuery(`${call.name} takes more arguments`);
  return `CAST(date_part('epoch', ${coerceTo(call.value(node), scalar('TIME'), call.name).sql}) * 1000000 AS BIGINT)`;
};

/** Goes around midnight. */
function shiftTime(call: FunctionCall, sign: '+' | '-'): Typed {
  requireCount(call, 2);
  const { count, part } = interval(call);
  const unit = part === 'DAY' ? undefined : microsOf[part];
  if (unit === undefined) throw invalidQuery(`${call.name} does not support the ${part} date part`);
  return typed('TIME', `bq_time(${timeOf(call, 0)} ${sign} ${count} * CAST(${unit} AS BIGINT))`);
}

/** Counts the boundaries between the two. */
function timeDifference(call: FunctionCall): Typed {
  requireCount(call, 3);
  const part = partName(call, 2);
  const unit = part === 'DAY' ? undefined : microsOf[part];
  if (unit === undefined) throw unsupportedSql(`TIME_DIFF in ${part}`);
  const width = `CAST(${unit} AS BIGINT)`;
  return typed('INT64', `(${timeOf(call, 0)} // ${width} - ${timeOf(call, 1)} // ${width})`);
}

function parseTime(call: FunctionCall): Typed {
  requireCount(call, 2);
  return typed('TIME', `CAST(${parsePattern(call)} AS TIME)`);
}

/** Of a time, or of a JSON string. */
function toText(call: FunctionCall): Typed {
  const [given] = call.args.map(call.value);
  if (given?.type.base === 'JSON') return jsonScalar(call, 'STRING');
  requireCount(call, 1);
  if (given === undefined || !['TIMESTAMP', 'DATE', 'DATETIME', 'TIME'].includes(given.type.base)) {
    throw unsupportedSql('STRING of anything but a time or JSON');
  }
  return castTo(given, 'STRING', false);
}
