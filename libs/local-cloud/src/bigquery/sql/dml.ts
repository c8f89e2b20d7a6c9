import { tableName } from '../catalogue/table.ts';
import type { Table } from '../catalogue/table.ts';
import { invalidQuery, unsupportedSql } from '../errors.ts';
import { listOf, objectOf } from '../json.ts';
import { rowsOf } from './from.ts';
import { nullLiteral } from './literal.ts';
import { translateMerge } from './merge.ts';
import { SqlNode } from './node.ts';
import { conditionIn, contextOver, fromIn, translateRows } from './query.ts';
import type { QueryContext } from './query.ts';
import { readTarget, requireOnce, storedValue } from './target.ts';
import type { Change } from './target.ts';
import { quoteName } from './type.ts';
import type { Typed } from './type.ts';

const translators: Readonly<Record<string, (node: SqlNode, context: QueryContext) => Change>> = {
  insert: translateInsert,
  update: translateUpdate,
  delete: translateDelete,
  merge: translateMerge,
  truncate: (node, context) => {
    if (node.text('target') !== 'Table') throw unsupportedSql('This TRUNCATE');
    const { table } = readTarget(SqlNode.bare('table', node.raw('table')), undefined, context);
    const touchesFrom = (row: number) => `SELECT 1 FROM ${rowsOf(table)} WHERE rowid >= ${row} LIMIT 1`;
    return {
      statementType: 'TRUNCATE_TABLE',
      table,
      sql: `DELETE FROM ${rowsOf(table)}`,
      guards: [],
      touchesFrom,
    };
  },
};

export const isChange = (node: SqlNode): boolean => node.kind in translators;

export function translateChange(node: SqlNode, context: QueryContext): Change {
  const translate = translators[node.kind];
  if (translate === undefined) throw unsupportedSql(`The statement ${node.title}`);
  return SqlNode.read(node, () => translate(node, context));
}

const isDefault = (node: SqlNode): boolean =>
  node.kind === 'var' && String(objectOf(node.everything)['this']).toUpperCase() === 'DEFAULT';

function translateInsert(node: SqlNode, context: QueryContext): Change {
  const { table } = readTarget(SqlNode.bare('table', node.raw('table')), undefined, context);
  const given = node.names('columns');
  const names = given.length === 0 ? table.columns.map(({ name }) => name) : given;
  requireOnce(names);
  const rows = node.list('values');
  const query = node.maybe('query');
  const into = `INSERT INTO ${rowsOf(table)} (${table.columns.map(({ name }) => quoteName(name)).join(', ')})`;
  const rowOf = (values: readonly (Typed | undefined)[]): string =>
    table.columns
      .map(({ name }) => {
        const index = names.findIndex((candidate) => candidate.toLowerCase() === name.toLowerCase());
        return storedValue(table, name, values[index]);
      })
      .join(', ');
  const wrongCount = (count: number) =>
    invalidQuery(`Inserted row has wrong column count; Has ${count}, expected ${names.length}`);
  for (const name of names) storedColumn(table, name);
  const base = { statementType: 'INSERT' as const, table, guards: [] };
  if (query !== undefined) {
    const { sql, columns } = translateRows(query, context);
    if (columns.length !== names.length) throw wrongCount(columns.length);
    const aliases = columns.map((_, index) => `c${index}`);
    const values = columns.map(({ type }, index) => ({ sql: `q.c${index}`, type }));
    return { ...base, sql: `${into} SELECT ${rowOf(values)} FROM (${sql}) AS q(${aliases.join(', ')})` };
  }
  const expressions = contextOver([], context);
  const tuples = rows.map((raw) => {
    const row = listOf(raw).map((value) => SqlNode.of(value));
    if (row.length !== names.length) throw wrongCount(row.length);
    return `SELECT ${rowOf(row.map((value) => (isDefault(value) ? nullLiteral() : expressions.expression(value))))}`;
  });
  return { ...base, sql: `${into} ${tuples.join(' UNION ALL ')}` };
}

function storedColumn(table: Table, name: string): void {
  if (!table.columns.some((column) => column.name.toLowerCase() === name.toLowerCase())) {
    throw invalidQuery(`Column ${name} is not present in table ${tableName(table.reference)}`);
  }
}

function readWhere(node: SqlNode, statement: string): SqlNode {
  const where = node.part('where_clause');
  if (where === undefined) throw invalidQuery(`${statement} must have a WHERE clause`);
  return SqlNode.read(where, () => where.child('this'));
}

function translateUpdate(node: SqlNode, context: QueryContext): Change {
  const { table, source, sqlName } = readTarget(SqlNode.bare('table', node.raw('table')), undefined, context);
  const from = node.raw('from_clause');
  const joined = SqlNode.bare('FROM', { ...(from !== undefined && { from }), joins: node.raw('from_joins') });
  const other = fromIn(joined, context, [source]);
  const sources = [source, ...other.sources];
  const condition = conditionIn(readWhere(node, 'UPDATE'), sources, context);
  const expressions = contextOver(sources, context);
  const names: string[] = [];
  const sets = node.list('set').map((raw) => {
    const [column, value] = listOf(raw);
    const name = String(objectOf(column)['name']);
    names.push(name);
    const valueNode = SqlNode.of(value);
    const stored = storedValue(
      table,
      name,
      isDefault(valueNode) ? undefined : expressions.expression(valueNode),
    );
    return `${quoteName(name)} = ${stored}`;
  });
  requireOnce(names);
  const list = other.sql === '' ? '' : `, ${other.sql.replace(/^ FROM /, '')}`;
  const rows = `FROM ${rowsOf(table)} AS ${sqlName}${list}`;
  return {
    statementType: 'UPDATE',
    table,
    sql: `UPDATE ${rowsOf(table)} AS ${sqlName} SET ${sets.join(', ')}${other.sql} WHERE ${condition}`,
    guards:
      other.sql === ''
        ? []
        : [
            {
              sql: `SELECT 1 ${rows} WHERE ${condition} GROUP BY ${sqlName}.rowid HAVING COUNT(*) > 1 LIMIT 1`,
              message: 'UPDATE/MERGE must match at most one source row for each target row',
            },
          ],
    touchesFrom: (row) => `SELECT 1 ${rows} WHERE ${sqlName}.rowid >= ${row} AND (${condition}) LIMIT 1`,
  };
}

function translateDelete(node: SqlNode, context: QueryContext): Change {
  node.flag('no_from');
  const target = SqlNode.bare('table', node.raw('table'));
  const { table, source, sqlName } = readTarget(target, node.name('alias'), context);
  const condition = conditionIn(readWhere(node, 'DELETE'), [source], context);
  const rows = `FROM ${rowsOf(table)} AS ${sqlName} WHERE`;
  return {
    statementType: 'DELETE',
    table,
    sql: `DELETE FROM ${rowsOf(table)} WHERE rowid IN (SELECT ${sqlName}.rowid ${rows} ${condition})`,
    guards: [],
    touchesFrom: (row) => `SELECT 1 ${rows} ${sqlName}.rowid >= ${row} AND (${condition}) LIMIT 1`,
  };
}
