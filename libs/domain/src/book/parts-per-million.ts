import type { Decimal } from '../units.ts';

const million = 1_000_000;

/** `ppm` parts per million of an integer price of zero or more, rounded up: exact below 4.5e15, infinite if they are. */
export function partOf(price: number, ppm: number): number {
  const product = price * ppm;
  // Of an exact product: what lies between two integers is further from both than a quotient is rounded.
  return product <= Number.MAX_SAFE_INTEGER ? Math.ceil(product / million) : partOfGreat(price, ppm);
}

function partOfGreat(price: number, ppm: number): number {
  if (ppm === Infinity) return Infinity;
  const whole = Math.floor(price / million);
  return whole * ppm + Math.ceil(((price - whole * million) * ppm) / million);
}

/** `ppm` parts per million as a number to multiply with. */
export function partsPerMillion(ppm: number): Decimal {
  return { units: BigInt(ppm), scale: 6 };
}
