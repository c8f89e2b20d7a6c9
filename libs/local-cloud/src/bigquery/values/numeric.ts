const scale = 9;
const limit = 10n ** 38n;
const powers = Array.from({ length: scale + 1 }, (_, exponent) => 10n ** BigInt(exponent));
const zeroCode = 48;
const pointCode = 46;

/**
 * Decimal text to NUMERIC in units of 1e-9, rounded half away from zero, or undefined when it is not a decimal
 * number or has more than 29 digits before the point.
 */
export function parseNumeric(text: string): bigint | undefined {
  return parseShort(text) ?? parseAny(text);
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

function parseAny(text: string): bigint | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const shift = scale + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const magnitude =
    shift >= 0 ? digits * 10n ** BigInt(shift) : roundedQuotient(digits, 10n ** BigInt(-shift));
  if (magnitude >= limit) return undefined;
  return sign === '-' ? -magnitude : magnitude;
}

/** The shortest decimal text: no zeros at the end, no point without digits behind it. */
export function formatNumeric(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, -scale);
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : '.'}${fraction}`;
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return (dividend % divisor) * 2n >= divisor ? quotient + 1n : quotient;
}
