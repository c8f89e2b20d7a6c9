import type { Value } from '../protos.ts';
import { toNumber } from '../values/numbers.ts';

/** Beyond this many different values of a field hardly any come again. */
const MAX_VALUES = 1_024;

/** The values of one field of an index: those that come again and again are kept once. */
export class SharedValues {
  readonly #known = new Map<string | number, Value>();

  /** The value, or one that equals it and was seen before. */
  share(value: Value): Value {
    const key = keyOf(value);
    if (key === undefined) return value;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size < MAX_VALUES) this.#known.set(key, value);
    return value;
  }
}

/** Of strings and of integers that are exact as numbers. */
function keyOf({ stringValue, integerValue }: Value): string | number | undefined {
  if (stringValue != null) return stringValue;
  if (integerValue == null) return undefined;
  const number = toNumber(integerValue);
  return Number.isSafeInteger(number) ? number : undefined;
}
