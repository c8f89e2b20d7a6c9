const firstBytes = 16 * 1024;
/** Up to here a loop over the characters is faster than a call into the engine. */
const shortText = 40;

/**
 * Writes a protobuf message from its end to its beginning, so that the length of what lies inside is known when it is
 * written in front of it: nothing is measured first, nothing copied. The buffer grows and is used again.
 *
 * A field is its content, then its length where it has one, then its tag.
 */
export class ReverseWriter {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #at = firstBytes;

  /** How much is written: the length of a field is the difference of two of these. */
  get size(): number {
    return this.#bytes.length - this.#at;
  }

  /**
   * Length and tag of the field whose content was written since `end`.
   *
   * @param tag below 2^14.
   */
  close(end: number, tag: number): void {
    const length = this.size - end;
    if (length >= 0x80 || tag >= 0x80) {
      this.varint(length);
      this.varint(tag);
      return;
    }
    this.#room(2);
    this.#bytes[--this.#at] = length;
    this.#bytes[--this.#at] = tag;
  }

  /** What was written, copied, and forgotten here. */
  take(): Buffer {
    const written = Buffer.from(this.#bytes.subarray(this.#at));
    this.#at = this.#bytes.length;
    return written;
  }

  /** @param value a whole number, at least 0 and at most 2^53. */
  varint(value: number): void {
    if (value < 0x80) {
      this.#room(1);
      this.#bytes[--this.#at] = value;
      return;
    }
    if (value < 0x4000) {
      this.#room(2);
      this.#bytes[--this.#at] = value >>> 7;
      this.#bytes[--this.#at] = (value & 0x7f) | 0x80;
      return;
    }
    let length = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length += 1;
    this.#room(length);
    this.#at -= length;
    let rest = value;
    for (let i = 0; i < length - 1; i += 1) {
      this.#bytes[this.#at + i] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at + length - 1] = rest;
  }

  /** An int64, which takes ten bytes when it is negative. @param value a safe integer. */
  int64(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    this.#room(10);
    this.#at -= 10;
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let i = 0; i < 9; i += 1) {
      this.#bytes[this.#at + i] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#at + 9] = Number(rest);
  }

  double(value: number): void {
    this.#room(8);
    this.#at -= 8;
    this.#bytes.writeDoubleLE(value, this.#at);
  }

  raw(value: Uint8Array): void {
    this.#room(value.length);
    this.#at -= value.length;
    this.#bytes.set(value, this.#at);
  }

  /** UTF-8, with its length in front. */
  text(value: string): void {
    const { length } = value;
    if (length <= shortText) {
      this.#room(length + 1);
      const bytes = this.#bytes;
      const start = this.#at - length;
      let i = 0;
      for (; i < length; i += 1) {
        const code = value.charCodeAt(i);
        if (code >= 0x80) break;
        bytes[start + i] = code;
      }
      if (i === length) {
        this.#at = start - 1;
        bytes[start - 1] = length;
        return;
      }
    }
    const bytes = Buffer.byteLength(value);
    this.#room(bytes);
    this.#at -= bytes;
    this.#bytes.write(value, this.#at, bytes === length ? 'latin1' : 'utf8');
    this.varint(bytes);
  }

  #room(bytes: number): void {
    if (bytes <= this.#at) return;
    const written = this.#bytes.subarray(this.#at);
    const larger = Buffer.allocUnsafe(2 * this.#bytes.length + bytes);
    larger.set(written, larger.length - written.length);
    this.#at = larger.length - written.length;
    this.#bytes = larger;
  }
}
