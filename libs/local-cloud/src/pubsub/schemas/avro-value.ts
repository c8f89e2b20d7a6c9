import { branchName, isObject } from './avro-type.ts';
import type { AvroType, Primitive } from './avro-type.ts';

/** Whether the bytes are a value of the type in Avro's JSON encoding. */
export function isAvroJson(type: AvroType, bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return matches(type, JSON.parse(text));
  } catch {
    return false;
  }
}

/** Whether the bytes, all of them, are one value of the type in Avro's binary encoding. */
export function isAvroBinary(type: AvroType, bytes: Uint8Array): boolean {
  try {
    const reader = new Reader(bytes);
    skip(type, reader);
    return reader.isAtEnd;
  } catch (error) {
    if (error instanceof RangeError) return false; // beyond the end, too deep, or no such branch
    throw error;
  }
}

/** A value in Avro's JSON encoding as JSON has it otherwise: without the names of the branches of unions. */
export function plainAvro(type: AvroType, value: unknown): unknown {
  switch (type.kind) {
    case 'array':
      return Array.isArray(value) ? value.map((item) => plainAvro(type.items, item)) : value;
    case 'map':
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, plainAvro(type.values, item)]),
      );
    case 'record':
      if (!isObject(value)) return value;
      return Object.fromEntries(
        type.fields.map((field) => [field.name, plainAvro(field.type, value[field.name])]),
      );
    case 'union': {
      if (!isObject(value)) return value;
      const [[name, inner] = []] = Object.entries(value);
      const branch = type.branches.find((candidate) => branchName(candidate) === name);
      return branch === undefined ? value : plainAvro(branch, inner);
    }
    case 'primitive':
    case 'enum':
    case 'fixed':
      return value;
  }
}

function matches(type: AvroType, value: unknown): boolean {
  switch (type.kind) {
    case 'primitive':
      return isPrimitive(type.name, value);
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value);
    case 'fixed':
      return isBytes(value) && value.length === type.size;
    case 'array':
      return Array.isArray(value) && value.every((item) => matches(type.items, item));
    case 'map':
      return isObject(value) && Object.values(value).every((item) => matches(type.values, item));
    case 'record':
      return (
        isObject(value) &&
        Object.keys(value).length === type.fields.length &&
        type.fields.every((field) => field.name in value && matches(field.type, value[field.name]))
      );
    case 'union': {
      if (value === null) return type.branches.some((branch) => branchName(branch) === 'null');
      if (!isObject(value)) return false;
      const [[name, inner] = [], ...more] = Object.entries(value);
      const branch = type.branches.find((candidate) => branchName(candidate) === name);
      return branch !== undefined && more.length === 0 && matches(branch, inner);
    }
  }
}

function isPrimitive(name: Primitive, value: unknown): boolean {
  switch (name) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
    case 'long':
      return isInteger(value) && value >= -(2 ** 63) && value <= 2 ** 63;
    case 'float':
    case 'double':
      return typeof value === 'number';
    case 'bytes':
      return isBytes(value);
    case 'string':
      return typeof value === 'string';
  }
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

/** A byte is a character up to U+00FF. */
function isBytes(value: unknown): value is string {
  return typeof value === 'string' && Buffer.from(value, 'latin1').toString('latin1') === value;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  skip(length: number): Uint8Array {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new RangeError('the value ends early');
    const skipped = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return skipped;
  }

  byte(): number {
    return this.skip(1)[0] ?? 0;
  }

  /** A zigzag varint of at most `bits`. */
  integer(bits: number): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift >= 63n) throw new RangeError('the number is too long');
    }
    const number = (value >> 1n) ^ -(value & 1n);
    if (BigInt.asIntN(bits, number) !== number) throw new RangeError('the number is too large');
    return Number(number);
  }
}

function skip(type: AvroType, reader: Reader): void {
  switch (type.kind) {
    case 'primitive':
      skipPrimitive(type.name, reader);
      return;
    case 'fixed':
      reader.skip(type.size);
      return;
    case 'record':
      for (const field of type.fields) skip(field.type, reader);
      return;
    case 'enum':
      pick(type.symbols, reader.integer(32));
      return;
    case 'union':
      skip(pick(type.branches, reader.integer(64)), reader);
      return;
    case 'array':
      skipBlocks(reader, () => skip(type.items, reader));
      return;
    case 'map':
      skipBlocks(reader, () => {
        skipPrimitive('string', reader);
        skip(type.values, reader);
      });
      return;
  }
}

function skipPrimitive(name: Primitive, reader: Reader): void {
  switch (name) {
    case 'null':
      return;
    case 'boolean':
      if (reader.byte() > 1) throw new RangeError('no boolean');
      return;
    case 'int':
      reader.integer(32);
      return;
    case 'long':
      reader.integer(64);
      return;
    case 'float':
      reader.skip(4);
      return;
    case 'double':
      reader.skip(8);
      return;
    case 'bytes':
    case 'string':
      reader.skip(reader.integer(64));
      return;
  }
}

/** Items come in blocks of a count, negative when the block's bytes follow it; a count of 0 ends them. */
function skipBlocks(reader: Reader, skipItem: () => void): void {
  for (let count = reader.integer(64); count !== 0; count = reader.integer(64)) {
    if (count < 0) reader.integer(64);
    for (let left = Math.abs(count); left > 0; left--) {
      if (reader.isAtEnd) throw new RangeError('the value ends early');
      skipItem();
    }
  }
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError('no such branch');
  return item;
}
