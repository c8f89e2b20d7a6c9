import { invalidQuery, unsupportedSql } from '../errors.ts';
import { objectOf } from '../json.ts';
import { coerceTo, unify } from './coercion.ts';
import type { ExpressionContext } from './context.ts';
import { nullLiteral } from './literal.ts';
import { SqlNode } from './node.ts';
import { orderItems } from './order.ts';
import { arrayOf, isGroupable, noSignature, requireBase, scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

/** Calls of aggregate functions; undefined when the node is none. */
export function translateAggregate(node: SqlNode, context: ExpressionContext): Typed | undefined {
  const translate = aggregates[node.kind];
  return translate === undefined ? undefined : SqlNode.read(node, () => translate(node, context, ''));
}

/** An aggregate over those of the rows that pass a condition in DuckDB's SQL; undefined when the node is none. */
export function translateFiltered(
  node: SqlNode,
  context: ExpressionContext,
  condition: string,
): Typed | undefined {
  const translate = filterable.has(node.kind) ? aggregates[node.kind] : undefined;
  if (translate === undefined) return undefined;
  return SqlNode.read(node, () => translate(node, context, ` FILTER (WHERE ${condition})`));
}

/** Aggregates whose call stands right before their OVER clause. */
const filterable = new Set(['count', 'sum', 'avg', 'min', 'max', 'any_value', 'logical_or', 'logical_and']);

/** A function with its OVER clause. */
export function translateWindow(node: SqlNode, context: ExpressionContext): Typed {
  const call = node.child('this');
  const over = overClause(node.part('over'), call, context);
  const translate = aggregates[call.kind] ?? numbering[call.kind];
  if (translate === undefined) throw unsupportedSql(`${call.title} OVER`);
  if (call.has('distinct')) throw unsupportedSql('DISTINCT in a window function');
  return SqlNode.read(call, () => translate(call, context, over));
}

type Translator = (node: SqlNode, context: ExpressionContext, over: string) => Typed;

const numeric = ['INT64', 'NUMERIC', 'FLOAT64'] as const;

const aggregates: Readonly<Record<string, Translator>> = {
  count: (node, context, over) => {
    const distinct = node.flag('distinct') ? 'DISTINCT ' : '';
    if (node.flag('star')) return typed('INT64', `COUNT(*)${over}`);
    const counted = argument(node, context);
    if (distinct !== '' && !isGroupable(counted.type))
      throw noSignature('aggregate function COUNT', [counted]);
    return typed('INT64', `COUNT(${distinct}${counted.sql})${over}`);
  },
  count_if: (node, context, over) => {
    node.text('name');
    const test = coerceTo(argument(node, context), scalar('BOOL'), 'COUNTIF').sql;
    return typed('INT64', `COUNT(*) FILTER (WHERE ${test})${over}`);
  },
  sum: (node, context, over) => {
    const name = node.text('name') ?? 'SUM';
    const distinct = node.flag('distinct') ? 'DISTINCT ' : '';
    const summed = requireBase(
      argument(node, context),
      [...numeric, 'BIGNUMERIC'],
      `aggregate function ${name}`,
    );
    const sum = `SUM(${distinct}${summed.sql})${over}`;
    const { base } = summed.type;
    if (base === 'INT64') return typed(base, `CAST(${sum} AS BIGINT)`);
    if (base === 'BIGNUMERIC') return typed(base, `bq_bignumeric(${sum})`);
    return typed(base, base === 'FLOAT64' ? `bq_finite(${sum})` : sum);
  },
  avg: (node, context, over) => {
    const name = node.text('name') ?? 'AVG';
    const distinct = node.flag('distinct') ? 'DISTINCT ' : '';
    const averaged = requireBase(argument(node, context), numeric, `aggregate function ${name}`);
    if (averaged.type.base !== 'NUMERIC')
      return typed('FLOAT64', `bq_finite(AVG(${distinct}${averaged.sql})${over})`);
    const [sum, count] = ['SUM', 'COUNT'].map((core) => `${core}(${distinct}${averaged.sql})${over}`);
    return typed('NUMERIC', `bq_numeric_safe_divide(${sum ?? ''}, CAST(${count ?? ''} AS DECIMAL(38,9)))`);
  },
  min: (node, context, over) => extreme(node, context, 'MIN', over),
  max: (node, context, over) => extreme(node, context, 'MAX', over),
  any_value: (node, context, over) => {
    node.text('name');
    const { sql, type } = argument(node, context);
    return { sql: `any_value(${sql})${over}`, type };
  },
  logical_or: (node, context, over) => logical(node, context, 'bool_or', over),
  logical_and: (node, context, over) => logical(node, context, 'bool_and', over),
  stddev: (node, context, over) => deviation(node, context, 'stddev_samp', over),
  stddev_samp: (node, context, over) => deviation(node, context, 'stddev_samp', over),
  stddev_pop: (node, context, over) => deviation(node, context, 'stddev_pop', over),
  variance: (node, context, over) => deviation(node, context, 'var_samp', over),
  var_samp: (node, context, over) => deviation(node, context, 'var_samp', over),
  var_pop: (node, context, over) => deviation(node, context, 'var_pop', over),
  array_agg: (node, context, over) => {
    node.text('name');
    if (over !== '') throw unsupportedSql('ARRAY_AGG OVER');
    const { sql, type } = argument(node, context);
    if (type.isArray) throw noSignature('aggregate function ARRAY_AGG', [{ sql, type }]);
    const list = `list(${node.flag('distinct') ? 'DISTINCT ' : ''}${sql}${orderOf(node, context)}) FILTER (WHERE ${sql} IS NOT NULL)`;
    const all = node.flag('ignore_nulls')
      ? list
      : `CASE WHEN COUNT(*) > COUNT(${sql}) THEN error('Array cannot have a null element') ELSE ${list} END`;
    return { sql: limited(node, context, all), type: arrayOf(type) };
  },
  string_agg: (node, context, over) => {
    if (over !== '') throw unsupportedSql('STRING_AGG OVER');
    const text = requireBase(argument(node, context), ['STRING'], 'aggregate function STRING_AGG');
    const separator = node.maybe('separator');
    const between =
      separator === undefined
        ? `','`
        : coerceTo(context.expression(separator), scalar('STRING'), 'STRING_AGG').sql;
    const distinct = node.flag('distinct') ? 'DISTINCT ' : '';
    const order = orderOf(node, context);
    if (!node.has('limit')) return typed('STRING', `string_agg(${distinct}${text.sql}, ${between}${order})`);
    const list = `list(${distinct}${text.sql}${order}) FILTER (WHERE ${text.sql} IS NOT NULL)`;
    return typed('STRING', `array_to_string(${limited(node, context, list)}, ${between})`);
  },
  approx_count_distinct: (node, context, over) => {
    node.text('name');
    const counted = argument(node, context);
    if (over !== '') throw unsupportedSql('APPROX_COUNT_DISTINCT OVER');
    if (!isGroupable(counted.type)) throw noSignature('aggregate function APPROX_COUNT_DISTINCT', [counted]);
    return typed('INT64', `COUNT(DISTINCT ${counted.sql})`);
  },
  bitwise_and_agg: (node, context, over) => bitwise(node, context, 'bit_and', over),
  bitwise_or_agg: (node, context, over) => bitwise(node, context, 'bit_or', over),
  bitwise_xor_agg: (node, context, over) => bitwise(node, context, 'bit_xor', over),
  array_concat_agg: (node, context, over) => {
    node.text('name');
    if (over !== '') throw unsupportedSql('ARRAY_CONCAT_AGG OVER');
    const { sql, type } = argument(node, context);
    if (!type.isArray) throw noSignature('aggregate function ARRAY_CONCAT_AGG', [{ sql, type }]);
    const lists = `list(${sql}${orderOf(node, context)}) FILTER (WHERE ${sql} IS NOT NULL)`;
    return { sql: `flatten(${lists})`, type };
  },
  aggregate_function: (node, context, over) => {
    const name = node.text('name') ?? '';
    if (name === 'APPROX_QUANTILES') return quantiles(node, context, over);
    if (name === 'PERCENTILE_CONT' || name === 'PERCENTILE_DISC')
      return percentile(node, context, name, over);
    const pair = { CORR: 'corr', COVAR_POP: 'covar_pop', COVAR_SAMP: 'covar_samp' }[name];
    if (pair !== undefined) return ofPairs(node, context, pair, over);
    const core = { MIN_BY: 'arg_min_null', MAX_BY: 'arg_max_null' }[name];
    const [result, key, ...more] = node.nodes('args').map((item) => context.expression(item));
    if (core === undefined || over !== '') throw unsupportedSql(`${name}${over === '' ? '' : ' OVER'}`);
    if (result === undefined || key === undefined || more.length > 0)
      throw invalidQuery(`${name} takes two arguments`);
    if (!isGroupable(key.type)) throw noSignature(`aggregate function ${name}`, [result, key]);
    return { sql: `${core}(${result.sql}, ${key.sql})`, type: result.type };
  },
};

const numbering: Readonly<Record<string, Translator>> = {
  row_number: (_node, _context, over) => typed('INT64', `row_number()${over}`),
  rank: (_node, _context, over) => typed('INT64', `rank()${over}`),
  percent_rank: (_node, _context, over) => typed('FLOAT64', `percent_rank()${over}`),
  cume_dist: (_node, _context, over) => typed('FLOAT64', `cume_dist()${over}`),
  dense_rank: (_node, _context, over) => typed('INT64', `dense_rank()${over}`),
  n_tile: (node, context, over) => {
    const buckets = context.expression(node.child('num_buckets'));
    if (buckets.literal?.kind !== 'number' || !/^[1-9]\d*$/.test(buckets.literal.text)) {
      throw invalidQuery('The number of buckets of NTILE must be a positive integer literal');
    }
    return typed('INT64', `ntile(${buckets.sql})${over}`);
  },
  nth_value: (node, context, over) => {
    const offset = context.expression(node.child('offset'));
    if (offset.literal?.kind !== 'number' || !/^[1-9]\d*$/.test(offset.literal.text)) {
      throw invalidQuery('The offset of NTH_VALUE must be a positive integer literal');
    }
    const { sql, type } = argument(node, context);
    return { sql: `nth_value(${sql}, ${offset.sql}${nullTreatment(node)})${over}`, type };
  },
  lag: (node, context, over) => neighbour(node, context, 'lag', over),
  lead: (node, context, over) => neighbour(node, context, 'lead', over),
  first_value: (node, context, over) => edge(node, context, 'first_value', over),
  last_value: (node, context, over) => edge(node, context, 'last_value', over),
};

/** Functions that mean nothing without an order. */
const needsOrder = new Set([
  'percent_rank',
  'cume_dist',
  'n_tile',
  'nth_value',
  'rank',
  'dense_rank',
  'lag',
  'lead',
  'first_value',
  'last_value',
]);

const argument = (node: SqlNode, context: ExpressionContext): Typed => context.expression(node.child('this'));

function bitwise(node: SqlNode, context: ExpressionContext, core: string, over: string): Typed {
  const name = node.text('name') ?? core;
  const { sql } = coerceTo(argument(node, context), scalar('INT64'), `aggregate function ${name}`);
  return typed('INT64', `${core}(${sql})${over}`);
}

/** The exact order statistics, which are as good as any approximation. */
function quantiles(node: SqlNode, context: ExpressionContext, over: string): Typed {
  const [given, count, ...more] = node.nodes('args').map((item) => context.expression(item));
  if (over !== '') throw unsupportedSql('APPROX_QUANTILES OVER');
  if (given === undefined || more.length > 0) throw invalidQuery('APPROX_QUANTILES takes two arguments');
  if (!isGroupable(given.type)) throw noSignature('aggregate function APPROX_QUANTILES', [given]);
  if (count?.literal?.kind !== 'number' || !/^[1-9]\d{0,3}$/.test(count.literal.text)) {
    throw unsupportedSql('APPROX_QUANTILES with a number that is not a literal from 1 to 9999');
  }
  const parts = Number(count.literal.text);
  const positions = Array.from({ length: parts + 1 }, (_, index) => `${index}.0 / ${parts}`).join(', ');
  return { sql: `quantile_disc(${given.sql}, [${positions}])`, type: arrayOf(given.type) };
}

function percentile(node: SqlNode, context: ExpressionContext, name: string, over: string): Typed {
  const [given, fraction, ...more] = node.nodes('args').map((item) => context.expression(item));
  if (over === '') throw invalidQuery(`Analytic function ${name} cannot be called without an OVER clause`);
  if (given === undefined || fraction === undefined || more.length > 0) {
    throw invalidQuery(`${name} takes two arguments`);
  }
  if (
    fraction.literal?.kind !== 'number' ||
    !(Number(fraction.literal.text) >= 0 && Number(fraction.literal.text) <= 1)
  ) {
    throw invalidQuery(`The percentile of ${name} must be a literal from 0 to 1`);
  }
  if (over.includes('ORDER BY'))
    throw invalidQuery(`Window ORDER BY is not allowed for analytic function ${name}`);
  const position = `CAST(${fraction.literal.text} AS DOUBLE)`;
  if (name === 'PERCENTILE_DISC') {
    if (!isGroupable(given.type)) throw noSignature(`function ${name}`, [given]);
    return { sql: `quantile_disc(${given.sql}, ${position})${over}`, type: given.type };
  }
  const number = requireBase(given, ['INT64', 'FLOAT64'], `function ${name}`);
  return typed(
    'FLOAT64',
    `quantile_cont(${coerceTo(number, scalar('FLOAT64'), name).sql}, ${position})${over}`,
  );
}

function ofPairs(node: SqlNode, context: ExpressionContext, core: string, over: string): Typed {
  const where = `aggregate function ${core.toUpperCase()}`;
  const given = node.nodes('args').map((item) => context.expression(item));
  const [x, y, ...more] = given.map((item) => requireBase(item, ['INT64', 'FLOAT64'], where));
  if (x === undefined || y === undefined || more.length > 0) throw noSignature(where, given);
  const [left, right] = [x, y].map((item) => coerceTo(item, scalar('FLOAT64'), where).sql);
  return typed('FLOAT64', `bq_finite(${core}(${left ?? ''}, ${right ?? ''})${over})`);
}

/** Of INT64 and FLOAT64; that of NUMERIC would be NUMERIC. */
function deviation(node: SqlNode, context: ExpressionContext, core: string, over: string): Typed {
  const name = node.text('name') ?? core;
  const given = requireBase(argument(node, context), ['INT64', 'FLOAT64'], `aggregate function ${name}`);
  const { sql } = coerceTo(given, scalar('FLOAT64'), name);
  return typed('FLOAT64', `bq_finite(${core}(${sql})${over})`);
}

function orderOf(node: SqlNode, context: ExpressionContext): string {
  const items = orderItems(node.list('order_by'), (item) => context.expression(item));
  return items.length === 0 ? '' : ` ORDER BY ${items.join(', ')}`;
}

function limited(node: SqlNode, context: ExpressionContext, list: string): string {
  const limit = node.maybe('limit');
  if (limit === undefined) return list;
  const count = context.expression(limit);
  if (count.literal?.kind !== 'number') throw unsupportedSql('This LIMIT of ARRAY_AGG');
  return `list_slice(${list}, 1, ${count.literal.text})`;
}

function extreme(node: SqlNode, context: ExpressionContext, name: string, over: string): Typed {
  node.text('name');
  const { sql, type } = argument(node, context);
  if (!isGroupable(type)) throw noSignature(`aggregate function ${name}`, [{ sql, type }]);
  return { sql: `${name}(${sql})${over}`, type };
}

function logical(node: SqlNode, context: ExpressionContext, core: string, over: string): Typed {
  const name = node.text('name') ?? '';
  return typed('BOOL', `${core}(${coerceTo(argument(node, context), scalar('BOOL'), name).sql})${over}`);
}

function neighbour(node: SqlNode, context: ExpressionContext, name: string, over: string): Typed {
  const offsetNode = node.maybe('offset');
  const defaultNode = node.maybe('default');
  const nulls = nullTreatment(node);
  const offset = offsetNode === undefined ? undefined : context.expression(offsetNode);
  if (offset !== undefined && (offset.type.base !== 'INT64' || offset.literal?.kind !== 'number')) {
    throw unsupportedSql(`An offset of ${name.toUpperCase()} that is not an integer literal or parameter`);
  }
  if (offset?.literal?.kind === 'number' && offset.literal.text.startsWith('-')) {
    throw invalidQuery(`The offset to the function ${name.toUpperCase()} must not be negative`);
  }
  const { type, operands } = unify(
    [argument(node, context), defaultNode === undefined ? nullLiteral() : context.expression(defaultNode)],
    name.toUpperCase(),
  );
  const [value, otherwise] = operands.map(({ sql }) => sql);
  return { sql: `${name}(${value ?? ''}, ${offset?.sql ?? '1'}, ${otherwise ?? ''}${nulls})${over}`, type };
}

function edge(node: SqlNode, context: ExpressionContext, name: string, over: string): Typed {
  const nulls = nullTreatment(node);
  const { sql, type } = argument(node, context);
  return { sql: `${name}(${sql}${nulls})${over}`, type };
}

const nullTreatment = (node: SqlNode): string => (node.flag('ignore_nulls') ? ' IGNORE NULLS' : '');

function overClause(given: SqlNode | undefined, call: SqlNode, context: ExpressionContext): string {
  if (given === undefined) throw unsupportedSql('A window function without OVER');
  const name = given.name('window_name');
  const spec = name === undefined ? given : context.windows.get(name.toLowerCase());
  if (spec === undefined) throw invalidQuery(`Unrecognized window alias ${name ?? ''}`);
  if (name !== undefined) {
    given.end();
    if (spec.has('window_name')) throw unsupportedSql('A named window built on another');
  }
  return SqlNode.read(spec, () => {
    const partition = spec.nodes('partition_by').map((node) => context.expression(node));
    if (!partition.every(({ type }) => isGroupable(type))) throw noSignature('PARTITION BY', partition);
    const keys: Typed[] = [];
    const order = orderItems(spec.list('order_by'), (node) => {
      const key = context.expression(node);
      keys.push(key);
      return key;
    });
    if (order.length === 0 && needsOrder.has(call.kind)) {
      throw invalidQuery(`Window ORDER BY is required for analytic function ${call.kind}`);
    }
    const frame = spec.part('frame');
    const isByDistance =
      frame !== undefined && /^range$/i.test(String(frame.raw('kind'))) && hasDistance(frame);
    if (isByDistance && !(keys.length === 1 && keys.every(isInteger))) {
      throw unsupportedSql('A RANGE of numbers over anything but one INT64');
    }
    return ` OVER (${[
      partition.length === 0 ? '' : `PARTITION BY ${partition.map(({ sql }) => sql).join(', ')}`,
      order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`,
      frame === undefined ? '' : SqlNode.read(frame, () => frameClause(frame, context)),
    ]
      .filter((part) => part !== '')
      .join(' ')})`;
  });
}

const hasDistance = (frame: SqlNode): boolean =>
  [frame.raw('start'), frame.raw('end')].some((bound) => typeof bound === 'object' && bound !== null);

const isInteger = ({ type }: Typed): boolean => type.base === 'INT64' && !type.isArray;

function frameClause(frame: SqlNode, context: ExpressionContext): string {
  const kind = frame.text('kind')?.toUpperCase() ?? '';
  const end = frame.raw('end') ?? 'CurrentRow';
  const bounds = [frame.raw('start'), end].map((bound) => frameBound(bound, kind, context));
  return `${kind} BETWEEN ${bounds.join(' AND ')}`;
}

function frameBound(bound: unknown, kind: string, context: ExpressionContext): string {
  const fixed: Readonly<Record<string, string>> = {
    UnboundedPreceding: 'UNBOUNDED PRECEDING',
    UnboundedFollowing: 'UNBOUNDED FOLLOWING',
    CurrentRow: 'CURRENT ROW',
  };
  if (typeof bound === 'string' && fixed[bound] !== undefined) return fixed[bound];
  const [entry] = Object.entries(objectOf(bound));
  if (!['ROWS', 'RANGE'].includes(kind) || entry === undefined)
    throw unsupportedSql(`This bound of a ${kind} frame`);
  const distance = context.expression(SqlNode.of(entry[1]));
  if (distance.literal?.kind !== 'number' || distance.type.base !== 'INT64') {
    throw unsupportedSql('A bound of a frame that is not an integer literal');
  }
  return `${distance.sql} ${entry[0].toUpperCase()}`;
}
