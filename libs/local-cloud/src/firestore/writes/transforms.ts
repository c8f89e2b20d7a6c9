import { invalidArgument } from '../status.ts';
import { toTimestamp, type Micros } from '../time.ts';
import { compareValues, equalValues, isNaNValue, Rank, rankOf } from '../values/compare.ts';
import { checkValue } from '../values/check-fields.ts';
import { getField, parseFieldPath, withField } from '../values/field-path.ts';
import { fromBigInt, toBigInt, toNumber } from '../values/numbers.ts';
import { v1, type Fields, type FieldTransform, type Value } from '../protos.ts';

const NULL: Value = { nullValue: 'NULL_VALUE' };
const { REQUEST_TIME } = v1.DocumentTransform.FieldTransform.ServerValue;

/** Throws INVALID_ARGUMENT for a transform that can never be applied. */
export function checkTransform(transform: FieldTransform): void {
  const path = parseFieldPath(transform.fieldPath ?? '');
  if (path.isName) throw invalidArgument('A transform cannot change __name__.');
  for (const operand of [transform.increment, transform.maximum, transform.minimum]) {
    if (operand != null && rankOf(operand) !== Rank.number) {
      throw invalidArgument(`The operand of the transform of "${path.canonical}" must be a number.`);
    }
  }
  const elements = transform.appendMissingElements ?? transform.removeAllFromArray;
  const depth = path.segments.length + 1;
  for (const element of elements?.values ?? []) checkValue(element, path.canonical, depth, true);
}

/** The fields after one transform, and what the client is told as its result. `now` stands for the server's time. */
export function applyTransform(
  fields: Fields,
  transform: FieldTransform,
  now: Micros,
): { fields: Fields; result: Value } {
  const path = parseFieldPath(transform.fieldPath ?? '');
  const value = transformed(getField(fields, path), transform, now);
  const isArray = transform.appendMissingElements != null || transform.removeAllFromArray != null;
  return { fields: withField(fields, path, value), result: isArray ? NULL : value };
}

function transformed(current: Value | undefined, transform: FieldTransform, now: Micros): Value {
  if (transform.increment != null) return increment(current, transform.increment);
  if (transform.maximum != null) return extreme(current, transform.maximum, 1);
  if (transform.minimum != null) return extreme(current, transform.minimum, -1);
  const elements = current?.arrayValue?.values ?? [];
  if (transform.appendMissingElements != null) {
    const values = [...elements];
    for (const element of transform.appendMissingElements.values ?? []) {
      if (!values.some((value) => equalValues(value, element))) values.push(element);
    }
    return { arrayValue: { values } };
  }
  if (transform.removeAllFromArray != null) {
    const removed = transform.removeAllFromArray.values ?? [];
    const values = elements.filter((value) => !removed.some((element) => equalValues(value, element)));
    return { arrayValue: { values } };
  }
  if (transform.setToServerValue === REQUEST_TIME || transform.setToServerValue === 'REQUEST_TIME') {
    return { timestampValue: toTimestamp(now - (now % 1000)) };
  }
  throw invalidArgument(`The transform of "${transform.fieldPath}" has no operation.`);
}

/** Two integers stay an integer and stop at the bounds of int64; anything else is a double. */
function increment(current: Value | undefined, by: Value): Value {
  if (current === undefined || rankOf(current) !== Rank.number) return by;
  if (current.integerValue != null && by.integerValue != null) {
    return { integerValue: fromBigInt(toBigInt(current.integerValue) + toBigInt(by.integerValue)) };
  }
  return { doubleValue: asDouble(current) + asDouble(by) };
}

/** Equal numbers of different types leave the stored one; NaN wins over any number. */
function extreme(current: Value | undefined, operand: Value, sign: 1 | -1): Value {
  if (current === undefined || rankOf(current) !== Rank.number) return operand;
  if (isNaNValue(current)) return current;
  if (isNaNValue(operand)) return operand;
  return compareValues(operand, current) * sign > 0 ? operand : current;
}

function asDouble(value: Value): number {
  return value.doubleValue ?? toNumber(value.integerValue ?? 0);
}
