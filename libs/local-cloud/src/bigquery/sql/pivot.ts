import { invalidQuery, unsupportedSql } from '../errors.ts';
import { unify } from './coercion.ts';
import type { TranslatedQuery } from './context.ts';
import type { FromContext } from './from.ts';
import { SqlNode } from './node.ts';
import { sameName } from './scope.ts';
import type { Field, Source } from './scope.ts';
import { isGroupable, noSignature, quoteName } from './type.ts';
import type { Typed } from './type.ts';

type Before = { readonly source: Source; readonly sql: string };

/** PIVOT: a row for each group of the columns that it does not name, a column for each value and aggregate. */
export function readPivot(node: SqlNode, { source, sql }: Before, context: FromContext): TranslatedQuery {
  const [field, ...more] = node.nodes('fields');
  if (field?.kind !== 'in' || more.length > 0) throw unsupportedSql('This PIVOT');
  const aggregates = node.nodes('expressions').map(readAlias);
  const { key, values } = SqlNode.read(field, () => ({
    key: field.child('this'),
    values: field.nodes('expressions').map(readAlias),
  }));
  if (JSON.stringify(node.everything).includes('"placeholder"')) {
    throw unsupportedSql('A positional parameter in PIVOT, which reads its parts more than once,');
  }
  const used = new Set([...columnsIn(key), ...aggregates.flatMap(({ value }) => columnsIn(value))]);
  const groups = source.fields.filter(({ name }) => !used.has(name.toLowerCase()));
  const keyed = context.expression(key, [source]);
  const pivoted = values.flatMap((wanted) => {
    const { operands } = unify([keyed, context.expression(wanted.value, [source])], 'PIVOT');
    const condition = `${operands[0]?.sql ?? ''} IS NOT DISTINCT FROM ${operands[1]?.sql ?? ''}`;
    const valueName = wanted.alias ?? nameOfValue(wanted.value);
    return aggregates.map((aggregate) => {
      if (aggregate.alias === undefined && aggregates.length > 1) {
        throw invalidQuery('Each of several aggregates of PIVOT must have an alias');
      }
      const name = aggregate.alias === undefined ? valueName : `${aggregate.alias}_${valueName}`;
      // Read anew for each value: a node is translated once.
      const again = SqlNode.of({ [aggregate.value.kind]: aggregate.value.everything });
      return { name, ...context.aggregate(again, [source], condition) };
    });
  });
  const columns = [...groups, ...pivoted];
  requireNew(columns);
  for (const { type, sql: grouped } of groups) {
    if (!isGroupable(type)) throw noSignature('PIVOT', [{ type, sql: grouped }]);
  }
  const list = columns.map((column) => `${column.sql} AS ${quoteName(column.name)}`).join(', ');
  const groupBy = groups.length === 0 ? '' : ` GROUP BY ${groups.map((group) => group.sql).join(', ')}`;
  return {
    sql: `SELECT ${list} FROM ${sql}${groupBy}`,
    columns: columns.map(({ name, type }) => ({ name, type })),
  };
}

/** UNPIVOT: a row for each named column of a row, with the column's value and its name. */
export function readUnpivot(node: SqlNode, { source, sql }: Before, context: FromContext): TranslatedQuery {
  const [valueName, nameName] = [node.name('value_column') ?? '', node.name('name_column') ?? ''];
  const includesNulls = node.flag('include_nulls');
  const turned = node.nodes('columns').map(readAlias);
  const values = turned.map(({ value }) => context.expression(value, [source]));
  const { type, operands } = unify(values, 'UNPIVOT');
  const used = new Set(turned.flatMap(({ value }) => columnsIn(value)));
  const kept = source.fields.filter(({ name }) => !used.has(name.toLowerCase()));
  const columns = [...kept, { name: valueName, type }, { name: nameName, type: nameType }];
  requireNew(columns);
  const selects = turned.map(({ value, alias }, index) => {
    const column = operands[index]?.sql ?? '';
    const name = (alias ?? nameOfValue(value)).replaceAll("'", "''");
    const list = [
      ...kept.map((field) => `${field.sql} AS ${quoteName(field.name)}`),
      `${column} AS ${quoteName(valueName)}`,
      `CAST('${name}' AS VARCHAR) AS ${quoteName(nameName)}`,
    ];
    return `SELECT ${list.join(', ')} FROM ${sql}${includesNulls ? '' : ` WHERE ${column} IS NOT NULL`}`;
  });
  return {
    sql: selects.join(' UNION ALL '),
    columns: columns.map(({ name, type: of }) => ({ name, type: of })),
  };
}

const nameType: Typed['type'] = { base: 'STRING', isArray: false };

function readAlias(node: SqlNode): { readonly value: SqlNode; readonly alias: string | undefined } {
  if (node.kind === 'alias') {
    return SqlNode.read(node, () => ({ value: node.child('this'), alias: node.name('alias') }));
  }
  if (node.kind !== 'pivot_alias') return { value: node, alias: undefined };
  return SqlNode.read(node, () => ({ value: node.child('this'), alias: nameOfValue(node.child('alias')) }));
}

/** What a column is called that stands for this literal or column. */
function nameOfValue(node: SqlNode): string {
  const again = SqlNode.of({ [node.kind]: node.everything });
  if (again.kind === 'column') return again.name('name') ?? '';
  const text = again.kind === 'literal' ? again.text('value') : undefined;
  if (text === undefined) throw unsupportedSql(`${node.title} without an alias in PIVOT`);
  const name = /^\d/.test(text) ? `_${text}` : text;
  if (!/^[A-Za-z_]\w*$/.test(name)) throw unsupportedSql(`The value ${text} without an alias in PIVOT`);
  return name;
}

/** The names of all columns in the tree, in lower case. */
function columnsIn(node: SqlNode): string[] {
  const names: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      if (key === 'column') names.push(SqlNode.bare('column', child).name('name')?.toLowerCase() ?? '');
      visit(child);
    }
  };
  visit({ [node.kind]: node.everything });
  return names;
}

function requireNew(columns: readonly Pick<Field, 'name'>[]): void {
  for (const [index, { name }] of columns.entries()) {
    if (columns.slice(0, index).some((column) => sameName(column.name, name))) {
      throw invalidQuery(`Duplicate column name ${name} in PIVOT or UNPIVOT`);
    }
  }
}
