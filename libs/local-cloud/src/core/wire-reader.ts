import { isUtf8 } from 'node:buffer';

/** Reads protobuf's wire format from a part of a buffer. Throws RangeError where the message is cut short or malformed. */
export class WireReader {
  readonly bytes: Buffer;
  position: number;
  readonly end: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.position >= this.end;
  }

  /** An unsigned varint below 2^53: tags, lengths and small numbers. */
  smallVarint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
      if (factor > 2 ** 49) throw new RangeError('varint is too long');
    }
  }

  /** A varint as the int64 with the same 64 bits. */
  int64(): bigint {
    let low = 0;
    let shift = 0;
    for (let count = 0; count < 4; count += 1, shift += 7) {
      const byte = this.byte();
      low += (byte & 127) * 2 ** shift;
      if (byte < 128) return BigInt(low);
    }
    // Bits 28 to 55, then the rest.
    let middle = 0;
    shift = 0;
    for (let count = 0; count < 4; count += 1, shift += 7) {
      const byte = this.byte();
      middle += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        const isExact = middle < 2 ** 25;
        return isExact ? BigInt(middle * 2 ** 28 + low) : (BigInt(middle) << 28n) | BigInt(low);
      }
    }
    const first = this.byte();
    const high = first < 128 ? first : (first & 127) + (this.byte() & 1) * 128;
    return BigInt.asIntN(64, (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low));
  }

  fixed64(): bigint {
    return this.bytes.readBigInt64LE(this.#take(8));
  }

  fixed32(): number {
    return this.bytes.readInt32LE(this.#take(4));
  }

  double(): number {
    return this.bytes.readDoubleLE(this.#take(8));
  }

  float(): number {
    return this.bytes.readFloatLE(this.#take(4));
  }

  text(): string {
    const length = this.smallVarint();
    const start = this.#take(length);
    const text = this.bytes.toString('utf8', start, this.position);
    // Buffer reads what is not UTF-8 as U+FFFD without a word.
    if (text.includes('\uFFFD') && !isUtf8(this.bytes.subarray(start, this.position))) {
      throw new RangeError('a string is not valid UTF-8');
    }
    return text;
  }

  /** A view, not a copy. */
  slice(): Buffer {
    const length = this.smallVarint();
    const start = this.#take(length);
    return this.bytes.subarray(start, start + length);
  }

  /** A reader of the embedded message that begins here. */
  message(): WireReader {
    const length = this.smallVarint();
    const start = this.#take(length);
    return new WireReader(this.bytes, start, start + length);
  }

  skip(wireType: number): void {
    if (wireType === 0) this.int64();
    else if (wireType === 1) this.#take(8);
    else if (wireType === 2) this.#take(this.smallVarint());
    else if (wireType === 5) this.#take(4);
    else throw new RangeError(`wire type ${wireType} is not supported`);
  }

  byte(): number {
    const byte = this.position < this.end ? this.bytes[this.position] : undefined;
    if (byte === undefined) throw new RangeError('message ends within a field');
    this.position += 1;
    return byte;
  }

  #take(length: number): number {
    const start = this.position;
    if (start + length > this.end) throw new RangeError('message ends within a field');
    this.position = start + length;
    return start;
  }
}
