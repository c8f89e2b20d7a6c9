import { coerceTo } from './coercion.ts';
import type { ExpressionContext } from './context.ts';
import type { SqlNode } from './node.ts';
import { scalar, typed } from './type.ts';
import type { Typed } from './type.ts';

/** A kind of node in DuckDB's SQL. */
export type Translator = (node: SqlNode, context: ExpressionContext) => Typed;

export const bool = (sql: string): Typed => typed('BOOL', sql);

export const not = (node: SqlNode): string => (node.flag('not') ? 'NOT ' : '');

export const value = (node: SqlNode, key: string, context: ExpressionContext): Typed =>
  context.expression(node.child(key));

export const sides = (node: SqlNode, context: ExpressionContext): [Typed, Typed] => [
  value(node, 'left', context),
  value(node, 'right', context),
];

export const asBool = (expression: Typed, where: string): string =>
  coerceTo(expression, scalar('BOOL'), where).sql;
