import { compareValues, isNaNValue, rankOf } from '../values/compare.ts';
import { conjuncts, valueAt, type Condition } from './filter.ts';
import { compareWithCursor, type Order, type Query } from './query.ts';
import type { StoredDocument } from '../storage/stored-document.ts';
import type { Value } from '../protos.ts';

/** Where a document lies against a stretch of an order: -1 before it, 0 in it, 1 after it. */
export type Position = (document: StoredDocument) => number;

/**
 * The stretch of the query's order in which all its results lie, as cursors and the ranges on its first field tell.
 * Documents outside never match; some inside may not.
 */
export function positionOf(query: Query, first: Order | undefined): Position {
  const { startAt, endAt, orders } = query;
  const ranges = conjuncts(query.filter).filter(
    ({ path, operator }) => path.canonical === first?.path.canonical && operator in POSITIONS,
  );
  return (document) => {
    if (startAt !== undefined) {
      const order = compareWithCursor(document, startAt, orders);
      if (startAt.before ? order < 0 : order <= 0) return -1;
    }
    if (endAt !== undefined) {
      const order = compareWithCursor(document, endAt, orders);
      if (endAt.before ? order >= 0 : order > 0) return 1;
    }
    if (first === undefined || ranges.length === 0) return 0;
    const value = valueAt(document, first.path) ?? {};
    for (const range of ranges) {
      const position = positionInRange(value, range);
      if (position !== 0) return position * first.direction;
    }
    return 0;
  };
}

const POSITIONS: Readonly<Record<string, (order: number) => number>> = {
  '>': (order) => (order <= 0 ? -1 : 0),
  '>=': (order) => (order < 0 ? -1 : 0),
  '<': (order) => (order >= 0 ? 1 : 0),
  '<=': (order) => (order > 0 ? 1 : 0),
};

/** A range holds values of its operand's type only; NaN lies before all numbers. */
function positionInRange(value: Value, { operator, value: operand }: Condition): number {
  const rank = rankOf(value) - rankOf(operand) || Number(isNaNValue(operand)) - Number(isNaNValue(value));
  if (rank !== 0) return rank < 0 ? -1 : 1;
  return POSITIONS[operator]?.(compareValues(value, operand)) ?? 0;
}
