import type { Column } from '../catalogue/column.ts';
import type { TableReference } from '../catalogue/table.ts';
import { invalidQuery, unsupportedSql } from '../errors.ts';
import { objectOf } from '../json.ts';
import { readSqlType } from './cast.ts';
import type { TranslatedQuery } from './context.ts';
import { SqlNode } from './node.ts';
import { translateRows } from './query.ts';
import type { QueryContext } from './query.ts';
import { columnOfType } from './type.ts';

/** CREATE TABLE, with AS or without, and DROP TABLE or VIEW. */
export type Definition =
  | {
      readonly statementType: 'CREATE_TABLE' | 'CREATE_TABLE_AS_SELECT';
      readonly reference: TableReference;
      readonly columns: readonly Column[];
      readonly as: TranslatedQuery | undefined;
      readonly isReplacing: boolean;
      readonly isOptional: boolean;
    }
  | {
      readonly statementType: 'DROP_TABLE' | 'DROP_VIEW';
      readonly reference: TableReference;
      readonly isOptional: boolean;
    };

export const isDefinition = ({ kind }: SqlNode): boolean =>
  kind === 'create_table' || kind === 'drop_table' || kind === 'drop_view';

export function translateDefinition(
  node: SqlNode,
  context: QueryContext,
  referenceOf: (parts: readonly string[]) => TableReference,
): Definition {
  return SqlNode.read(node, () => {
    if (node.kind === 'create_table') return readCreate(node, context, referenceOf);
    const raw = node.kind === 'drop_view' ? [node.raw('name')] : node.list('names');
    if (raw.length !== 1) throw unsupportedSql('DROP of several tables');
    return {
      statementType: node.kind === 'drop_view' ? 'DROP_VIEW' : 'DROP_TABLE',
      reference: referenceOf(readName(raw[0])),
      isOptional: node.flag('if_exists'),
    };
  });
}

function readCreate(
  node: SqlNode,
  context: QueryContext,
  referenceOf: (parts: readonly string[]) => TableReference,
): Definition {
  const query = node.maybe('as_select');
  const as = query === undefined ? undefined : translateRows(query, context);
  const written = node.list('columns').map(readColumn);
  if (as !== undefined && written.length > 0) throw unsupportedSql('CREATE TABLE with columns and AS');
  const columns = as?.columns.map(({ name, type }) => columnOfType(name, type)) ?? written;
  if (columns.length === 0) throw invalidQuery('CREATE TABLE must have columns or AS');
  return {
    statementType: as === undefined ? 'CREATE_TABLE' : 'CREATE_TABLE_AS_SELECT',
    reference: referenceOf(readName(node.raw('name'))),
    columns,
    as,
    isReplacing: node.flag('or_replace'),
    isOptional: node.flag('if_not_exists'),
  };
}

function readName(raw: unknown): string[] {
  const name = SqlNode.bare('table', raw);
  return SqlNode.read(name, () =>
    ['catalog', 'schema', 'name'].flatMap((key) => name.name(key)?.split('.') ?? []),
  );
}

function readColumn(raw: unknown): Column {
  const node = SqlNode.bare('column', raw);
  return SqlNode.read(node, () => {
    const column = columnOfType(node.name('name') ?? '', readSqlType(node.raw('data_type')));
    const constraints = node.list('constraint_order').map(String);
    if (constraints.some((constraint) => constraint !== 'NotNull'))
      throw unsupportedSql('This column constraint');
    node.raw('nullable');
    if (objectOf(raw)['primary_key'] === true) throw unsupportedSql('PRIMARY KEY');
    return constraints.length > 0 ? { ...column, mode: 'REQUIRED' } : column;
  });
}
