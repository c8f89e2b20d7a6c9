import { invalidQuery, unsupportedSql } from '../errors.ts';
import type { Table } from '../catalogue/table.ts';
import { isObject } from '../json.ts';
import { translateFiltered } from './aggregate.ts';
import { coerceTo, unify } from './coercion.ts';
import type { ExpressionContext, Parameters, TranslatedQuery } from './context.ts';
import { translateExpression } from './expression.ts';
import { readFrom } from './from.ts';
import type { From } from './from.ts';
import { SqlNode } from './node.ts';
import { orderItems } from './order.ts';
import type { OrderKey } from './order.ts';
import { requirePartitionFilters } from './partition-filter.ts';
import { Scope } from './scope.ts';
import type { Source } from './scope.ts';
import { structOf } from './struct.ts';
import { readSelectList } from './select-list.ts';
import type { SelectItem } from './select-list.ts';
import { isGroupable, noSignature, quoteName, sameType, scalar } from './type.ts';
import type { Typed } from './type.ts';

/** What a query is translated in. */
export interface QueryContext {
  readonly parameters: Parameters;
  readonly nowMicros: bigint;
  /** Looks up a table by the parts of its name. */
  readonly table: (parts: readonly string[]) => Table;
  /** The query that a view stands for. */
  readonly view: (table: Table) => TranslatedQuery;
  /** A view of INFORMATION_SCHEMA; undefined for other names. */
  readonly informationSchema: (parts: readonly string[]) => TranslatedQuery | undefined;
  /** Looks up a routine by the parts of its name, and calls it. */
  readonly routine: (parts: readonly string[], args: readonly Typed[]) => Typed;
  /** A name that no other part of the statement has. */
  readonly newName: () => string;
  /** By lower-case name. */
  readonly ctes: ReadonlyMap<string, Source & { readonly sql: string }>;
  /** The scope around a subquery. */
  readonly outer?: Scope;
}

/** SELECT, UNION, a query in parentheses, each with its WITH, ORDER BY and LIMIT. */
export function translateQuery(node: SqlNode, given: QueryContext): TranslatedQuery {
  return SqlNode.read(node, () => {
    const { clause, context } = readWith(node.part('with'), given);
    const body = translateBody(node, context);
    return { ...body, sql: `${clause}${body.sql}` };
  });
}

/** A query whose rows are rows: not SELECT AS STRUCT. */
export function translateRows(node: SqlNode, context: QueryContext): TranslatedQuery {
  const query = translateQuery(node, context);
  if (query.isStruct) throw unsupportedSql('SELECT AS STRUCT outside of ARRAY and scalar subqueries');
  return query;
}

function translateBody(node: SqlNode, context: QueryContext): TranslatedQuery {
  if (node.kind === 'select') return translateSelect(node, context);
  const operator = setOperators[node.kind];
  if (operator !== undefined) return translateSetOperation(node, operator, context);
  if (node.kind === 'subquery') {
    const { sql, columns } = translateRows(node.child('this'), context);
    return { sql: `(${sql})${outputTail(node, columns, context)}`, columns };
  }
  throw unsupportedSql(`The statement ${node.title}`);
}

function readWith(
  node: SqlNode | undefined,
  context: QueryContext,
): { clause: string; context: QueryContext } {
  if (node === undefined) return { clause: '', context };
  const isRecursive = node.flag('recursive');
  const ctes = new Map(context.ctes);
  const definitions = SqlNode.read(node, () =>
    node.list('ctes').map((raw) => {
      const cte = SqlNode.bare('WITH', raw);
      const name = cte.name('alias') ?? '';
      const body = cte.child('this');
      if (isRecursive && body.kind === 'union') {
        cte.raw('alias_first');
        cte.end();
        return recursiveCte(name, body, { ...context, ctes }, ctes);
      }
      const { sql, columns } = translateRows(body, { ...context, ctes });
      cte.end();
      const sqlName = context.newName();
      ctes.set(name.toLowerCase(), { alias: name, sql: sqlName, fields: fieldsOf(columns, '') });
      return `${sqlName} AS (${sql})`;
    }),
  );
  return {
    clause: `WITH ${isRecursive ? 'RECURSIVE ' : ''}${definitions.join(', ')} `,
    context: { ...context, ctes },
  };
}

/** BigQuery's limit. */
const maxIterations = 500;

/** A CTE that may read itself: its first query says the columns, its second adds rows until there are none. */
function recursiveCte(
  name: string,
  body: SqlNode,
  context: QueryContext,
  ctes: Map<string, Source & { readonly sql: string }>,
): string {
  return SqlNode.read(body, () => {
    if (!body.flag('all')) throw unsupportedSql('WITH RECURSIVE of UNION DISTINCT');
    const start = translateRows(body.child('left'), context);
    const { columns } = start;
    const sqlName = context.newName();
    ctes.set(name.toLowerCase(), { alias: name, sql: sqlName, fields: fieldsOf(columns, '') });
    const step = translateRows(body.child('right'), context);
    if (step.columns.length !== columns.length) {
      throw invalidQuery('Queries in UNION ALL of a recursive query have mismatched column count');
    }
    const list = columns.map((column) => `q.${quoteName(column.name)}`).join(', ');
    const names = columns.map((column) => quoteName(column.name)).join(', ');
    const iteration = `(SELECT MAX("#n") + 1 AS n FROM ${sqlName}) AS i`;
    const limit = `CASE WHEN i.n > ${maxIterations} THEN error('A recursive CTE has exceeded the limit of ${maxIterations} iterations') ELSE i.n END`;
    return `${sqlName} AS (SELECT ${list}, 1 AS "#n" FROM (${start.sql}) AS q UNION ALL SELECT ${list}, ${limit} FROM (${asTypes(step, columns)}) AS q(${names}), ${iteration})`;
  });
}

/** The columns of a subquery as fields of a source that DuckDB knows as `sqlName`. */
export const fieldsOf = (columns: TranslatedQuery['columns'], sqlName: string): Source['fields'] =>
  columns.map(({ name, type }) => ({ name, type, sql: `${sqlName}.${quoteName(name)}` }));

function expressionContext(
  scope: Scope,
  context: QueryContext,
  windows: ReadonlyMap<string, SqlNode>,
): ExpressionContext {
  const expressions: ExpressionContext = {
    scope,
    parameters: context.parameters,
    nowMicros: context.nowMicros,
    windows,
    routine: context.routine,
    query: (node) => translateQuery(node, { ...context, outer: scope }),
    expression: (node) => translateExpression(node, expressions),
  };
  return expressions;
}

function translateSelect(node: SqlNode, context: QueryContext): TranslatedQuery {
  const from = fromIn(node, context, []);
  const scope = new Scope(from.sources, context.outer);
  const windows = new Map(
    node.list('windows').map((raw) => {
      const definition = SqlNode.bare('WINDOW', raw);
      return [definition.name('name')?.toLowerCase() ?? '', SqlNode.bare('WINDOW', definition.raw('spec'))];
    }),
  );
  const inRow = expressionContext(scope, context, windows);

  const where = node.part('where_clause');
  const whereNode = where?.child('this');
  const whereSql = whereNode === undefined ? '' : ` WHERE ${conditionSql(whereNode, inRow)}`;
  requirePartitionFilters(from.sources, scope, whereNode, from.conditions);

  const isStruct = node.text('kind') === 'STRUCT';
  const items = readSelectList(node, scope, (item) => translateExpression(item, inRow));
  const isDistinct = node.flag('distinct');
  if (isDistinct && !items.every(({ value }) => isGroupable(value.type))) {
    throw noSignature(
      'SELECT DISTINCT',
      items.map(({ value }) => value),
    );
  }
  const aliases = aliasesOf(items);
  const grouped = expressionContext(scope.withAliases(aliases, 'GROUP BY'), context, windows);
  const groupBy = readGroupBy(node.part('group_by'), items, grouped);
  const having = readPredicate(node.part('having'), 'HAVING', grouped);
  const qualify = readPredicate(node.part('qualify'), 'QUALIFY', grouped);

  const ordered = expressionContext(scope.withAliases(aliases, 'ORDER BY'), context, windows);
  const orderBy = readOrderBy(node.part('order_by'), (item) => {
    const position = positionOf(item, items);
    const output = items[Number(position) - 1];
    if (position !== undefined && output !== undefined) return { sql: position, type: output.value.type };
    const key = translateExpression(item, ordered);
    return { sql: outputOf(key, items), type: key.type };
  });
  const tail = `${orderBy}${readLimit(node, ordered)}`;
  if (isStruct) {
    if (isDistinct) throw unsupportedSql('SELECT DISTINCT AS STRUCT');
    const { sql, type } = structOf(
      items.map(({ name, value, isNamed }) => ({ name: isNamed ? name : undefined, value })),
    );
    return {
      sql: `SELECT ${sql} AS f0_${from.sql}${whereSql}${groupBy}${having}${qualify}${tail}`,
      columns: [{ name: 'f0_', type }],
      isStruct: true,
    };
  }
  const list = items.map(({ value, name }) => `${value.sql} AS ${quoteName(name)}`).join(', ');
  return {
    sql: `SELECT ${isDistinct ? 'DISTINCT ' : ''}${list}${from.sql}${whereSql}${groupBy}${having}${qualify}${tail}`,
    columns: items.map(({ name, value }) => ({ name, type: value.type })),
  };
}

/** The FROM clause and joins of a node, whose expressions also see the sources before it. */
export function fromIn(node: SqlNode, context: QueryContext, before: readonly Source[]): From {
  return readFrom(node, {
    ...context,
    query: (query) => translateRows(query, context),
    fields: fieldsOf,
    expression: (array, sources) => contextOver([...before, ...sources], context).expression(array),
    aggregate: (aggregate, sources, condition) => {
      const found = translateFiltered(aggregate, contextOver([...before, ...sources], context), condition);
      if (found === undefined) throw unsupportedSql(`${aggregate.title} in PIVOT`);
      return found;
    },
    condition: (condition, sources) => conditionIn(condition, [...before, ...sources], context),
  });
}

export const contextOver = (sources: readonly Source[], context: QueryContext): ExpressionContext =>
  expressionContext(new Scope(sources, context.outer), context, new Map());

export const conditionIn = (node: SqlNode, sources: readonly Source[], context: QueryContext): string =>
  conditionSql(node, contextOver(sources, context));

const conditionSql = (node: SqlNode, context: ExpressionContext): string =>
  coerceTo(translateExpression(node, context), scalar('BOOL'), 'A condition').sql;

function aliasesOf(items: readonly SelectItem[]): Map<string, Typed | undefined> {
  const aliases = new Map<string, Typed | undefined>();
  for (const { name, value, isNamed } of items) {
    const key = name.toLowerCase();
    if (isNamed) aliases.set(key, aliases.has(key) ? undefined : value);
  }
  return aliases;
}

function readPredicate(part: SqlNode | undefined, clause: string, context: ExpressionContext): string {
  if (part === undefined) return '';
  return SqlNode.read(part, () => ` ${clause} ${conditionSql(part.child('this'), context)}`);
}

function readGroupBy(
  part: SqlNode | undefined,
  items: readonly SelectItem[],
  context: ExpressionContext,
): string {
  if (part === undefined) return '';
  const keyOf = (node: SqlNode): Typed => {
    const key = translateExpression(node, context);
    if (!isGroupable(key.type)) throw noSignature('GROUP BY', [key]);
    if (key.literal !== undefined) throw invalidQuery('Cannot GROUP BY literal values');
    return key;
  };
  return SqlNode.read(part, () => {
    if (part.flag('all')) {
      const unfit = items.find(({ value }) => ['JSON', 'GEOGRAPHY', 'RANGE'].includes(value.type.base));
      if (unfit !== undefined) throw noSignature('GROUP BY ALL', [unfit.value]);
      return ' GROUP BY ALL';
    }
    const keys = part
      .nodes('expressions')
      .map((node) => groupingOf(node, keyOf) ?? positionOf(node, items) ?? outputOf(keyOf(node), items));
    return ` GROUP BY ${keys.join(', ')}`;
  });
}

const groupings = new Set(['ROLLUP', 'CUBE', 'GROUPING SETS']);

/** ROLLUP, CUBE and GROUPING SETS of expressions; undefined for anything else. */
function groupingOf(node: SqlNode, keyOf: (node: SqlNode) => Typed): string | undefined {
  const name = node.kind === 'function' ? node.text('name')?.toUpperCase() : undefined;
  if (name === undefined || !groupings.has(name)) return undefined;
  const setOf = (key: SqlNode): string => {
    if (key.kind !== 'tuple') return keyOf(key).sql;
    return `(${SqlNode.read(key, () => key.nodes('expressions').map((item) => keyOf(item).sql)).join(', ')})`;
  };
  return SqlNode.read(node, () => `${name} (${node.nodes('args').map(setOf).join(', ')})`);
}

/** An integer literal counts columns of the select list, from 1. */
function positionOf(node: SqlNode, items: readonly unknown[]): string | undefined {
  if (node.kind !== 'literal') return undefined;
  const [kind, text] = SqlNode.read(node, () => [node.text('literal_type'), node.text('value') ?? '']);
  const position = Number(text);
  if (kind !== 'number' || !Number.isInteger(position))
    throw unsupportedSql('A literal in GROUP BY or ORDER BY');
  if (position < 1 || position > items.length) throw invalidQuery(`Column position ${text} is out of range`);
  return text;
}

/** A column's position where the select list has the same expression: DuckDB then sees that they are one. */
function outputOf({ sql }: Typed, items: readonly SelectItem[]): string {
  const index = items.findIndex(({ value }) => value.sql === sql);
  return index < 0 ? sql : String(index + 1);
}

function readOrderBy(part: SqlNode | undefined, keyOf: (node: SqlNode) => OrderKey): string {
  if (part === undefined) return '';
  return ` ORDER BY ${SqlNode.read(part, () => orderItems(part.list('expressions'), keyOf)).join(', ')}`;
}

function readLimit(node: SqlNode, context: ExpressionContext): string {
  return ['limit', 'offset']
    .map((key) => {
      const raw = node.raw(key);
      if (!isObject(raw)) return '';
      // SELECT wraps the count in `this`, UNION does not.
      const count = translateExpression(SqlNode.of('this' in raw ? raw['this'] : raw), context);
      if (count.literal?.kind !== 'number' || !/^\d{1,18}$/.test(count.literal.text)) {
        throw invalidQuery(`${key.toUpperCase()} expects a non-negative integer literal or parameter`);
      }
      return ` ${key.toUpperCase()} ${count.literal.text}`;
    })
    .join('');
}

const setOperators: Readonly<Record<string, string>> = {
  union: 'UNION',
  intersect: 'INTERSECT',
  except: 'EXCEPT',
};

function translateSetOperation(node: SqlNode, operator: string, context: QueryContext): TranslatedQuery {
  const isAll = node.flag('all');
  if (!isAll && !node.flag('distinct'))
    throw invalidQuery(`Expected keyword ALL or DISTINCT after ${operator}`);
  if (isAll && operator !== 'UNION') throw invalidQuery(`${operator} ALL is not supported`);
  const sides = [node.child('left'), node.child('right')].map((side) => translateRows(side, context));
  const [left, right] = sides;
  if (left === undefined || right === undefined || left.columns.length !== right.columns.length) {
    throw invalidQuery(
      `Queries in UNION ALL have mismatched column count; query 1 has ${left?.columns.length ?? 0} columns, query 2 has ${right?.columns.length ?? 0}`,
    );
  }
  const types = left.columns.map(({ type }, index) => {
    const other = right.columns[index]?.type ?? type;
    return unify(
      [
        { sql: '', type },
        { sql: '', type: other },
      ],
      `UNION ALL, column ${index + 1}`,
    ).type;
  });
  if (!isAll && !types.every(isGroupable)) throw unsupportedSql('UNION DISTINCT of arrays or JSON');
  const columns = left.columns.map(({ name }, index) => ({ name, type: types[index] ?? scalar('INT64') }));
  const [first = '', second = ''] = sides.map((side) => asTypes(side, columns));
  const sql = `(${first}) ${operator} ${isAll ? 'ALL ' : ''}(${second})`;
  return { sql: `${sql}${outputTail(node, columns, context)}`, columns };
}

function asTypes(query: TranslatedQuery, wanted: TranslatedQuery['columns']): string {
  const isSame = query.columns.every(({ type }, index) => sameType(type, wanted[index]?.type ?? type));
  if (isSame) return query.sql;
  const list = query.columns.map(
    ({ name, type }, index) =>
      coerceTo({ sql: quoteName(name), type }, wanted[index]?.type ?? type, 'UNION').sql,
  );
  return `SELECT ${list.join(', ')} FROM (${query.sql})`;
}

/** ORDER BY and LIMIT behind a UNION or parentheses, which see output columns only. */
function outputTail(node: SqlNode, columns: TranslatedQuery['columns'], context: QueryContext): string {
  const scope = new Scope([]);
  const expressions = expressionContext(scope, context, new Map());
  const orderBy = readOrderBy(node.part('order_by'), (item) => {
    const position = positionOf(item, columns);
    const output = columns[Number(position) - 1];
    if (position !== undefined && output !== undefined) return { sql: position, type: output.type };
    if (item.kind !== 'column') throw unsupportedSql('ORDER BY of an expression behind UNION');
    const name = SqlNode.read(item, () => item.name('name') ?? '');
    const index = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
    const column = columns[index];
    if (column === undefined) throw invalidQuery(`Unrecognized name: ${name}`);
    return { sql: String(index + 1), type: column.type };
  });
  return `${orderBy}${readLimit(node, expressions)}`;
}
