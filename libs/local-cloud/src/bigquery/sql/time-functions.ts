import { invalidQuery, unsupportedSql } from '../errors.ts';
import { objectOf, textOf } from '../json.ts';
import { castTo } from './cast.ts';
import { coerceTo } from './coercion.ts';
import type { FunctionCall, FunctionTranslator } from './function-call.ts';
import { literalSql } from './literal.ts';
import { SqlNode } from './node.ts';
import { noSignature, requireBase, scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

/** Functions on TIMESTAMP, which is UTC to the microsecond, and DATE. Other time zones are refused. */
export const timeFunctions: readonly (readonly [string, FunctionTranslator])[] = [
  ['CURRENT_TIMESTAMP', currentTimestamp],
  ['CURRENT_DATE', (call) => typed('DATE', `CAST(${localNow(call)} AS DATE)`)],
  ['CURRENT_DATETIME', (call) => typed('DATETIME', localNow(call))],
  ['CURRENT_TIME', (call) => typed('TIME', `CAST(${localNow(call)} AS TIME)`)],
  ['TIMESTAMP', toTimestamp],
  ['DATE', toDate],
  ['TIMESTAMP_SECONDS', (call) => fromUnix(call, 1_000_000)],
  ['TIMESTAMP_MILLIS', (call) => fromUnix(call, 1000)],
  ['TIMESTAMP_MICROS', (call) => fromUnix(call, 1)],
  ['UNIX_SECONDS', (call) => toUnix(call, 1_000_000)],
  ['UNIX_MILLIS', (call) => toUnix(call, 1000)],
  ['UNIX_MICROS', (call) => toUnix(call, 1)],
  ['TIMESTAMP_TRUNC', (call) => truncate(call, 'TIMESTAMP')],
  ['DATE_TRUNC', (call) => truncate(call, 'DATE')],
  ['TIMESTAMP_ADD', (call) => shiftTimestamp(call, '+')],
  ['TIMESTAMP_SUB', (call) => shiftTimestamp(call, '-')],
  ['DATE_ADD', (call) => shiftDate(call, '+')],
  ['DATE_SUB', (call) => shiftDate(call, '-')],
  ['TIMESTAMP_DIFF', timestampDifference],
  ['DATE_DIFF', dateDifference],
  ['EXTRACT', extract],
  ['DATETIME', toDatetime],
  ['DATETIME_TRUNC', (call) => truncate(call, 'DATETIME')],
  ['LAST_DAY', lastDay],
  ['FORMAT_TIMESTAMP', (call) => format(call, 'TIMESTAMP')],
  ['FORMAT_DATE', (call) => format(call, 'DATE')],
  ['FORMAT_DATETIME', (call) => format(call, 'DATETIME')],
  ['PARSE_DATE', (call) => parse(call, 'DATE')],
  ['PARSE_TIMESTAMP', (call) => parse(call, 'TIMESTAMP')],
  ['PARSE_DATETIME', (call) => parse(call, 'DATETIME')],
];

export const microsOf: Readonly<Record<string, number>> = {
  MICROSECOND: 1,
  MILLISECOND: 1000,
  SECOND: 1_000_000,
  MINUTE: 60_000_000,
  HOUR: 3_600_000_000,
  DAY: 86_400_000_000,
};

export function argument(
  { name, args, value }: FunctionCall,
  index: number,
  type: 'TIMESTAMP' | 'DATE' | 'DATETIME' | 'INT64',
): string {
  const node = args[index];
  if (node === undefined)
    throw invalidQuery(`No matching signature for function ${name}: wrong number of arguments`);
  return coerceTo(value(node), scalar(type), `function ${name}`).sql;
}

export function requireCount({ name, args }: FunctionCall, ...counts: number[]): void {
  if (!counts.includes(args.length)) {
    throw invalidQuery(`No matching signature for function ${name}: wrong number of arguments`);
  }
}

/** The time zone that an argument names, as DuckDB's text; undefined for UTC. Offsets are not served. */
function zoneOf({ args, value, name }: FunctionCall, index: number): string | undefined {
  const node = args[index];
  if (node === undefined) return undefined;
  const { literal } = value(node);
  if (literal?.kind !== 'string') throw unsupportedSql(`${name} in a time zone that is not a literal`);
  const zone = literal.text;
  if (['UTC', 'Etc/UTC', '+00:00', '+00'].includes(zone)) return undefined;
  if (!/^[A-Z][A-Za-z_]+\/[A-Za-z_/-]+$/.test(zone) || !isZone(zone))
    throw invalidQuery(`Invalid time zone: ${zone}`);
  return `'${zone}'`;
}

function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const localTime = (sql: string, zone: string | undefined): string =>
  zone === undefined ? sql : `bq_local(${sql}, ${zone})`;

const fromLocalTime = (sql: string, zone: string | undefined): string =>
  zone === undefined ? sql : `bq_from_local(${sql}, ${zone})`;

function toTimestamp(call: FunctionCall): Typed {
  requireCount(call, 1, 2);
  const zone = zoneOf(call, 1);
  const [first] = call.args.slice(0, 1).map(call.value);
  if (first === undefined) throw invalidQuery('TIMESTAMP takes one or two arguments');
  if (first.type.base === 'STRING' && zone !== undefined)
    throw unsupportedSql('TIMESTAMP of text in a time zone');
  if (first.type.base === 'TIMESTAMP' && zone !== undefined)
    throw invalidQuery('TIMESTAMP takes no zone with a TIMESTAMP');
  if (first.type.base === 'DATETIME' && !first.type.isArray)
    return typed('TIMESTAMP', fromLocalTime(first.sql, zone));
  return typed('TIMESTAMP', fromLocalTime(castTo(first, 'TIMESTAMP', false).sql, zone));
}

function toDate(call: FunctionCall): Typed {
  if (call.args.length === 3) {
    const parts = [0, 1, 2].map((index) => argument(call, index, 'INT64'));
    return typed('DATE', `make_date(${parts.join(', ')})`);
  }
  requireCount(call, 1, 2);
  const zone = zoneOf(call, 1);
  const [first] = call.args.slice(0, 1).map(call.value);
  if (first === undefined || first.type.base === 'STRING') throw unsupportedSql('DATE of text');
  if (zone !== undefined && first.type.base !== 'TIMESTAMP')
    throw invalidQuery('DATE takes a zone with a TIMESTAMP only');
  if (first.type.base === 'DATETIME' || zone !== undefined) {
    return typed(
      'DATE',
      `CAST(${localTime(requireBase(first, ['DATETIME', 'TIMESTAMP'], 'DATE').sql, zone)} AS DATE)`,
    );
  }
  return castTo(first, 'DATE', false);
}

function fromUnix(call: FunctionCall, unit: number): Typed {
  requireCount(call, 1);
  return typed('TIMESTAMP', `bq_timestamp(${argument(call, 0, 'INT64')} * CAST(${unit} AS BIGINT))`);
}

function toUnix(call: FunctionCall, unit: number): Typed {
  requireCount(call, 1);
  return typed(
    'INT64',
    `bq_floor_divide(epoch_us(${argument(call, 0, 'TIMESTAMP')}), CAST(${unit} AS BIGINT))`,
  );
}

/** The date part that an argument names, for example `HOUR` or `WEEK(MONDAY)`. */
export function partName({ args, name }: FunctionCall, index: number): string {
  const node = args[index];
  const raw = node === undefined ? undefined : readPart(node);
  if (raw === undefined) throw invalidQuery(`A valid date part name is required as an argument of ${name}`);
  return raw;
}

function readPart(node: SqlNode): string | undefined {
  if (node.kind === 'var' || node.kind === 'column') {
    return SqlNode.read(node, () =>
      node.kind === 'var' ? fieldName(node.raw('this')) : node.name('name'),
    )?.toUpperCase();
  }
  if (node.kind !== 'function') return undefined;
  return SqlNode.read(node, () => {
    const [day] = node.nodes('args').map(readPart);
    return `${node.text('name') ?? ''}(${day ?? ''})`.toUpperCase();
  });
}

/** What EXTRACT reads: a known field by its name, others wrapped. */
function fieldName(raw: unknown): string | undefined {
  const { Custom: custom, WeekWithModifier: day } = objectOf(raw);
  return textOf(raw) ?? textOf(custom) ?? (typeof day === 'string' ? `WEEK(${day})` : undefined);
}

const truncations: Readonly<Record<string, (sql: string) => string>> = {
  MICROSECOND: (sql) => sql,
  MILLISECOND: (sql) => `date_trunc('millisecond', ${sql})`,
  SECOND: (sql) => `date_trunc('second', ${sql})`,
  MINUTE: (sql) => `date_trunc('minute', ${sql})`,
  HOUR: (sql) => `date_trunc('hour', ${sql})`,
  DAY: (sql) => `date_trunc('day', ${sql})`,
  WEEK: (sql) => `bq_week(${sql})`,
  'WEEK(SUNDAY)': (sql) => `bq_week(${sql})`,
  'WEEK(MONDAY)': (sql) => `date_trunc('week', ${sql})`,
  ISOWEEK: (sql) => `date_trunc('week', ${sql})`,
  MONTH: (sql) => `date_trunc('month', ${sql})`,
  QUARTER: (sql) => `date_trunc('quarter', ${sql})`,
  YEAR: (sql) => `date_trunc('year', ${sql})`,
};

function truncate(call: FunctionCall, type: 'TIMESTAMP' | 'DATE' | 'DATETIME'): Typed {
  requireCount(call, 2, type === 'TIMESTAMP' ? 3 : 2);
  const part = partName(call, 1);
  const apply = truncations[part];
  if (apply === undefined || (type === 'DATE' && part !== 'DAY' && part in microsOf)) {
    throw unsupportedSql(`${call.name} to ${part}`);
  }
  const zone = zoneOf(call, 2);
  if (zone !== undefined && part in microsOf && part !== 'DAY')
    throw unsupportedSql(`${call.name} to ${part} in a time zone`);
  const local = localTime(`CAST(${argument(call, 0, type)} AS TIMESTAMP)`, zone);
  return typed(
    type,
    fromLocalTime(`CAST(${apply(local)} AS ${type === 'DATE' ? 'DATE' : 'TIMESTAMP'})`, zone),
  );
}

/** INTERVAL n PART, as its count in SQL and its part. */
export function interval(
  { args, value, name }: FunctionCall,
  index = 1,
): { readonly count: string; readonly part: string } {
  const node = args[index];
  if (node?.kind !== 'interval') throw invalidQuery(`${name} takes an INTERVAL`);
  return SqlNode.read(node, () => {
    const unit = node.part('unit');
    const part = unit?.text('unit')?.toUpperCase();
    if (unit === undefined || unit.text('type') !== 'simple' || part === undefined)
      throw unsupportedSql('This INTERVAL');
    const amount = node.child('this');
    // The parser writes INTERVAL 5 and INTERVAL '5' alike.
    const count =
      amount.kind === 'literal'
        ? integerText(amount)
        : coerceTo(value(amount), scalar('INT64'), 'INTERVAL').sql;
    return { count, part };
  });
}

function integerText(literal: SqlNode): string {
  return SqlNode.read(literal, () => {
    literal.text('literal_type');
    const text = literal.text('value') ?? '';
    if (!/^-?\d{1,18}$/.test(text)) throw unsupportedSql(`INTERVAL ${text}`);
    return literalSql('INT64', BigInt(text));
  });
}

function shiftTimestamp(call: FunctionCall, sign: '+' | '-'): Typed {
  requireCount(call, 2);
  const { count, part } = interval(call);
  const unit = microsOf[part];
  if (unit === undefined) throw invalidQuery(`${call.name} does not support the ${part} date part`);
  const micros = `epoch_us(${argument(call, 0, 'TIMESTAMP')}) ${sign} ${count} * CAST(${unit} AS BIGINT)`;
  return typed('TIMESTAMP', `bq_timestamp(${micros})`);
}

function shiftDate(call: FunctionCall, sign: '+' | '-'): Typed {
  requireCount(call, 2);
  const { count, part } = interval(call);
  return typed('DATE', `CAST(${shiftMonths(call, argument(call, 0, 'DATE'), sign, count, part)} AS DATE)`);
}

/** Adds days or more; months keep the day, or end at the month's last. */
export function shiftMonths(
  { name }: FunctionCall,
  sql: string,
  sign: '+' | '-',
  count: string,
  part: string,
): string {
  const maker = {
    DAY: 'to_days',
    WEEK: 'to_weeks',
    MONTH: 'to_months',
    QUARTER: 'to_quarters',
    YEAR: 'to_years',
  }[part];
  if (maker === undefined) throw invalidQuery(`${name} does not support the ${part} date part`);
  return `${sql} ${sign} ${maker}(CAST(${count} AS INTEGER))`;
}

/** `time + INTERVAL n PART`: a DATE becomes a DATETIME. */
export function shiftByInterval(call: FunctionCall, given: Typed, sign: '+' | '-'): Typed {
  if (given.type.isArray || !['TIMESTAMP', 'DATETIME', 'DATE'].includes(given.type.base)) {
    throw noSignature(call.name, [given]);
  }
  const { count, part } = interval(call);
  const type = given.type.base === 'TIMESTAMP' ? 'TIMESTAMP' : 'DATETIME';
  const unit = microsOf[part];
  if (unit !== undefined) {
    const micros = `epoch_us(CAST(${given.sql} AS TIMESTAMP)) ${sign} ${count} * CAST(${unit} AS BIGINT)`;
    return typed(type, `bq_timestamp(${micros})`);
  }
  if (type === 'TIMESTAMP') throw invalidQuery(`TIMESTAMP ${sign} INTERVAL does not support ${part}`);
  return typed(type, `CAST(${shiftMonths(call, given.sql, sign, count, part)} AS TIMESTAMP)`);
}

function currentTimestamp(call: FunctionCall): Typed {
  requireCount(call, 0);
  return typed('TIMESTAMP', literalSql('TIMESTAMP', call.nowMicros));
}

function localNow(call: FunctionCall): string {
  requireCount(call, 0, 1);
  return localTime(literalSql('TIMESTAMP', call.nowMicros), zoneOf(call, 0));
}

/** Whole units, truncated towards zero; DuckDB's own function counts boundaries. */
function timestampDifference(call: FunctionCall): Typed {
  requireCount(call, 3);
  const unit = microsOf[partName(call, 2)];
  if (unit === undefined) throw unsupportedSql(`TIMESTAMP_DIFF in ${partName(call, 2)}`);
  const [later, earlier] = [argument(call, 0, 'TIMESTAMP'), argument(call, 1, 'TIMESTAMP')];
  return typed('INT64', `((epoch_us(${later}) - epoch_us(${earlier})) // CAST(${unit} AS BIGINT))`);
}

function dateDifference(call: FunctionCall): Typed {
  requireCount(call, 3);
  const part = partName(call, 2);
  const [later, earlier] = [argument(call, 0, 'DATE'), argument(call, 1, 'DATE')];
  if (part === 'DAY') return typed('INT64', `CAST(${later} - ${earlier} AS BIGINT)`);
  if (part === 'ISOWEEK' || part === 'WEEK(MONDAY)') {
    const [to, from] = [later, earlier].map((date) => `CAST(date_trunc('week', ${date}) AS DATE)`);
    return typed('INT64', `CAST((${to ?? ''} - ${from ?? ''}) // 7 AS BIGINT)`);
  }
  // Both count the boundaries between the dates.
  const unit = { MONTH: 'month', QUARTER: 'quarter', YEAR: 'year' }[part];
  if (unit === undefined) throw unsupportedSql(`DATE_DIFF in ${part}`);
  return typed('INT64', `date_diff('${unit}', ${earlier}, ${later})`);
}

const fields: Readonly<Record<string, (sql: string) => string>> = {
  YEAR: (sql) => `year(${sql})`,
  QUARTER: (sql) => `quarter(${sql})`,
  MONTH: (sql) => `month(${sql})`,
  DAY: (sql) => `day(${sql})`,
  DAYOFWEEK: (sql) => `isodow(${sql}) % 7 + 1`,
  DAYOFYEAR: (sql) => `dayofyear(${sql})`,
  HOUR: (sql) => `hour(${sql})`,
  MINUTE: (sql) => `minute(${sql})`,
  SECOND: (sql) => `second(${sql})`,
  MILLISECOND: (sql) => `millisecond(${sql}) % 1000`,
  MICROSECOND: (sql) => `microsecond(${sql}) % 1000000`,
  WEEK: (sql) => `strftime(${sql}, '%U')`,
  'WEEK(SUNDAY)': (sql) => `strftime(${sql}, '%U')`,
  'WEEK(MONDAY)': (sql) => `strftime(${sql}, '%W')`,
  ISOWEEK: (sql) => `week(${sql})`,
  ISOYEAR: (sql) => `isoyear(${sql})`,
};

/** `timestamp AT TIME ZONE zone` is the zone's local time. */
function readZoned(node: SqlNode, call: FunctionCall): Typed {
  if (node.kind !== 'at_time_zone') return call.value(node);
  return SqlNode.read(node, () => {
    const { sql } = requireBase(call.value(node.child('this')), ['TIMESTAMP'], 'AT TIME ZONE');
    return typed('DATETIME', localTime(sql, zoneOf({ ...call, args: [node.child('zone')] }, 0)));
  });
}

/** %-directives that mean the same to both. */
const sharedFormat = /^(?:[^%]|%[YmdHMSjyFTRDaAbBpI%])*$/;

function formatLiteral(call: FunctionCall): string {
  const [node] = call.args;
  const literal = node === undefined ? undefined : call.value(node).literal;
  if (literal?.kind !== 'string') throw unsupportedSql(`A format of ${call.name} that is not a literal`);
  return literal.text;
}

function shared(call: FunctionCall, written: string): string {
  if (!sharedFormat.test(written)) throw unsupportedSql(`This format of ${call.name}`);
  const text = written
    .replaceAll('%F', '%Y-%m-%d')
    .replaceAll('%T', '%H:%M:%S')
    .replaceAll('%R', '%H:%M')
    .replaceAll('%D', '%m/%d/%y');
  return `'${text.replaceAll("'", "''")}'`;
}

/** Digits of a second behind `%S`, and seconds since the epoch. */
const ownDirectives = /(%E3S|%E6S|%s)/;

/** FORMAT_TIMESTAMP, FORMAT_DATE and FORMAT_DATETIME. */
function format(call: FunctionCall, type: 'TIMESTAMP' | 'DATE' | 'DATETIME'): Typed {
  requireCount(call, 2, type === 'TIMESTAMP' ? 3 : 2);
  const instant = `CAST(${argument(call, 1, type)} AS TIMESTAMP)`;
  const local = localTime(instant, zoneOf(call, 2));
  const pieces = formatLiteral(call)
    .split(ownDirectives)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (piece === '%s') return `CAST(bq_floor_divide(epoch_us(${instant}), 1000000) AS VARCHAR)`;
      if (piece === '%E3S') return `left(strftime(${local}, '%S.%f'), 6)`;
      if (piece === '%E6S') return `strftime(${local}, '%S.%f')`;
      return `strftime(${local}, ${shared(call, piece)})`;
    });
  return typed('STRING', pieces.length === 0 ? `''` : `(${pieces.join(' || ')})`);
}

/** The text read by the pattern, as a DuckDB timestamp. */
export function parsePattern(call: FunctionCall): string {
  const node = call.args[1];
  const text = node === undefined ? '' : coerceTo(call.value(node), scalar('STRING'), call.name).sql;
  return `strptime(${text}, ${shared(call, formatLiteral(call))})`;
}

function parse(call: FunctionCall, type: 'TIMESTAMP' | 'DATE' | 'DATETIME'): Typed {
  requireCount(call, 2);
  const parsed = parsePattern(call);
  return typed(type, type === 'DATE' ? `CAST(${parsed} AS DATE)` : parsed);
}

function toDatetime(call: FunctionCall): Typed {
  if (call.args.length === 6) {
    const parts = [0, 1, 2, 3, 4, 5].map((index) => argument(call, index, 'INT64'));
    return typed(
      'DATETIME',
      `make_timestamp(${parts.slice(0, 5).join(', ')}, CAST(${parts[5] ?? ''} AS DOUBLE))`,
    );
  }
  requireCount(call, 1, 2);
  const [first] = call.args.slice(0, 1).map(call.value);
  if (first === undefined || first.type.isArray) throw invalidQuery('DATETIME takes one or two arguments');
  const zone = zoneOf(call, 1);
  if (first.type.base === 'TIMESTAMP') return typed('DATETIME', localTime(first.sql, zone));
  if (first.type.base !== 'DATE' || zone !== undefined)
    throw unsupportedSql(`DATETIME of ${first.type.base}`);
  return typed('DATETIME', `CAST(${first.sql} AS TIMESTAMP)`);
}

function lastDay(call: FunctionCall): Typed {
  requireCount(call, 1);
  return typed('DATE', `last_day(${argument(call, 0, 'DATE')})`);
}

function extract(call: FunctionCall): Typed {
  requireCount(call, 2);
  const part = partName(call, 0);
  const node = call.args[1];
  const from = node === undefined ? undefined : readZoned(node, call);
  if (
    from === undefined ||
    from.type.isArray ||
    !['TIMESTAMP', 'DATE', 'DATETIME'].includes(from.type.base)
  ) {
    throw unsupportedSql('EXTRACT from anything but TIMESTAMP and DATE');
  }
  if (part === 'DATE') return typed('DATE', `CAST(${from.sql} AS DATE)`);
  const read = fields[part];
  if (read === undefined || (from.type.base === 'DATE' && part !== 'DAY' && part in microsOf)) {
    throw unsupportedSql(`EXTRACT of ${part}`);
  }
  return typed('INT64', `CAST(${read(from.sql)} AS BIGINT)`);
}
