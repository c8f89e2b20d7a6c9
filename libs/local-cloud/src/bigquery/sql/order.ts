import { invalidQuery, unsupportedSql } from '../errors.ts';
import { SqlNode } from './node.ts';
import { isGroupable, typeText } from './type.ts';
import type { Typed } from './type.ts';

/** What rows are ordered by: an expression, or the position of an output column. */
export type OrderKey = Pick<Typed, 'sql' | 'type'>;

/** The items of an ORDER BY; NULL is BigQuery's smallest value, DuckDB's default differs. */
export function orderItems(items: readonly unknown[], keyOf: (node: SqlNode) => OrderKey): string[] {
  return items.map((raw) => {
    const item = SqlNode.bare('ORDER BY', raw);
    const expression = item.child('this');
    const isDescending = item.flag('desc');
    const nullsFirst = item.raw('nulls_first') ?? !isDescending;
    item.end();
    if (typeof nullsFirst !== 'boolean') throw unsupportedSql('This order of NULL');
    const { sql, type } = keyOf(expression);
    if (!isGroupable(type)) {
      throw invalidQuery(`ORDER BY does not support expressions of type ${typeText(type)}`);
    }
    return `${sql} ${isDescending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
  });
}
