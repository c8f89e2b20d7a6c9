import { invalidQuery, unsupportedSql } from '../errors.ts';
import { SqlNode } from './node.ts';
import { sameName } from './scope.ts';
import type { Scope } from './scope.ts';
import { fieldOf } from './struct.ts';
import type { Typed } from './type.ts';

export interface SelectItem {
  readonly name: string;
  /** False for a name that the query did not give, such as `f0_`. */
  readonly isNamed: boolean;
  readonly value: Typed;
}

/** The columns of a SELECT: stars spread out, nameless ones called `f0_`, `f1_` and so on. */
export function readSelectList(
  select: SqlNode,
  scope: Scope,
  translate: (node: SqlNode) => Typed,
): SelectItem[] {
  let nameless = 0;
  const items = select.nodes('expressions').flatMap((node): SelectItem[] => {
    if (node.kind === 'star') return SqlNode.read(node, () => star(node, scope, translate));
    const alias =
      node.kind === 'alias'
        ? SqlNode.read(node, () => ({ name: node.name('alias'), of: node.child('this') }))
        : undefined;
    const expression = alias?.of ?? node;
    // Read the name before the translation ends the node.
    const name = alias?.name ?? columnName(expression);
    const value = translate(expression);
    if (name !== undefined) return [{ name, isNamed: true, value }];
    nameless += 1;
    return [{ name: `f${nameless - 1}_`, isNamed: false, value }];
  });
  if (items.length === 0) throw invalidQuery('SELECT list must not be empty');
  requireUniqueNames(items);
  return items;
}

function columnName(node: SqlNode): string | undefined {
  if (node.kind === 'dot') return node.name('field');
  if (node.kind !== 'column') return undefined;
  const name = node.name('name');
  return name?.startsWith('@') === true ? undefined : name;
}

function star(node: SqlNode, scope: Scope, translate: (node: SqlNode) => Typed): SelectItem[] {
  const table = node.name('table');
  const except = node.names('except');
  const replaced = new Map(
    node.list('replace').map((raw) => {
      const item = SqlNode.bare('REPLACE', raw);
      return SqlNode.read(item, () => [
        item.name('alias')?.toLowerCase() ?? '',
        translate(item.child('this')),
      ]);
    }),
  );
  const struct = table === undefined ? undefined : structColumn(table, scope);
  if (struct !== undefined) return spread(struct, except, replaced);
  const sources = scope.sources.filter(({ alias }) => table === undefined || sameName(alias, table));
  if (sources.length === 0) {
    throw invalidQuery(
      table === undefined ? 'SELECT * must have a FROM clause' : `Unrecognized name: ${table}`,
    );
  }
  const fields = sources
    .flatMap((source) => source.fields)
    .filter(({ isMerged }) => table !== undefined || isMerged !== true);
  for (const name of except) {
    if (!fields.some((field) => sameName(field.name, name))) {
      throw invalidQuery(`Column ${name} in SELECT * EXCEPT list does not exist`);
    }
  }
  for (const name of replaced.keys()) {
    if (!fields.some((field) => sameName(field.name, name))) {
      throw invalidQuery(`Column ${name} in SELECT * REPLACE list does not exist`);
    }
  }
  return fields
    .filter(({ name }) => !except.some((excluded) => sameName(excluded, name)))
    .map(({ name, type, sql, mergedSql }) => ({
      name,
      isNamed: true,
      value: replaced.get(name.toLowerCase()) ?? {
        sql: (table === undefined ? mergedSql : undefined) ?? sql,
        type,
      },
    }));
}

/** The STRUCT column that the name before `.*` means, where it is no table. */
function structColumn(name: string, scope: Scope): Typed | undefined {
  if (scope.sources.some(({ alias }) => sameName(alias, name))) return undefined;
  const column = scope.resolve(undefined, name);
  return column.type.base !== 'STRUCT' || column.type.isArray ? undefined : column;
}

function spread(
  struct: Typed,
  except: readonly string[],
  replaced: ReadonlyMap<string, Typed>,
): SelectItem[] {
  return (struct.type.fields ?? [])
    .filter(({ name }) => !except.some((excluded) => sameName(excluded, name)))
    .map(({ name }) => ({
      name,
      isNamed: true,
      value: replaced.get(name.toLowerCase()) ?? fieldOf(struct, name),
    }));
}

function requireUniqueNames(items: readonly SelectItem[]): void {
  const seen = new Set<string>();
  for (const { name } of items) {
    if (seen.has(name.toLowerCase())) {
      throw unsupportedSql(`Duplicate column names in the result (${name})`);
    }
    seen.add(name.toLowerCase());
  }
}
