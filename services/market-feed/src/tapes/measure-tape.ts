import { readTape } from './read-tape.ts';
import { TapeError } from './tape-error.ts';
import type { TapeKind, TapeRows } from './tape-format.ts';

/** What a whole, valid tape holds. */
export interface MeasuredTape {
  readonly path: string;
  readonly kind: TapeKind;
  readonly rows: number;
  /** Exchange times of the first and last row, epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** In order of appearance. */
  readonly symbols: readonly SymbolNumbers[];
}

export interface SymbolNumbers {
  readonly symbol: string;
  readonly price: NumberRange;
  /** Empty on a tape of quotes, whose sizes are not recorded. */
  readonly size: NumberRange;
}

/** What must be known of some numbers to count them all with one scale. */
export interface NumberRange {
  /** The most decimals seen, zeros at the end not counted. */
  readonly scale: number;
  /** The greatest of them: `units` counted in 10^-`unitsScale`, and the line that holds it. */
  readonly units: number;
  readonly unitsScale: number;
  readonly line: number;
}

/**
 * Reads a tape from end to end and checks every row.
 *
 * @throws TapeError naming file, line, column and reason for the first thing that is wrong.
 */
export async function measureTape(path: string): Promise<MeasuredTape> {
  const symbols = new Map<string, { symbol: string; price: Range; size: Range }>();
  let kind: TapeKind = 'trade';
  let rows = 0;
  let firstAt = 0;
  let lastAt = 0;
  for await (const batch of readTape(path)) {
    kind = batch.kind;
    if (rows === 0) firstAt = batch.at[0] ?? 0;
    lastAt = batch.at[batch.length - 1] ?? 0;
    rows += batch.length;
    measure(batch, symbols);
  }
  if (rows === 0) throw new TapeError(`${path}: line 2: the tape holds no rows`);
  return { path, kind, rows, firstAt, lastAt, symbols: [...symbols.values()] };
}

class Range implements NumberRange {
  scale = 0;
  units = 0;
  unitsScale = 0;
  line = 0;
  #largest = -1;

  add(units: number, scale: number, line: number): void {
    if (scale > this.scale) this.scale = scale;
    const value = units / (powersOfTen[scale] ?? 1);
    if (value <= this.#largest) return;
    this.#largest = value;
    this.units = units;
    this.unitsScale = scale;
    this.line = line;
  }
}

const powersOfTen = Array.from({ length: 32 }, (_, exponent) => 10 ** exponent);

function measure(rows: TapeRows, symbols: Map<string, { symbol: string; price: Range; size: Range }>): void {
  for (let i = 0; i < rows.length; i += 1) {
    const symbol = rows.market[i]?.symbol ?? '';
    let numbers = symbols.get(symbol);
    if (numbers === undefined) {
      numbers = { symbol, price: new Range(), size: new Range() };
      symbols.set(symbol, numbers);
    }
    const line = rows.firstLine + i;
    const second = rows.kind === 'quote' ? numbers.price : numbers.size;
    numbers.price.add(rows.first[i] ?? 0, rows.firstScale[i] ?? 0, line);
    second.add(rows.second[i] ?? 0, rows.secondScale[i] ?? 0, line);
  }
}
