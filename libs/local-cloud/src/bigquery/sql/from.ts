import type { Table } from '../catalogue/table.ts';
import { invalidQuery, unsupportedSql } from '../errors.ts';
import { coerce } from './coercion.ts';
import type { TranslatedQuery } from './context.ts';
import { SqlNode } from './node.ts';
import { sameName } from './scope.ts';
import type { Field, Source } from './scope.ts';
import { quoteName } from './type.ts';

export interface FromContext {
  readonly table: (parts: readonly string[]) => Table;
  readonly newName: () => string;
  readonly ctes: ReadonlyMap<string, Source & { readonly sql: string }>;
  readonly query: (node: SqlNode) => TranslatedQuery;
  readonly fields: (columns: TranslatedQuery['columns'], sqlName: string) => readonly Field[];
  /** A join's ON in DuckDB's SQL. */
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
    const { source, sql } = readSource(node, context);
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
    const on = join.maybe('on');
    const using = join.names('using');
    join.end();
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
      parts.push(`ON ${using.map((name) => mergeColumn(name, kind, left, right)).join(' AND ')}`);
      sources.splice(-1, 1, markMerged(right, using));
    }
  }
  return { sql: ` FROM ${parts.join(' ')}`, sources, conditions };
}

/** An outer join keeps the rows of one side whatever its ON says. */
function filtered(kind: string, left: readonly Source[], right: Source): string[] {
  if (kind === 'Inner') return [...left, right].map(({ alias }) => alias);
  return kind === 'Left' ? [right.alias] : [];
}

function mergeColumn(name: string, kind: string, left: readonly Source[], right: Source): string {
  if (kind !== 'Inner' && kind !== 'Left') throw unsupportedSql(`USING in a ${kind.toUpperCase()} join`);
  const find = (source: Source): Field[] =>
    source.fields.filter((field) => sameName(field.name, name) && field.isMerged !== true);
  const [mine, ...others] = left.flatMap(find);
  const [theirs] = find(right);
  if (mine === undefined || theirs === undefined || others.length > 0) {
    throw invalidQuery(`Column ${name} in USING clause is not one column on each side of the join`);
  }
  if (coerce(mine, theirs.type) !== mine) throw unsupportedSql(`USING of columns of two types (${name})`);
  return `${mine.sql} = ${theirs.sql}`;
}

const markMerged = (source: Source, names: readonly string[]): Source => ({
  ...source,
  fields: source.fields.map((field) =>
    names.some((name) => sameName(name, field.name)) ? { ...field, isMerged: true } : field,
  ),
});

function readSource(node: SqlNode, context: FromContext): { source: Source; sql: string } {
  return SqlNode.read(node, () => {
    if (node.kind === 'table') return readTable(node, context);
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

function readTable(node: SqlNode, context: FromContext): { source: Source; sql: string } {
  const parts = ['catalog', 'schema', 'name'].flatMap((key) => node.name(key)?.split('.') ?? []);
  const alias = node.name('alias') ?? parts.at(-1) ?? '';
  const sqlName = context.newName();
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
  const table = context.table(parts);
  const fields = table.columns.map(({ name, type, mode }) => ({
    name,
    type: { base: type, isArray: mode === 'REPEATED' },
    sql: `${sqlName}.${quoteName(name)}`,
  }));
  return { source: { alias, fields, table }, sql: `${rowsOf(table)} AS ${sqlName}` };
}

const cteKey = (parts: readonly string[]): string => (parts[0] ?? '').toLowerCase();

/** Where the store keeps the table's rows. */
export const rowsOf = ({ rowsId }: Table): string => `stored.t${rowsId}`;
