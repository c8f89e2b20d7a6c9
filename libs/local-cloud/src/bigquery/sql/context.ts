import type { SqlNode } from './node.ts';
import type { Scope } from './scope.ts';
import type { SqlType, Typed } from './type.ts';

/** A query in DuckDB's SQL, with BigQuery's names and types of its columns. */
export interface TranslatedQuery {
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
  /** SELECT AS STRUCT: an array or a scalar subquery may hold it, a row cannot. */
  readonly isStruct?: true;
}

export interface Parameters {
  /** `@name`. */
  named(name: string): Typed;
  /** The next `?`. */
  next(): Typed;
}

/** What an expression is translated in. */
export interface ExpressionContext {
  readonly scope: Scope;
  readonly parameters: Parameters;
  /** The statement's CURRENT_TIMESTAMP. */
  readonly nowMicros: bigint;
  /** The WINDOW clause, by lower-case name. */
  readonly windows: ReadonlyMap<string, SqlNode>;
  /** A call of a routine by the parts of its name. */
  routine(parts: readonly string[], args: readonly Typed[]): Typed;
  /** A subquery, which sees this scope. */
  query(node: SqlNode): TranslatedQuery;
  expression(node: SqlNode): Typed;
}
