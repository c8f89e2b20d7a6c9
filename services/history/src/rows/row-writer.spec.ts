import { describe, expect, it } from '@jest/globals';
import { RowWriter } from './row-writer.ts';

/** The text of a row's only field. */
function decimalText(units: number, scale: number): string {
  const writer = new RowWriter(0);
  writer.decimal(1, units, scale);
  writer.endRow();
  const [row = new Uint8Array()] = writer.finish();
  expect(row[1]).toBe(row.length - 2);
  return Buffer.from(row.subarray(2)).toString();
}

describe('RowWriter', () => {
  it.each([
    [0, 0, '0'],
    [0, 2, '0.00'],
    [7, 2, '0.07'],
    [14_523, 2, '145.23'],
    [100, 0, '100'],
    [1_000, 3, '1.000'],
    [9_999_999_999, 9, '9.999999999'],
    [4_500_000_000_000_000, 9, '4500000.000000000'],
    [4_499_999_999_999_999, 1, '449999999999999.9'],
  ])('writes %d at scale %d as %s', (units, scale, text) => {
    expect(decimalText(units, scale)).toBe(text);
  });

  it('keeps the rows before when its buffer grows', () => {
    const writer = new RowWriter(64);
    const texts = Array.from({ length: 50 }, (_, index) => `${index}`.repeat(index));
    for (const text of texts) {
      writer.text(1, text);
      writer.integer(2, 5);
      writer.endRow();
    }
    const read = writer.finish().map((row) => Buffer.from(row.subarray(2, row.length - 2)).toString());
    expect(read).toEqual(texts);
  });
});
