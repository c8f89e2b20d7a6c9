import { unsupportedSql } from '../errors.ts';
import { SqlNode } from './node.ts';

/** The items of an ORDER BY; NULL is BigQuery's smallest value, DuckDB's default differs. */
export function orderItems(items: readonly unknown[], sqlOf: (node: SqlNode) => string): string[] {
  return items.map((raw) => {
    const item = SqlNode.bare('ORDER BY', raw);
    const expression = item.child('this');
    const isDescending = item.flag('desc');
    const nullsFirst = item.raw('nulls_first') ?? !isDescending;
    item.end();
    if (typeof nullsFirst !== 'boolean') throw unsupportedSql('This order of NULL');
    return `${sqlOf(expression)} ${isDescending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
  });
}
