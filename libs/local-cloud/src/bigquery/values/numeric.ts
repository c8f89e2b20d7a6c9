const scale = 9;
const bigScale = 38;
const limit = 10n ** 38n;
const powers = Array.from({ length: scale + 1 }, (_, exponent) => 10n ** BigInt(exponent));
const zeroCode = 48;
const pointCode = 46;

/**
 * Decimal text to NUMERIC in units of 1e-9, rounded half away from zero, or undefined when it is not a decimal
 * number or has more than 29 digits before the point.
 */
export function parseNumeric(text: string): bigint | undefined {
  const value = parseShort(text) ?? parseAny(text, scale);
  return value === undefined || value >= limit || value <= -limit ? undefined : value;
}

/**
 * Decimal text to BIGNUMERIC in units of 1e-38, rounded half away from zero, or undefined when it is not a decimal
 * number or does not fit into the 256 bits that BigQuery has for it: about 5.7896e38.
 */
export function parseBigNumeric(text: string): bigint | undefined {
  const value = parseAny(text, bigScale);
  return value === undefined || BigInt.asIntN(256, value) !== value ? undefined : value;
}

/** Most amounts: `123.45` without sign, exponent and spaces, exact in a number. Others are left to `parseAny`. */
function parseShort(text: string): bigint | undefined {
  let digits = 0;
  let fraction = -1;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === pointCode && fraction < 0) {
      fraction = 0;
      continue;
    }
    if (code < zeroCode || code > zeroCode + 9) return undefined;
    digits = digits * 10 + (code - zeroCode);
    if (fraction >= 0) fraction += 1;
  }
  const shift = powers[scale - Math.max(fraction, 0)];
  if (shift === undefined || text.length < 1 || text.length > 15 || text === '.') return undefined;
  return BigInt(digits) * shift;
}

function parseAny(text: string, digitsBehindPoint: number): bigint | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const shift = digitsBehindPoint + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const magnitude =
    shift >= 0 ? digits * 10n ** BigInt(shift) : roundedQuotient(digits, 10n ** BigInt(-shift));
  return sign === '-' ? -magnitude : magnitude;
}

/** The shortest decimal text: no zeros at the end, no point without digits behind it. */
export const formatNumeric = (value: bigint): string => format(value, scale);

export const formatBigNumeric = (value: bigint): string => format(value, bigScale);

function format(value: bigint, digitsBehindPoint: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(digitsBehindPoint + 1, '0');
  const whole = digits.slice(0, -digitsBehindPoint);
  const fraction = digits.slice(-digitsBehindPoint).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : '.'}${fraction}`;
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return (dividend % divisor) * 2n >= divisor ? quotient + 1n : quotient;
}
