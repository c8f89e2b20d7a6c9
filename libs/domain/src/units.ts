import { invariant } from './invariant.ts';

declare const kind: unique symbol;

/** An exact decimal number: `units` counted in 10^-`scale`. Its text has no exponent and no trailing zeros. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

type Amount<Kind extends string> = Decimal & { readonly [kind]?: Kind };

/** Quote currency for one unit of the instrument. */
export type Price = Amount<'price'>;
/** How many units of the instrument; never negative: the side says the direction. */
export type Quantity = Amount<'quantity'>;
/** A quantity that is a share of another, where no lot bounds it, has this many digits after the point. */
export const quantityScale = 18;
/** An amount of one currency. Negative is a loss or a debt. */
export type Money = Amount<'money'>;

const pattern = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/;

/** Reads plain decimal text such as `-12.50`. Anything else (exponents, blanks, NaN) is `undefined`. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length === 1) return oneDigit[text.charCodeAt(0) - zeroCode];
  return shortDecimal(text) ?? anyDecimal(text);
}

/** What most multipliers, fees and fresh amounts are. */
const oneDigit: readonly Decimal[] = Array.from({ length: 10 }, (_, digit) => ({
  units: BigInt(digit),
  scale: 0,
}));

/** So many digits are a number without loss, which is read faster than a big integer. */
const exactDigits = 15;

/** What nearly all text is; `undefined` for anything that is longer, or may be no decimal. */
function shortDecimal(text: string): Decimal | undefined {
  const units = shortUnits(text);
  return units === undefined ? undefined : { units: BigInt(units), scale: scaleOf(text) };
}

/** The sum where its digits, and those of both, are a number without loss. */
function shortSum(a: string, b: string): string | undefined {
  const first = shortUnits(a);
  const second = shortUnits(b);
  if (first === undefined || second === undefined) return undefined;
  const [of, ofOther] = [scaleOf(a), scaleOf(b)];
  const scale = Math.max(of, ofOther);
  const one = first * (tens[scale - of] ?? Infinity);
  const other = second * (tens[scale - ofOther] ?? Infinity);
  if (!(Math.abs(one) < exactBelow && Math.abs(other) < exactBelow)) return undefined;
  const total = one + other;
  return total < 0 ? `-${textOf((-total).toString(), scale)}` : textOf(total.toString(), scale);
}

const exactBelow = 2 ** 52;
const tens = Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

/** How many digits follow the point of a decimal. */
function scaleOf(text: string): number {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - 1 - point;
}

function shortUnits(text: string): number | undefined {
  const isNegative = text.startsWith('-');
  const first = isNegative ? 1 : 0;
  if (text.length - first > exactDigits) return undefined;
  let point = -1;
  let units = 0;
  for (let at = first; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - zeroCode;
    if (digit >= 0 && digit <= 9) units = units * 10 + digit;
    else if (text[at] === '.' && point < 0) point = at;
    else return undefined;
  }
  const last = text.length - 1;
  if (last < first || point === first || point === last) return undefined;
  // Never the negative zero.
  return isNegative ? 0 - units : units;
}
const zeroCode = 48;

function anyDecimal(text: string): Decimal | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
}

/** Reads decimal text that is known to be well formed: our own documents and events. */
export function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  invariant(parsed, `not a decimal: ${text}`);
  return parsed;
}

/** The shortest exact text: `13.80` reads `13.8`, and zero is never negative. */
export function formatDecimal({ units, scale }: Decimal): string {
  return units < 0n ? `-${textOf((-units).toString(), scale)}` : textOf(units.toString(), scale);
}

/** Digits with a point before the last `scale` of them, and no zeros at their end. */
function textOf(units: string, scale: number): string {
  if (scale === 0) return units;
  const digits = units.length > scale ? units : units.padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === zeroCode) end -= 1;
  const whole = digits.slice(0, point);
  return end === point ? whole : `${whole}.${digits.slice(point, end)}`;
}

/** The sum of two decimal texts that are known to be well formed, as text. */
export function addTexts(a: string, b: string): string {
  if (isNothing(b) && isShortest(a)) return a;
  if (isNothing(a) && isShortest(b)) return b;
  return shortSum(a, b) ?? formatDecimal(add(decimal(a), decimal(b)));
}

function isNothing(text: string): boolean {
  return text === '0' || text === '-0';
}

/** Whether well-formed text is what `formatDecimal` makes of it: one that only may be is none. */
function isShortest(text: string): boolean {
  const isFraction = text.includes('.');
  const first = text.charCodeAt(text.startsWith('-') ? 1 : 0);
  if (first === zeroCode) return text === '0';
  return !isFraction || text.charCodeAt(text.length - 1) !== zeroCode;
}

export const zero: Decimal = { units: 0n, scale: 0 };

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export function negate(a: Decimal): Decimal {
  return { units: -a.units, scale: a.scale };
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) - unitsAt(b, scale), scale };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** Below zero when `a` is less than `b`, zero when they are the same number, above zero otherwise. */
export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = unitsAt(a, scale) - unitsAt(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The same of two decimal texts that are known to be well formed. */
export function compareTexts(a: string, b: string): number {
  const first = shortUnits(a);
  const second = shortUnits(b);
  if (first === undefined || second === undefined) return compare(decimal(a), decimal(b));
  const difference = scaleOf(a) - scaleOf(b);
  const one = difference < 0 ? first * (tens[-difference] ?? Infinity) : first;
  const other = difference > 0 ? second * (tens[difference] ?? Infinity) : second;
  if (!(Math.abs(one) < exactBelow && Math.abs(other) < exactBelow)) return compare(decimal(a), decimal(b));
  return one < other ? -1 : one > other ? 1 : 0;
}

export function isPositive(a: Decimal): boolean {
  return a.units > 0n;
}

export function isZero(a: Decimal): boolean {
  return a.units === 0n;
}

export function absolute(a: Decimal): Decimal {
  return a.units < 0n ? negate(a) : a;
}

export function least(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) <= 0 ? a : b;
}

export function greatest(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) >= 0 ? a : b;
}

export function sum(amounts: Iterable<Decimal>): Decimal {
  let total = zero;
  for (const amount of amounts) total = add(total, amount);
  return total;
}

/** Where a quotient goes that lies between two steps: to the lower, to the upper, or to the nearer (of equals, the even). */
export type Rounding = 'floor' | 'ceil' | 'halfEven';

/** `a / b`, rounded to `scale` digits after the point. `b` is not zero. */
export function divide(a: Decimal, b: Decimal, scale: number, rounding: Rounding): Decimal {
  invariant(b.units !== 0n, 'a division by zero');
  const shift = BigInt(scale + b.scale - a.scale);
  const [over, under] = shift >= 0n ? [a.units * 10n ** shift, b.units] : [a.units, b.units * 10n ** -shift];
  return { units: rounded(over, under, rounding), scale };
}

/** `a` with `scale` digits after the point. */
export function roundTo(a: Decimal, scale: number, rounding: Rounding): Decimal {
  if (scale >= a.scale) return a;
  return { units: rounded(a.units, tenTo(a.scale - scale), rounding), scale };
}

/** The multiple of `step` that is nearest in the direction of `rounding`. `step` is above zero. */
export function roundToStep(a: Decimal, step: Decimal, rounding: Rounding): Decimal {
  return multiply(divide(a, step, 0, rounding), step);
}

/** The greatest integer count of 10^-`scale` that is not above `a`. */
export function floorAt(a: Decimal, scale: number): bigint {
  if (scale >= a.scale) return unitsAt(a, scale);
  const step = tenTo(a.scale - scale);
  const quotient = a.units / step;
  return a.units % step < 0n ? quotient - 1n : quotient;
}

/** The smallest integer count of 10^-`scale` that is not below `a`. */
export function ceilAt(a: Decimal, scale: number): bigint {
  return -floorAt(negate(a), scale);
}

const powers = Array.from({ length: 64 }, (_, exponent) => 10n ** BigInt(exponent));

function tenTo(exponent: number): bigint {
  return powers[exponent] ?? 10n ** BigInt(exponent);
}

function unitsAt(a: Decimal, scale: number): bigint {
  return scale === a.scale ? a.units : a.units * tenTo(scale - a.scale);
}

function rounded(over: bigint, under: bigint, rounding: Rounding): bigint {
  const [a, b] = under < 0n ? [-over, -under] : [over, under];
  const floor = a % b < 0n ? a / b - 1n : a / b;
  const rest = a - floor * b;
  if (rest === 0n || rounding === 'floor') return floor;
  if (rounding === 'ceil') return floor + 1n;
  if (rest * 2n === b) return floor % 2n === 0n ? floor : floor + 1n;
  return rest * 2n > b ? floor + 1n : floor;
}
