import { invalidArgument } from '../status.ts';
import { Rank, rankOf } from '../values/compare.ts';
import { getField, parseFieldPath } from '../values/field-path.ts';
import { fromBigInt, toBigInt, toNumber } from '../values/numbers.ts';
import type { StoredDocument } from '../storage/stored-document.ts';
import type { Aggregation, Fields, Value } from '../protos.ts';

const MAX_AGGREGATIONS = 5;

/**
 * The paths that sums and averages read: their index must hold them, and all aggregations are of documents that have
 * them all. Throws INVALID_ARGUMENT for too many aggregations, an alias given twice or a count up to nothing.
 */
export function aggregatedFields(aggregations: readonly Aggregation[]): string[] {
  if (aggregations.length > MAX_AGGREGATIONS) {
    throw invalidArgument(
      `The maximum number of aggregations allowed in an aggregation query is ${MAX_AGGREGATIONS}. Received: ${aggregations.length}`,
    );
  }
  const aliases = aggregations.map(({ alias }) => alias ?? '').filter((alias) => alias !== '');
  const twice = aliases.find((alias, i) => aliases.indexOf(alias) !== i);
  if (twice !== undefined) throw invalidArgument(`The aggregation alias "${twice}" is given twice.`);
  for (const { count } of aggregations) {
    if (count?.upTo?.value != null && toNumber(count.upTo.value) <= 0) {
      throw invalidArgument('The limit of a count (up_to) must be above zero.');
    }
  }
  return aggregations
    .map(({ sum, avg }) => (sum ?? avg)?.field?.fieldPath)
    .filter((path) => typeof path === 'string');
}

/** The results by alias; an aggregation without one is called `field_1`, `field_2` and so on. */
export function aggregate(
  documents: readonly StoredDocument[],
  aggregations: readonly Aggregation[],
): Fields {
  let unnamed = 0;
  return Object.fromEntries(
    aggregations.map((aggregation) => {
      const alias = aggregation.alias != null && aggregation.alias !== '' ? aggregation.alias : undefined;
      if (alias === undefined) unnamed += 1;
      return [alias ?? `field_${unnamed}`, evaluate(documents, aggregation)];
    }),
  );
}

function evaluate(documents: readonly StoredDocument[], { count, sum, avg }: Aggregation): Value {
  if (count != null) {
    const upTo = count.upTo?.value == null ? Infinity : toNumber(count.upTo.value);
    return { integerValue: Math.min(documents.length, upTo) };
  }
  if (sum != null) return sumOf(numbersAt(documents, sum.field?.fieldPath ?? ''));
  if (avg != null) {
    const numbers = numbersAt(documents, avg.field?.fieldPath ?? '');
    if (numbers.length === 0) return { nullValue: 'NULL_VALUE' };
    const total = sumOf(numbers);
    return { doubleValue: (total.doubleValue ?? toNumber(total.integerValue ?? 0)) / numbers.length };
  }
  throw invalidArgument('An aggregation needs an operator.');
}

function numbersAt(documents: readonly StoredDocument[], path: string): Value[] {
  const field = parseFieldPath(path);
  return documents
    .map((document) => getField(document.fields, field))
    .filter((value) => value !== undefined)
    .filter((value) => rankOf(value) === Rank.number);
}

/** An integer while all are integers and the sum fits; otherwise a double. */
function sumOf(numbers: readonly Value[]): Value {
  if (numbers.every(({ integerValue }) => integerValue != null)) {
    const total = numbers.reduce((sum, { integerValue }) => sum + toBigInt(integerValue ?? 0), 0n);
    if (BigInt.asIntN(64, total) === total) return { integerValue: fromBigInt(total) };
    return { doubleValue: Number(total) };
  }
  return {
    doubleValue: numbers.reduce(
      (sum, { integerValue, doubleValue }) => sum + (doubleValue ?? toNumber(integerValue ?? 0)),
      0,
    ),
  };
}
