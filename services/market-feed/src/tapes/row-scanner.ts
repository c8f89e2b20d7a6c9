import { largestFrameInteger } from '@bellwether/contracts';
import { isMarket } from './explain-row.ts';
import { type TapeKind, type TapeMarket, mostDecimals } from './tape-format.ts';

const comma = 0x2c;
const dot = 0x2e;
const zero = 0x30;

/**
 * Reads one row after another out of bytes, without making text of them. After `scan` answered true the
 * fields hold the row; after false it is not a valid row.
 */
export class RowScanner {
  at = 0;
  market: TapeMarket = { symbol: '', venue: '' };
  first = 0;
  firstScale = 0;
  second = 0;
  secondScale = 0;

  readonly kind: TapeKind;
  readonly #markets = new Map<number, { readonly bytes: Uint8Array; readonly market: TapeMarket }[]>();
  #bytes: Uint8Array = new Uint8Array(0);
  #cursor = 0;
  #end = 0;
  #units = 0;
  #scale = 0;

  constructor(kind: TapeKind) {
    this.kind = kind;
  }

  /** The row lies in `bytes` from `start` up to `end`, without its line break. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#cursor = start;
    this.#end = end;
    const previousAt = this.at;
    if (!this.#scanTime() || this.at < previousAt) return false;
    if (!this.#scanMarket()) return false;
    if (!this.#scanDecimal(comma) || this.#units === 0) return false;
    this.first = this.#units;
    this.firstScale = this.#scale;
    if (!this.#scanDecimal(undefined)) return false;
    this.second = this.#units;
    this.secondScale = this.#scale;
    return this.kind === 'trade' || (this.second > 0 && this.#isUncrossed());
  }

  #scanTime(): boolean {
    const bytes = this.#bytes;
    const start = this.#cursor;
    let value = 0;
    for (let i = start; i < this.#end; i += 1) {
      const digit = (bytes[i] ?? 0) - zero;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        if (value > largestFrameInteger) return false;
      } else {
        if (bytes[i] !== comma || i === start) return false;
        this.at = value;
        this.#cursor = i + 1;
        return true;
      }
    }
    return false;
  }

  /** Symbol and venue are looked up together, by the hash of their bytes. */
  #scanMarket(): boolean {
    const bytes = this.#bytes;
    const start = this.#cursor;
    let hash = 0x811c9dc5;
    let commas = 0;
    let i = start;
    for (; i < this.#end; i += 1) {
      const byte = bytes[i] ?? 0;
      if (byte === comma) {
        commas += 1;
        if (commas === 2) break;
      }
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (commas !== 2) return false;
    this.#cursor = i + 1;
    const known = this.#markets.get(hash)?.find((entry) => isEqual(entry.bytes, bytes, start, i));
    const market = known?.market ?? this.#intern(hash, bytes.subarray(start, i));
    if (market === undefined) return false;
    this.market = market;
    return true;
  }

  #intern(hash: number, bytes: Uint8Array): TapeMarket | undefined {
    const [symbol = '', venue = ''] = Buffer.from(bytes).toString('latin1').split(',');
    if (!isMarket(symbol, venue)) return undefined;
    const market = { symbol, venue };
    const known = { bytes: Uint8Array.from(bytes), market };
    this.#markets.set(hash, [...(this.#markets.get(hash) ?? []), known]);
    return market;
  }

  /** Zeros at the end of a fraction are left out, so that they cost no precision. */
  #scanDecimal(terminator: number | undefined): boolean {
    const bytes = this.#bytes;
    const start = this.#cursor;
    let units = 0;
    let scale = 0;
    let point = -1;
    let pendingZeros = 0;
    let i = start;
    for (; i < this.#end; i += 1) {
      const byte = bytes[i] ?? 0;
      const digit = byte - zero;
      if (digit >= 0 && digit <= 9) {
        if (point >= 0 && digit === 0) {
          pendingZeros += 1;
          continue;
        }
        for (; pendingZeros > 0; pendingZeros -= 1) {
          units *= 10;
          scale += 1;
        }
        units = units * 10 + digit;
        if (point >= 0) scale += 1;
        if (units > largestFrameInteger) return false;
      } else if (byte === dot && point < 0 && i > start) {
        point = i;
      } else {
        break;
      }
    }
    const isWhole = i > start && point !== i - 1;
    const isEnded = terminator === undefined ? i === this.#end : i < this.#end && bytes[i] === terminator;
    this.#units = units;
    this.#scale = scale;
    this.#cursor = i + 1;
    return isWhole && isEnded && scale <= mostDecimals;
  }

  #isUncrossed(): boolean {
    if (this.firstScale === this.secondScale) return this.second >= this.first;
    const scale = Math.max(this.firstScale, this.secondScale);
    const bid = BigInt(this.first) * 10n ** BigInt(scale - this.firstScale);
    return BigInt(this.second) * 10n ** BigInt(scale - this.secondScale) >= bid;
  }
}

function isEqual(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i += 1) if (known[i] !== bytes[start + i]) return false;
  return true;
}
