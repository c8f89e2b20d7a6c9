import type { SqlNode } from './node.ts';
import type { Typed } from './type.ts';

export interface FunctionCall {
  /** Upper case. */
  readonly name: string;
  readonly args: readonly SqlNode[];
  readonly value: (node: SqlNode) => Typed;
  readonly nowMicros: bigint;
}

export type FunctionTranslator = (call: FunctionCall) => Typed;
