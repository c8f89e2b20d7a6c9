/**
 * Reads protobuf from bytes, field after field. A field is its tag (its number and wire type in one), then its length
 * where it has one, then its content.
 *
 * Its methods throw where the message ends in the middle.
 */
export class ProtobufReader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @returns at most 2^53 exactly. */
  varint(): number {
    let byte = this.#byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let scale = 0x80; ; scale *= 0x80) {
      byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  /** A signed integer; what is no safe integer is rounded. */
  int64(): number {
    const start = this.at;
    const value = this.varint();
    if (this.at - start < 10) return value;
    this.at = start;
    let exact = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) exact |= BigInt(this.#byte() & 0x7f) << shift;
    return Number(BigInt.asIntN(64, exact));
  }

  double(): number {
    this.#guard(this.at + 8);
    const value = this.bytes.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  /** Where the field ends whose length comes next. */
  end(): number {
    const length = this.varint();
    this.#guard(this.at + length);
    return this.at + length;
  }

  text(): string {
    const end = this.end();
    const start = this.at;
    this.at = end;
    return this.bytes.toString('utf8', start, end);
  }

  raw(): Buffer {
    const end = this.end();
    const found = this.bytes.subarray(this.at, end);
    this.at = end;
    return found;
  }

  /** Passes over the field whose tag was read. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.varint();
        return;
      case 1:
        this.#guard((this.at += 8));
        return;
      case 2:
        this.at = this.end();
        return;
      case 5:
        this.#guard((this.at += 4));
        return;
      default:
        throw new Error(`a message from Firestore has a field of unknown kind ${tag}`);
    }
  }

  #byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new Error('a message from Firestore ends in the middle');
    this.at += 1;
    return byte;
  }

  #guard(end: number): void {
    if (end > this.bytes.length) throw new Error('a message from Firestore ends in the middle');
  }
}
