import type { Integer } from '../protos.ts';

const TWO_32 = 2 ** 32;
const TWO_63 = 2 ** 63;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** An int64 as the codecs give it, as a number: exact up to 2^53, rounded beyond. */
export function toNumber(integer: Integer): number {
  if (typeof integer === 'number') return integer;
  if (typeof integer === 'string') return Number(integer);
  return integer.high * TWO_32 + (integer.low >>> 0);
}

export function toBigInt(integer: Integer): bigint {
  if (typeof integer === 'object') return (BigInt(integer.high) << 32n) | BigInt(integer.low >>> 0);
  return BigInt(integer);
}

/** An int64 for the codecs; what lies outside is held at the nearest bound. */
export function fromBigInt(integer: bigint): Integer {
  if (integer > MAX_INT64) return MAX_INT64.toString();
  if (integer < MIN_INT64) return MIN_INT64.toString();
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer.toString();
}

export function compareIntegers(a: Integer, b: Integer): number {
  const left = toNumber(a);
  const right = toNumber(b);
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return Math.sign(left - right);
  return compareBigInts(toBigInt(a), toBigInt(b));
}

/** NaN is below every other number and equal to itself; zeros are equal. */
export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}

/** Compares the exact values: no rounding of the integer to a double. */
export function compareIntegerWithDouble(integer: Integer, double: number): number {
  if (Number.isNaN(double)) return 1;
  const number = toNumber(integer);
  if (Number.isSafeInteger(number)) return compareDoubles(number, double);
  if (double >= TWO_63) return -1;
  if (double < -TWO_63) return 1;
  const whole = Math.trunc(double);
  return compareBigInts(toBigInt(integer), BigInt(whole)) || compareDoubles(whole, double);
}

function compareBigInts(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
