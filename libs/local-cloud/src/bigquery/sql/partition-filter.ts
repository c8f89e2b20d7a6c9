import { tableName } from '../catalogue/table.ts';
import { invalidQuery } from '../errors.ts';
import { objectOf, textOf } from '../json.ts';
import type { JoinCondition } from './from.ts';
import { SqlNode } from './node.ts';
import { sameName } from './scope.ts';
import type { Scope, Source } from './scope.ts';

/**
 * Refuses a SELECT that reads a table with `requirePartitionFilter` and does not compare its partitioning column
 * with something constant: in every branch of an OR, in WHERE or in the ON of a join that filters the table.
 */
export function requirePartitionFilters(
  sources: readonly Source[],
  scope: Scope,
  where: SqlNode | undefined,
  joins: readonly JoinCondition[],
): void {
  for (const source of sources) {
    const { table } = source;
    if (table?.partitioning?.requireFilter !== true) continue;
    const { column } = table.partitioning;
    const test = new PartitionTest(scope, source, column);
    const conditions = joins.filter(({ filters }) => filters.includes(source.alias)).map(({ node }) => node);
    if (where !== undefined) conditions.push(where);
    if (conditions.some((condition) => test.filters(condition))) continue;
    throw invalidQuery(
      `Cannot query over table '${tableName(table.reference).replace(':', '.')}' without a filter over column(s) '${column}' that can be used for partition elimination`,
    );
  }
}

const comparisons = new Set(['eq', 'lt', 'lte', 'gt', 'gte']);

class PartitionTest {
  readonly #scope: Scope;
  readonly #source: Source;
  readonly #column: string;

  constructor(scope: Scope, source: Source, column: string) {
    this.#scope = scope;
    this.#source = source;
    this.#column = column;
  }

  filters(node: SqlNode): boolean {
    if (node.kind === 'paren') return this.filters(node.child('this'));
    if (node.kind === 'and') return this.filters(node.child('left')) || this.filters(node.child('right'));
    if (node.kind === 'or') return this.filters(node.child('left')) && this.filters(node.child('right'));
    if (comparisons.has(node.kind)) {
      const [left, right] = [node.child('left'), node.child('right')];
      return (this.#isPartition(left) && isConstant(right)) || (this.#isPartition(right) && isConstant(left));
    }
    if (node.kind === 'between' && !node.flag('not')) {
      return (
        this.#isPartition(node.child('this')) &&
        isConstant(node.child('low')) &&
        isConstant(node.child('high'))
      );
    }
    if (node.kind === 'in' && !node.flag('not') && !node.has('query')) {
      return this.#isPartition(node.child('this')) && node.nodes('expressions').every(isConstant);
    }
    return false;
  }

  /** The column itself, or its date or truncation. */
  #isPartition(node: SqlNode): boolean {
    if (node.kind === 'paren' || node.kind === 'cast') return this.#isPartition(node.child('this'));
    if (node.kind === 'function' && /^(?:DATE|TIMESTAMP_TRUNC|DATE_TRUNC)$/i.test(node.text('name') ?? '')) {
      const [first] = node.nodes('args');
      return first !== undefined && this.#isPartition(first);
    }
    if (node.kind !== 'column') return false;
    const own = this.#scope.own(node.name('table'), node.name('name') ?? '');
    return own?.source === this.#source && sameName(own.field.name, this.#column);
  }
}

/** Reads no column and no subquery. Parameters are parsed as columns named `@…`. */
function isConstant(node: SqlNode): boolean {
  return !mentionsRows({ [node.kind]: node.everything });
}

function mentionsRows(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(mentionsRows);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, child]) => {
    if (key === 'select' || key === 'subquery' || key === 'union') return true;
    if (key === 'column') return !isParameter(child);
    return mentionsRows(child);
  });
}

function isParameter(column: unknown): boolean {
  const { name, table } = objectOf(column);
  return table == null && textOf(objectOf(name)['name'])?.startsWith('@') === true;
}
