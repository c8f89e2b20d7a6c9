import { type Decimal, decimal, multiply, roundTo } from '../units.ts';

const hundredth: Decimal = { units: 1n, scale: 2 };

/** So many percent of an amount, exact. */
export function percentOf(percent: string, amount: Decimal): Decimal {
  return multiply(multiply(decimal(percent), hundredth), amount);
}

/** More would be all of a price, once it is rounded to parts per million: no price falls so far. */
export const mostPercentDown = '99.9999';

/** Parts per million of a percentage with at most four digits after the point; more are rounded up. */
export function ppmOfPercent(percent: string): number {
  return Number(roundTo(multiply(decimal(percent), { units: 10_000n, scale: 0 }), 0, 'ceil').units);
}
