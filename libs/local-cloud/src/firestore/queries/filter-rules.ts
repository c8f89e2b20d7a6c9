import { invalidArgument } from '../status.ts';
import { conditionsOf, disjunctions, type Filter, type Operator } from './filter.ts';

/** The operators that exclude values: one of them in a query at most. */
const EXCLUDING: ReadonlySet<Operator> = new Set(['!=', 'not-in']);
/** The operators that a query with `not-in` has no room for. */
const LISTING: ReadonlySet<Operator> = new Set(['in', 'array-contains-any']);

/**
 * Throws INVALID_ARGUMENT for conditions that may not stand together in one query. Source: what each operator
 * requires in google/firestore/v1/query.proto, and the limitations in the page on queries.
 */
export function checkTogether(filter: Filter): void {
  const operators = conditionsOf(filter).map(({ operator }) => operator);
  const excluding = operators.filter((operator) => EXCLUDING.has(operator));
  if (excluding.length > 1) {
    throw invalidArgument(`A query has one '!=' or 'not-in' filter at most, not ${excluding.length}.`);
  }
  const listing = operators.find((operator) => LISTING.has(operator));
  if (excluding[0] === 'not-in' && listing !== undefined) {
    throw invalidArgument(`A query with a 'not-in' filter cannot have an '${listing}' filter.`);
  }
  for (const conditions of disjunctions(filter)) {
    const elements = conditions.filter(({ operator }) => operator.startsWith('array-contains'));
    if (elements.length > 1) {
      throw invalidArgument("A maximum of 1 'ARRAY_CONTAINS' filter is allowed per disjunction.");
    }
  }
}
