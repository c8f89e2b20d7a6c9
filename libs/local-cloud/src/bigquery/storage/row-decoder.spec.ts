import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Column, ColumnType } from '../catalogue/column.ts';
import { protoTypes } from './proto-value.ts';
import { RowDecoder } from './row-decoder.ts';
import { WireReader } from '../../core/wire-reader.ts';

/** An unsigned varint of the value's 64 bits. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const tag = (number: number, wireType: number): Buffer => varint(BigInt(number * 8 + wireType));
const number = (field: number, value: bigint): Buffer => Buffer.concat([tag(field, 0), varint(value)]);
const bytes = (field: number, value: Buffer): Buffer =>
  Buffer.concat([tag(field, 2), varint(BigInt(value.length)), value]);
const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));
const double = (field: number, value: number): Buffer => {
  const encoded = Buffer.alloc(8);
  encoded.writeDoubleLE(value);
  return Buffer.concat([tag(field, 1), encoded]);
};

const column = (name: string, type: ColumnType, mode: Column['mode'] = 'NULLABLE'): Column => ({
  name,
  type,
  mode,
});
const field = (name: string, position: number, type: number, isRepeated = false) => ({
  name,
  number: position,
  type,
  isRepeated,
});

describe('WireReader', () => {
  it('reads every int64', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const reader = new WireReader(varint(value));
        expect(reader.int64()).toBe(value);
        expect(reader.isAtEnd).toBe(true);
      }),
    );
  });
});

describe('RowDecoder', () => {
  const decoder = new RowDecoder(
    [
      field('ORDINAL', 1, protoTypes.int64),
      field('at', 2, protoTypes.int64),
      field('symbol', 3, protoTypes.string),
      field('price', 4, protoTypes.string),
      field('size', 5, protoTypes.double),
      field('live', 6, protoTypes.bool),
      field('raw', 7, protoTypes.bytes),
      field('day', 8, protoTypes.int32),
      field('sizes', 9, protoTypes.sint64, true),
      field('tags', 200, protoTypes.string, true),
    ],
    [
      column('ordinal', 'INT64', 'REQUIRED'),
      column('at', 'TIMESTAMP'),
      column('symbol', 'STRING'),
      column('price', 'NUMERIC'),
      column('size', 'FLOAT64'),
      column('live', 'BOOL'),
      column('raw', 'BYTES'),
      column('day', 'DATE'),
      column('sizes', 'INT64', 'REPEATED'),
      column('tags', 'STRING', 'REPEATED'),
      column('unwritten', 'JSON'),
    ],
  );

  it('reads every kind of field, in any order, the last one where a field repeats itself', () => {
    const row = Buffer.concat([
      text(200, 'x'),
      number(1, 1n),
      number(1, -5n),
      number(2, 1_704_067_200_123_456n),
      text(3, 'é'),
      text(4, '-1.25'),
      double(5, 1.5),
      number(6, 1n),
      bytes(7, Buffer.from('xy')),
      number(8, -1n),
      bytes(9, Buffer.concat([varint(1n), varint(4n)])),
      number(9, 3n),
      text(200, 'y'),
    ]);
    expect(decoder.decode([row, number(1, 2n)])).toEqual({
      isOk: true,
      batch: {
        rowCount: 2,
        columns: [
          [-5n, 2n],
          [1_704_067_200_123_456n, null],
          ['é', null],
          [-1_250_000_000n, null],
          [1.5, null],
          [true, null],
          [Buffer.from('xy'), null],
          [-1, null],
          [[-1n, 2n, -2n], []],
          [['x', 'y'], []],
          [null, null],
        ],
      },
    });
  });

  it.each([
    ['without a required field', text(3, 'x'), 'Field ordinal: value is required'],
    [
      'with a field of no schema',
      Buffer.concat([number(1, 1n), number(15, 1n)]),
      "field 15 is not in the writer's schema",
    ],
    ['with another wire type', text(1, 'x'), 'field 1 has wire type 2'],
    ['cut short', number(1, 300n).subarray(0, 2), 'message ends within a field'],
    ['with a bad number', Buffer.concat([number(1, 1n), text(4, 'x')]), 'Bad NUMERIC value: x'],
    ['with an infinite number', Buffer.concat([number(1, 1n), double(5, Infinity)]), 'NaN and infinities'],
    [
      'with text that is not UTF-8',
      Buffer.concat([number(1, 1n), bytes(3, Buffer.from([255]))]),
      'not valid UTF-8',
    ],
    [
      'with a time out of range',
      Buffer.concat([number(1, 1n), number(2, 2n ** 62n)]),
      'Timestamp out of range',
    ],
  ])('refuses a row %s', (_, row, message) => {
    const decoded = decoder.decode([number(1, 1n), row]);
    expect(decoded).toMatchObject({
      isOk: false,
      errors: [{ index: 1, message: expect.stringContaining(message) as unknown }],
    });
  });

  it('never reads beyond its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (junk) => {
        expect(() => decoder.decode([Buffer.from(junk)])).not.toThrow();
      }),
    );
  });

  it.each([
    [[field('x', 1, protoTypes.int64)], "extra fields: 'x'"],
    [[], 'required field id is missing'],
    [[field('id', 1, protoTypes.string)], 'proto field mismatched'],
    [[field('id', 1, protoTypes.int64, true)], 'must not be repeated'],
  ])('refuses a schema with %j', (fields, message) => {
    expect(() => new RowDecoder(fields, [column('id', 'INT64', 'REQUIRED')])).toThrow(message);
  });
});
