import type { Table } from '../catalogue/table.ts';
import { invalidQuery, unsupportedSql } from '../errors.ts';
import { coerce } from './coercion.ts';
import type { TranslatedQuery } from './context.ts';
import { SqlNode } from './node.ts';
import { readPivot, readUnpivot } from './pivot.ts';
import { sameName } from './scope.ts';
import type { Field, Source } from './scope.ts';
import { fieldOf } from './struct.ts';
import { elementOf, quoteName, typed, typeOfColumn, typeText } from './type.ts';
import type { Typed } from './type.ts';

export interface FromContext {
  readonly table: (parts: readonly string[]) => Table;
  readonly view: (table: Table) => TranslatedQuery;
  /** A view of INFORMATION_SCHEMA; undefined for other names. */
  readonly informationSchema: (parts: readonly string[]) => TranslatedQuery | undefined;
  readonly newName: () => string;
  readonly ctes: ReadonlyMap<string, Source & { readonly sql: string }>;
  readonly query: (node: SqlNode) => TranslatedQuery;
  readonly fields: (columns: TranslatedQuery['columns'], sqlName: string) => readonly Field[];
  readonly expression: (node: SqlNode, sources: readonly Source[]) => Typed;
  /** A join's ON in DuckDB's SQL. */
  /** An aggregate over those rows of the sources that pass a condition in DuckDB's SQL. */
  readonly aggregate: (node: SqlNode, sources: readonly Source[], condition: string) => Typed;
  readonly condition: (node: SqlNode, sources: readonly Source[]) => string;
}

/** An ON condition, with the aliases whose rows it filters away. */
export interface JoinCondition {
  readonly node: SqlNode;
  readonly filters: readonly string[];
}

export interface From {
  /** ` FROM …`, or nothing. */
  readonly sql: string;
  readonly sources: readonly Source[];
  readonly conditions: readonly JoinCondition[];
}

const joinKeywords: Readonly<Record<string, string>> = {
  Inner: 'INNER JOIN',
  Left: 'LEFT JOIN',
  Right: 'RIGHT JOIN',
  Full: 'FULL JOIN',
  Cross: 'CROSS JOIN',
  Implicit: 'CROSS JOIN',
};

/** The FROM clause and joins of a SELECT, from left to right. */
export function readFrom(select: SqlNode, context: FromContext): From {
  const from = select.part('from');
  const joins = select.list('joins');
  if (from === undefined) return { sql: '', sources: [], conditions: [] };
  const sources: Source[] = [];
  const conditions: JoinCondition[] = [];
  const parts: string[] = [];
  const add = (node: SqlNode): Source => {
    const { source, sql } = readSource(node, context, sources);
    if (sources.some(({ alias }) => sameName(alias, source.alias))) {
      throw invalidQuery(`Duplicate table alias ${source.alias} in the same FROM clause`);
    }
    sources.push(source);
    parts.push(sql);
    return source;
  };
  for (const [index, node] of SqlNode.read(from, () => from.nodes('expressions')).entries()) {
    if (index > 0) parts.push('CROSS JOIN');
    add(node);
  }
  for (const raw of joins) {
    const join = SqlNode.bare('JOIN', raw);
    const kind = join.text('kind') ?? '';
    const keyword = joinKeywords[kind];
    if (keyword === undefined) throw unsupportedSql(`A ${kind.toUpperCase()} join`);
    parts.push(keyword);
    const left = [...sources];
    const right = add(join.child('this'));
    const isUnnest = right.element !== undefined;
    const on = join.maybe('on');
    const using = join.names('using');
    join.end();
    if (isUnnest && on === undefined && using.length === 0 && keyword !== 'CROSS JOIN') {
      if (kind !== 'Inner' && kind !== 'Left') throw unsupportedSql(`UNNEST in a ${kind.toUpperCase()} join`);
      parts.push('ON TRUE');
      continue;
    }
    if ((on !== undefined || using.length > 0) === (keyword === 'CROSS JOIN')) {
      throw invalidQuery(
        `${keyword} ${keyword === 'CROSS JOIN' ? 'takes no' : 'needs an'} ON or USING clause`,
      );
    }
    if (on !== undefined) {
      parts.push(`ON ${context.condition(on, sources)}`);
      conditions.push({ node: on, filters: filtered(kind, left, right) });
    }
    if (using.length > 0) {
      const merged = using.map((name) => ({ name, ...mergeColumn(name, left, right) }));
      parts.push(`ON ${merged.map((pair) => `${pair.mine.sql} = ${pair.theirs.sql}`).join(' AND ')}`);
      sources.splice(-1, 1, markMerged(right, using));
      if (kind === 'Right' || kind === 'Full') {
        for (const { mine, theirs } of merged) {
          const sql = kind === 'Right' ? theirs.sql : `COALESCE(${mine.sql}, ${theirs.sql})`;
          sources.splice(0, left.length, ...sources.slice(0, left.length).map(withMerged(mine, sql)));
        }
      }
    }
  }
  return { sql: ` FROM ${parts.join(' ')}`, sources, conditions };
}

/** An outer join keeps the rows of one side whatever its ON says. */
function filtered(kind: string, left: readonly Source[], right: Source): string[] {
  if (kind === 'Inner') return [...left, right].map(({ alias }) => alias);
  return kind === 'Left' ? [right.alias] : [];
}

const withMerged =
  (mine: Field, mergedSql: string) =>
  (source: Source): Source => ({
    ...source,
    fields: source.fields.map((field) => (field.sql === mine.sql ? { ...field, mergedSql } : field)),
  });

function mergeColumn(name: string, left: readonly Source[], right: Source): { mine: Field; theirs: Field } {
  const find = (source: Source): Field[] =>
    source.fields.filter((field) => sameName(field.name, name) && field.isMerged !== true);
  const [mine, ...others] = left.flatMap(find);
  const [theirs] = find(right);
  if (mine === undefined || theirs === undefined || others.length > 0) {
    throw invalidQuery(`Column ${name} in USING clause is not one column on each side of the join`);
  }
  if (coerce(mine, theirs.type) !== mine) throw unsupportedSql(`USING of columns of two types (${name})`);
  if (mine.mergedSql !== undefined) throw unsupportedSql('USING of a column that an outer join merged');
  return { mine, theirs };
}

const markMerged = (source: Source, names: readonly string[]): Source => ({
  ...source,
  fields: source.fields.map((field) =>
    names.some((name) => sameName(name, field.name)) ? { ...field, isMerged: true } : field,
  ),
});

function readSource(
  node: SqlNode,
  context: FromContext,
  left: readonly Source[],
): { source: Source; sql: string } {
  return SqlNode.read(node, () => {
    if (node.kind === 'alias') {
      const inner = node.child('this');
      if (inner.kind !== 'unnest') throw unsupportedSql(`${inner.title} in FROM`);
      const alias = node.name('alias');
      return SqlNode.read(inner, () => readUnnest(inner, context, left, alias));
    }
    if (node.kind === 'unnest') return readUnnest(node, context, left, node.name('alias'));
    if (node.kind === 'table') return readTable(node, context, left);
    if (node.kind === 'pivot' || node.kind === 'unpivot') {
      const inner = node.child('this');
      const before = readSource(inner, context, left);
      if (before.source.table?.partitioning?.requireFilter === true) {
        throw unsupportedSql(
          'PIVOT of a table that requires a partition filter, but by a subquery that filters,',
        );
      }
      const alias = node.name('alias');
      const shape =
        node.kind === 'pivot' ? readPivot(node, before, context) : readUnpivot(node, before, context);
      const sqlName = context.newName();
      return {
        source: { alias: alias ?? sqlName, fields: context.fields(shape.columns, sqlName) },
        sql: `(${shape.sql}) AS ${sqlName}`,
      };
    }
    if (node.kind !== 'subquery') throw unsupportedSql(`${node.title} in FROM`);
    const alias = node.name('alias');
    const sqlName = context.newName();
    const { sql, columns } = context.query(node.child('this'));
    return {
      source: { alias: alias ?? sqlName, fields: context.fields(columns, sqlName) },
      sql: `(${sql}) AS ${sqlName}`,
    };
  });
}

function readUnnest(node: SqlNode, context: FromContext, left: readonly Source[], alias: string | undefined) {
  const array = context.expression(node.child('this'), left);
  const offset = node.flag('with_ordinality') ? (node.name('offset_alias') ?? 'offset') : undefined;
  return unnest(array, context.newName(), alias, offset);
}

/** The elements of an array as rows: the fields of a STRUCT, or one column called as the alias. */
function unnest(array: Typed, sqlName: string, alias: string | undefined, offset: string | undefined) {
  if (!array.type.isArray) {
    throw invalidQuery(
      `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${typeText(array.type)}`,
    );
  }
  const element: Typed = { sql: `${sqlName}.v`, type: elementOf(array.type) };
  const fields: Field[] =
    element.type.base === 'STRUCT'
      ? (element.type.fields ?? []).map(({ name }) => ({ name, ...fieldOf(element, name) }))
      : [{ name: alias ?? 'f0_', ...element }];
  if (offset !== undefined) fields.push({ name: offset, ...typed('INT64', `${sqlName}.o`) });
  return {
    source: { alias: alias ?? sqlName, fields, element },
    sql: `LATERAL (SELECT unnest(${array.sql}) AS v, generate_subscripts(${array.sql}, 1) - 1 AS o) AS ${sqlName}`,
  };
}

function readTable(
  node: SqlNode,
  context: FromContext,
  left: readonly Source[],
): { source: Source; sql: string } {
  const parts = ['catalog', 'schema', 'name'].flatMap((key) => node.name(key)?.split('.') ?? []);
  const alias = node.name('alias') ?? parts.at(-1) ?? '';
  const sqlName = context.newName();
  const array = parts.length > 1 ? arrayColumn(parts, left) : undefined;
  if (array !== undefined) return unnest(array, sqlName, alias, undefined);
  const cte = parts.length === 1 ? context.ctes.get(cteKey(parts)) : undefined;
  if (cte !== undefined) {
    return {
      source: {
        alias,
        fields: cte.fields.map((field) => ({ ...field, sql: `${sqlName}.${quoteName(field.name)}` })),
      },
      sql: `${cte.sql} AS ${sqlName}`,
    };
  }
  const asSource = ({ sql, columns }: TranslatedQuery) => ({
    source: { alias, fields: context.fields(columns, sqlName) },
    sql: `(${sql}) AS ${sqlName}`,
  });
  const described = context.informationSchema(parts);
  if (described !== undefined) return asSource(described);
  const table = context.table(parts);
  if (table.view !== undefined) return asSource(context.view(table));
  const fields = table.columns.map((column) => ({
    name: column.name,
    type: typeOfColumn(column),
    sql: `${sqlName}.${quoteName(column.name)}`,
  }));
  return { source: { alias, fields, table }, sql: `${rowsOf(table)} AS ${sqlName}` };
}

/** `t.column` in a FROM clause that names `t` before: the column's elements. */
function arrayColumn(parts: readonly string[], left: readonly Source[]): Typed | undefined {
  const source = left.find(({ alias }) => sameName(alias, parts[0] ?? ''));
  const field = source?.fields.find(({ name }) => sameName(name, parts[1] ?? ''));
  return field && parts.slice(2).reduce<Typed>((value, name) => fieldOf(value, name), field);
}

const cteKey = (parts: readonly string[]): string => (parts[0] ?? '').toLowerCase();

/** Where the store keeps the table's rows. */
export const rowsOf = ({ rowsId }: Table): string => `stored.t${rowsId}`;
