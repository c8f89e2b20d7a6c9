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
    const summed = requireBase(argument(node, context), numeric, `aggregate function ${name}`);
    const sum = `SUM(${distinct}${summed.sql})${over}`;
    const { base } = summed.type;
    if (base === 'INT64') return typed(base, `CAST(${sum} AS BIGINT)`);
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
    return typed('STRING', `string_agg(${distinct}${text.sql}, ${between}${orderOf(node, context)})`);
  },
  aggregate_function: (node, context, over) => {
    const name = node.text('name') ?? '';
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
  lag: (node, context, over) => neighbour(node, context, 'lag', over),
  lead: (node, context, over) => neighbour(node, context, 'lead', over),
  first_value: (node, context, over) => edge(node, context, 'first_value', over),
  last_value: (node, context, over) => edge(node, context, 'last_value', over),
};

/** Functions that mean nothing without an order. */
const needsOrder = new Set([
  'percent_rank',
  'cume_dist',
  'rank',
  'dense_rank',
  'lag',
  'lead',
  'first_value',
  'last_value',
]);

const argument = (node: SqlNode, context: ExpressionContext): Typed => context.expression(node.child('this'));

/** Of INT64 and FLOAT64; that of NUMERIC would be NUMERIC. */
function deviation(node: SqlNode, context: ExpressionContext, core: string, over: string): Typed {
  const name = node.text('name') ?? core;
  const given = requireBase(argument(node, context), ['INT64', 'FLOAT64'], `aggregate function ${name}`);
  const { sql } = coerceTo(given, scalar('FLOAT64'), name);
  return typed('FLOAT64', `bq_finite(${core}(${sql})${over})`);
}

function orderOf(node: SqlNode, context: ExpressionContext): string {
  const items = orderItems(node.list('order_by'), (item) => context.expression(item).sql);
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
    const order = orderItems(spec.list('order_by'), (node) => context.expression(node).sql);
    if (order.length === 0 && needsOrder.has(call.kind)) {
      throw invalidQuery(`Window ORDER BY is required for analytic function ${call.kind}`);
    }
    const frame = spec.part('frame');
    return ` OVER (${[
      partition.length === 0 ? '' : `PARTITION BY ${partition.map(({ sql }) => sql).join(', ')}`,
      order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`,
      frame === undefined ? '' : SqlNode.read(frame, () => frameClause(frame, context)),
    ]
      .filter((part) => part !== '')
      .join(' ')})`;
  });
}

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
  if (kind !== 'ROWS' || entry === undefined) throw unsupportedSql(`This bound of a ${kind} frame`);
  const distance = context.expression(SqlNode.of(entry[1]));
  if (distance.literal?.kind !== 'number' || distance.type.base !== 'INT64') {
    throw unsupportedSql('A bound of a frame that is not an integer literal');
  }
  return `${distance.sql} ${entry[0].toUpperCase()}`;
}
