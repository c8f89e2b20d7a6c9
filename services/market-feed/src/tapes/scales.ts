import { largestFrameInteger } from '@bellwether/contracts';
import type { MeasuredTape, NumberRange } from './measure-tape.ts';
import { TapeError } from './tape-error.ts';

/** How the numbers of a symbol are counted: in 10^-scale. */
export interface SymbolScales {
  readonly symbol: string;
  readonly priceScale: number;
  /** 0 where only quotes are recorded. */
  readonly sizeScale: number;
}

/**
 * One scale per symbol over all tapes of a run, so that its prices compare as integers everywhere.
 *
 * @throws TapeError when a number of one tape is too large to be counted with the decimals of another.
 */
export function unifyScales(tapes: readonly MeasuredTape[]): ReadonlyMap<string, SymbolScales> {
  const scales = new Map<string, SymbolScales>();
  for (const { symbols } of tapes)
    for (const { symbol, price, size } of symbols) {
      const known = scales.get(symbol);
      scales.set(symbol, {
        symbol,
        priceScale: Math.max(known?.priceScale ?? 0, price.scale),
        sizeScale: Math.max(known?.sizeScale ?? 0, size.scale),
      });
    }
  for (const { path, symbols } of tapes)
    for (const { symbol, price, size } of symbols) {
      const { priceScale, sizeScale } = scales.get(symbol) ?? { priceScale: 0, sizeScale: 0 };
      requireFit(path, symbol, 'price', price, priceScale);
      requireFit(path, symbol, 'size', size, sizeScale);
    }
  return scales;
}

function requireFit(path: string, symbol: string, what: string, range: NumberRange, scale: number): void {
  const units = BigInt(range.units) * 10n ** BigInt(scale - range.unitsScale);
  if (units <= BigInt(largestFrameInteger)) return;
  const reason = `the ${what} is too large to be counted with the ${scale} decimals that ${symbol} needs`;
  throw new TapeError(`${path}: line ${range.line}: ${reason}`);
}

const powersOfTen = Array.from({ length: 32 }, (_, exponent) => 10 ** exponent);

/** What a number is multiplied by to be counted with so many decimals more. */
export function powerOfTen(exponent: number): number {
  const power = powersOfTen[exponent];
  if (power === undefined) throw new TapeError('a tape was changed after it had been checked');
  return power;
}
