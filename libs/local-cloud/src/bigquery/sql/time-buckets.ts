import { unsupportedSql } from '../errors.ts';
import { coerceTo } from './coercion.ts';
import type { FunctionCall, FunctionTranslator } from './function-call.ts';
import { argument, interval, microsOf, requireCount } from './time-functions.ts';
import { arrayOf, scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

/** 1950-01-01 in epoch microseconds: where buckets begin to be counted unless an origin is given. */
const bucketOrigin = '-631152000000000';

/** Times in buckets of one width, and arrays of times at one distance. */
export const timeBuckets: readonly (readonly [string, FunctionTranslator])[] = [
  ['TIMESTAMP_BUCKET', (call) => bucket(call, 'TIMESTAMP')],
  ['DATETIME_BUCKET', (call) => bucket(call, 'DATETIME')],
  ['DATE_BUCKET', (call) => bucket(call, 'DATE')],
  ['GENERATE_TIMESTAMP_ARRAY', generateTimestamps],
  ['GENERATE_DATE_ARRAY', generateDates],
];

const asMicros = (sql: string): string => `epoch_us(CAST(${sql} AS TIMESTAMP))`;

function bucket(call: FunctionCall, type: 'TIMESTAMP' | 'DATETIME' | 'DATE'): Typed {
  requireCount(call, 2, 3);
  const { count, part } = interval(call);
  const unit = microsOf[part] ?? (part === 'WEEK' ? 7 * (microsOf['DAY'] ?? 0) : undefined);
  if (unit === undefined || (type === 'DATE' && unit < (microsOf['DAY'] ?? 0))) {
    throw unsupportedSql(`${call.name} with an interval of ${part}`);
  }
  const origin =
    call.args.length === 3 ? asMicros(argument(call, 2, type)) : `CAST(${bucketOrigin} AS BIGINT)`;
  const width = `${count} * CAST(${unit} AS BIGINT)`;
  const start = `bq_timestamp(bq_bucket(${asMicros(argument(call, 0, type))}, ${origin}, ${width}))`;
  return typed(type, type === 'DATE' ? `CAST(${start} AS DATE)` : start);
}

function generateTimestamps(call: FunctionCall): Typed {
  requireCount(call, 3);
  const { count, part } = interval(call, 2);
  const unit = microsOf[part];
  if (unit === undefined) throw unsupportedSql(`${call.name} with an interval of ${part}`);
  const [from, to] = [argument(call, 0, 'TIMESTAMP'), argument(call, 1, 'TIMESTAMP')];
  const series = `bq_series(epoch_us(${from}), epoch_us(${to}), ${count} * CAST(${unit} AS BIGINT))`;
  return {
    sql: `list_transform(${series}, lambda us: make_timestamp(us))`,
    type: arrayOf(scalar('TIMESTAMP')),
  };
}

/** Day by day, or by months and their multiples counted from the first date. */
function generateDates(call: FunctionCall): Typed {
  requireCount(call, 2, 3);
  const [from = '', to = ''] = call.args
    .slice(0, 2)
    .map((arg) => coerceTo(call.value(arg), scalar('DATE'), call.name).sql);
  const { count, part } = call.args.length === 3 ? interval(call, 2) : { count: '1', part: 'DAY' };
  const days = { DAY: 1, WEEK: 7 }[part];
  const months = { MONTH: 1, QUARTER: 3, YEAR: 12 }[part];
  const type = arrayOf(scalar('DATE'));
  if (days !== undefined) return { sql: `bq_dates(${from}, ${to}, ${count} * ${days})`, type };
  if (months !== undefined) return { sql: `bq_monthly(${from}, ${to}, ${count} * ${months})`, type };
  throw unsupportedSql(`${call.name} with an interval of ${part}`);
}
