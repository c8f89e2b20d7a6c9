import { invalidQuery, unsupportedSql } from '../errors.ts';
import { objectOf } from '../json.ts';
import { readTarget, requireOnce, storedValue } from './target.ts';
import type { Change } from './target.ts';
import { rowsOf } from './from.ts';
import { SqlNode } from './node.ts';
import { conditionIn, contextOver, fromIn } from './query.ts';
import type { QueryContext } from './query.ts';
import type { Source } from './scope.ts';
import { quoteName } from './type.ts';

/** MERGE, clause by clause; DuckDB tries them in the order of the statement, as BigQuery does. */
export function translateMerge(node: SqlNode, context: QueryContext): Change {
  const given = node.child('this');
  const alias = given.kind === 'alias' ? given.name('alias') : undefined;
  const target = given.kind === 'alias' ? given.child('this') : given;
  const { table, source, sqlName } = readTarget(target, alias, context);
  const using = fromIn(usingOf(node.child('using')), context, []);
  const both = [source, ...using.sources];
  const on = conditionIn(node.child('on'), both, context);
  const sourceSql = using.sql.replace(/^ FROM /, '');
  const whens = node.child('whens');
  const clauses = SqlNode.read(whens, () => whens.nodes('expressions')).map((when) =>
    SqlNode.read(when, () => readWhen(when, { table, source, sources: using.sources, context })),
  );
  const rows = `FROM ${rowsOf(table)} AS ${sqlName}`;
  const changesMatched = clauses.some(({ kind }) => kind === 'MATCHED');
  const changesUnmatched = clauses.some(({ kind }) => kind === 'NOT MATCHED BY SOURCE');
  return {
    statementType: 'MERGE',
    table,
    sql: `MERGE INTO ${rowsOf(table)} AS ${sqlName} USING ${sourceSql} ON ${on} ${clauses.map(({ sql }) => sql).join(' ')}`,
    guards: changesMatched
      ? [
          {
            sql: `SELECT 1 ${rows} JOIN ${sourceSql} ON ${on} GROUP BY ${sqlName}.rowid HAVING COUNT(*) > 1 LIMIT 1`,
            message: 'UPDATE/MERGE must match at most one source row for each target row',
          },
        ]
      : [],
    // Checked afterwards: DuckDB works out the values of rows that it does not insert too.
    checks: table.columns
      .filter(({ mode }) => mode === 'REQUIRED')
      .map(({ name }) => ({
        sql: `SELECT 1 FROM ${rowsOf(table)} WHERE ${quoteName(name)} IS NULL LIMIT 1`,
        message: `Required field ${name} cannot be null`,
      })),
    touchesFrom: (row) => {
      const join = changesUnmatched ? '' : ` JOIN ${sourceSql} ON ${on}`;
      const isReached = changesMatched || changesUnmatched;
      return `SELECT 1 ${rows}${join} WHERE ${isReached ? 'TRUE' : 'FALSE'} AND ${sqlName}.rowid >= ${row} LIMIT 1`;
    },
  };
}

/** `table AS alias` comes as an alias around the table. */
function usingOf(node: SqlNode): SqlNode {
  if (node.kind !== 'alias')
    return SqlNode.bare('FROM', { from: { expressions: [{ [node.kind]: node.everything }] } });
  const alias = node.raw('alias');
  const inner = node.child('this');
  const named = { [inner.kind]: { ...objectOf(inner.everything), alias } };
  return SqlNode.bare('FROM', { from: { expressions: [named] } });
}

interface MergeScope {
  readonly table: Change['table'];
  readonly source: Source;
  readonly sources: readonly Source[];
  readonly context: QueryContext;
}

type MatchKind = 'MATCHED' | 'NOT MATCHED' | 'NOT MATCHED BY SOURCE';

function readWhen(when: SqlNode, scope: MergeScope): { readonly kind: MatchKind; readonly sql: string } {
  const isMatched = isTrue(when.maybe('matched'));
  const kind = isMatched ? 'MATCHED' : isTrue(when.maybe('source')) ? 'NOT MATCHED BY SOURCE' : 'NOT MATCHED';
  const visible = {
    MATCHED: [scope.source, ...scope.sources],
    'NOT MATCHED': scope.sources,
    'NOT MATCHED BY SOURCE': [scope.source],
  }[kind];
  const condition = when.maybe('condition');
  const test = condition === undefined ? '' : ` AND ${conditionIn(condition, visible, scope.context)}`;
  return { kind, sql: `WHEN ${kind}${test} THEN ${readAction(when.child('then'), kind, visible, scope)}` };
}

function isTrue(node: SqlNode | undefined): boolean {
  if (node === undefined) return false;
  return SqlNode.read(node, () => node.kind === 'boolean' && node.flag('value'));
}

const wordOf = (node: SqlNode | undefined): string =>
  node?.kind === 'var' ? SqlNode.read(node, () => node.text('this') ?? '').toUpperCase() : '';

const membersOf = (node: SqlNode | undefined): SqlNode[] =>
  node?.kind === 'tuple' ? SqlNode.read(node, () => node.nodes('expressions')) : [];

function readAction(
  node: SqlNode,
  kind: MatchKind,
  visible: readonly Source[],
  { table, context }: MergeScope,
): string {
  const parts = node.kind === 'tuple' ? membersOf(node) : [node];
  const [word, first, second] = parts;
  const verb = wordOf(word);
  if (verb === 'DELETE' && kind !== 'NOT MATCHED') return 'DELETE';
  const expressions = contextOver(visible, context);
  if (verb === 'UPDATE' && kind !== 'NOT MATCHED') {
    const sets = membersOf(first).map((set) =>
      SqlNode.read(set, () => {
        if (set.kind !== 'eq') throw unsupportedSql('This assignment');
        const name = nameOf(set.child('left'));
        return {
          name,
          sql: `${quoteName(name)} = ${storedValue(table, name, expressions.expression(set.child('right')), false)}`,
        };
      }),
    );
    requireOnce(sets.map(({ name }) => name));
    return `UPDATE SET ${sets.map(({ sql }) => sql).join(', ')}`;
  }
  if (verb !== 'INSERT' || kind !== 'NOT MATCHED') throw unsupportedSql(`${verb} in WHEN ${kind}`);
  const isRow = first?.kind === 'var';
  if (isRow && wordOf(first) !== 'ROW') throw unsupportedSql('This INSERT');
  const names =
    isRow || second === undefined ? table.columns.map(({ name }) => name) : membersOf(first).map(nameOf);
  const values = isRow
    ? visible.flatMap(({ fields }) => fields)
    : membersOf(second ?? first).map((value) => expressions.expression(value));
  if (names.length !== values.length)
    throw invalidQuery('INSERT has a different number of columns and values');
  requireOnce(names);
  const all = table.columns.map(({ name }) => {
    const index = names.findIndex((given) => given.toLowerCase() === name.toLowerCase());
    return storedValue(table, name, values[index], false);
  });
  return `INSERT (${table.columns.map(({ name }) => quoteName(name)).join(', ')}) VALUES (${all.join(', ')})`;
}

function nameOf(node: SqlNode): string {
  return SqlNode.read(node, () => (node.kind === 'identifier' ? node.text('name') : node.name('name')) ?? '');
}
