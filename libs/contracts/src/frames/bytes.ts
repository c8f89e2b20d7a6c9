import { TextTable } from './text-table.ts';

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);
const encoder = new TextEncoder();
const texts = new TextTable();

/** Writes varints of up to 53 bits, numbers and short texts into a buffer that grows. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(sizeHint: number) {
    this.#bytes = new Uint8Array(sizeHint);
  }

  /** How many bytes are written so far. */
  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  /** LEB128; `value` is an integer from 0 to 2^53 - 1. */
  unsigned(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  /** Zigzag; `value` is an integer below 2^52 in size. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Any number, in eight bytes. */
  float(value: number): void {
    float[0] = value;
    for (const byte of floatBytes) this.byte(byte);
  }

  text(value: string): void {
    if (this.#ascii(value)) return;
    const encoded = encoder.encode(value);
    this.unsigned(encoded.length);
    if (this.#length + encoded.length > this.#bytes.length) this.#grow(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  /** Most texts are short and in ASCII: those need no memory of their own. */
  #ascii(value: string): boolean {
    const { length } = value;
    if (length >= 0x80) return false;
    if (this.#length + 1 + length > this.#bytes.length) this.#grow(1 + length);
    const bytes = this.#bytes;
    const start = this.#length + 1;
    for (let i = 0; i < length; i += 1) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) return false;
      bytes[start + i] = code;
    }
    bytes[start - 1] = length;
    this.#length = start + length;
    return true;
  }

  /** Begins anew in the same memory, where what was written is overwritten. */
  clear(): void {
    this.#length = 0;
  }

  /** The bytes written so far; the writer is spent, but for `clear`. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(need: number): void {
    const bigger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + need));
    bigger.set(this.#bytes);
    this.#bytes = bigger;
  }
}

/** Reads what `ByteWriter` wrote. Every method throws `RangeError` past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new RangeError('past the end');
    this.#at += 1;
    return value;
  }

  unsigned(): number {
    let factor = 1;
    let value = 0;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 0x80;
      if (factor > 2 ** 49) throw new RangeError('varint too long');
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new RangeError('varint too large');
    return value;
  }

  /** Reads an index for each place of a column, and answers the greatest of them; -1 when there is none. */
  indexColumn(column: Uint16Array): number {
    const bytes = this.#bytes;
    let greatest = -1;
    for (let i = 0; i < column.length; i += 1) {
      let index = bytes[this.#at] ?? 0x80;
      if (index < 0x80) this.#at += 1;
      else index = this.unsigned();
      if (index > greatest) greatest = index;
      column[i] = index;
    }
    return greatest;
  }

  /** Reads a signed number for each place of a column. */
  signedColumn(column: Float64Array): void {
    const bytes = this.#bytes;
    let at = this.#at;
    // Past the last byte nothing is read here: five bytes lie ahead of each number that is.
    const safe = bytes.length - 5;
    for (let i = 0; i < column.length; i += 1) {
      if (at <= safe) {
        const b0 = bytes[at] ?? 0;
        if (b0 < 0x80) {
          at += 1;
          column[i] = (b0 >>> 1) ^ -(b0 & 1);
          continue;
        }
        const b1 = bytes[at + 1] ?? 0;
        if (b1 < 0x80) {
          at += 2;
          const value = (b0 & 0x7f) | (b1 << 7);
          column[i] = (value >>> 1) ^ -(value & 1);
          continue;
        }
        const b2 = bytes[at + 2] ?? 0;
        const b3 = bytes[at + 3] ?? 0;
        const b4 = bytes[at + 4] ?? 0;
        // Whether three, four or five bytes, no branch can foretell: 1 where the fourth belongs to it, and the fifth.
        const has4 = b2 >>> 7;
        const has5 = has4 & (b3 >>> 7);
        if ((has5 & (b4 >>> 7)) === 0) {
          at += 3 + has4 + has5;
          const value =
            (b0 & 0x7f) | ((b1 & 0x7f) << 7) | ((b2 & 0x7f) << 14) | (((b3 & 0x7f) << 21) & -has4);
          const half = (value >>> 1) + (b4 & -has5) * 2 ** 27;
          column[i] = (value & 1) === 0 ? half : -half - 1;
          continue;
        }
      }
      this.#at = at;
      column[i] = this.signed();
      at = this.#at;
    }
    this.#at = at;
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  float(): number {
    for (let i = 0; i < floatBytes.length; i += 1) floatBytes[i] = this.byte();
    return float[0] ?? 0;
  }

  text(): string {
    const { length } = this.textBytes();
    return texts.decode(this.#bytes, this.#at - length, this.#at);
  }

  /** The bytes of a text, where they lie. */
  textBytes(): Uint8Array {
    const length = this.unsigned();
    if (length > this.remaining) throw new RangeError('past the end');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
