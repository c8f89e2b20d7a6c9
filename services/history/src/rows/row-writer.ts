const varint = 0;
const lengthDelimited = 2;
/** Tag, and a number or the length of a text. */
const longestNumber = 16;

/** Writes rows in protobuf's wire format, without an object per row. Fields are written in the order of calls. */
export class RowWriter {
  #bytes: Buffer;
  #at = 0;
  #rowStart = 0;
  readonly #rows: Uint8Array[] = [];

  /** @param sizeHint expected bytes of all rows; more is no error. */
  constructor(sizeHint: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(64, sizeHint));
  }

  /** A safe integer, as int64. */
  integer(field: number, value: number): void {
    this.#reserve(longestNumber);
    this.#unsigned(field * 8 + varint);
    if (value >= 0) this.#unsigned(value);
    else this.#negative(value);
  }

  text(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#reserve(longestNumber + length);
    this.#unsigned(field * 8 + lengthDelimited);
    this.#unsigned(length);
    this.#at += this.#bytes.write(value, this.#at);
  }

  /** `units` counted in 10^-`scale` as decimal text. @param units an integer from 0. @param scale 0 to 9. */
  decimal(field: number, units: number, scale: number): void {
    const digits = Math.max(digitsOf(units), scale + 1);
    const length = scale === 0 ? digits : digits + 1;
    this.#reserve(longestNumber + length);
    this.#unsigned(field * 8 + lengthDelimited);
    this.#unsigned(length);
    const end = this.#at + length;
    const point = scale === 0 ? -1 : end - scale - 1;
    let rest = units;
    for (let at = end - 1; at >= this.#at; at -= 1) {
      if (at === point) {
        this.#bytes[at] = 0x2e;
        continue;
      }
      const quotient = Math.floor(rest / 10);
      this.#bytes[at] = 0x30 + (rest - quotient * 10);
      rest = quotient;
    }
    this.#at = end;
  }

  /** Fields that were encoded before: how what many rows share is written once. */
  encoded(fields: Uint8Array): void {
    this.#reserve(fields.length);
    this.#bytes.set(fields, this.#at);
    this.#at += fields.length;
  }

  endRow(): void {
    this.#rows.push(this.#bytes.subarray(this.#rowStart, this.#at));
    this.#rowStart = this.#at;
  }

  /** The ended rows, as views of one buffer; the writer is spent. */
  finish(): Uint8Array[] {
    return this.#rows;
  }

  #unsigned(value: number): void {
    let rest = value;
    while (rest >= 0x10000000) {
      this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  /** Ten bytes: protobuf extends a negative number to 64 bits of two's complement. */
  #negative(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }

  #reserve(need: number): void {
    if (this.#at + need <= this.#bytes.length) return;
    const begun = this.#bytes.subarray(this.#rowStart, this.#at);
    const bigger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, begun.length + need));
    bigger.set(begun);
    this.#bytes = bigger;
    this.#at = begun.length;
    this.#rowStart = 0;
  }
}

function digitsOf(units: number): number {
  let digits = 1;
  for (let bound = 10; units >= bound; bound *= 10) digits += 1;
  return digits;
}
