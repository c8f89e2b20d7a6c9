import { MarketSymbol, largestFrameInteger } from '@bellwether/contracts';
import { type Decimal, compare } from '@bellwether/domain';
import { type TapeKind, columns, mostDecimals } from './tape-format.ts';

const plainDecimal = /^\d+(?:\.\d+)?$/;
const venueName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/**
 * Why a row is not valid, as `column "price" …`; `undefined` for a valid one.
 *
 * The row scanner only says that a row is bad; this looks again, slowly, for the words.
 */
export function explainRow(line: string, kind: TapeKind, previousAt: number): string | undefined {
  const fields = line.split(',');
  const names = columns[kind];
  if (fields.length !== names.length) return `${fields.length} fields where ${names.length} are due`;
  const [at = '', symbol = '', venue = '', first = '', second = ''] = fields;
  const wrong = (column: number, reason: string): string =>
    `column "${names[column]}" ${reason}: ${quoted(fields[column] ?? '')}`;

  if (!/^\d+$/.test(at)) return wrong(0, 'is not whole epoch milliseconds');
  if (Number(at) > largestFrameInteger) return wrong(0, 'is too large');
  if (Number(at) < previousAt) return wrong(0, `is earlier than the row before (${previousAt})`);
  if (!MarketSymbol.safeParse(symbol).success) return wrong(1, 'is not an upper-case symbol');
  if (!venueName.test(venue)) return wrong(2, 'is not the name of a venue');
  const price = explainNumber(first, true);
  if (price !== undefined) return wrong(3, price);
  const last = explainNumber(second, kind === 'quote');
  if (last !== undefined) return wrong(4, last);
  return kind === 'quote' && isBelow(second, first) ? wrong(4, `is below the bid of ${first}`) : undefined;
}

export function isMarket(symbol: string, venue: string): boolean {
  return MarketSymbol.safeParse(symbol).success && venueName.test(venue);
}

function explainNumber(text: string, isPrice: boolean): string | undefined {
  const number = read(text);
  if (number === undefined || (isPrice && number.units === 0n))
    return isPrice ? 'is not a positive plain decimal' : 'is not a plain decimal of zero or more';
  const isTooLong = number.units > BigInt(largestFrameInteger) || number.scale > mostDecimals;
  return isTooLong ? 'has too many digits' : undefined;
}

function isBelow(a: string, b: string): boolean {
  const [left, right] = [read(a), read(b)];
  return left !== undefined && right !== undefined && compare(left, right) < 0;
}

/** Without the zeros at the end of the fraction. */
function read(text: string): Decimal | undefined {
  if (!plainDecimal.test(text)) return undefined;
  const [whole = '', fraction = ''] = text.split('.');
  const significant = fraction.replace(/0+$/, '');
  return { units: BigInt(whole + significant), scale: significant.length };
}

function quoted(field: string): string {
  return JSON.stringify(field.length > 40 ? `${field.slice(0, 40)}…` : field);
}
