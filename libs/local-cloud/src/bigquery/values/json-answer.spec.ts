import { describe, expect, it } from '@jest/globals';

import { timestampFormatOf, toJsonRow } from './json-answer.ts';

describe('the format of timestamps', () => {
  it.each([
    [undefined, undefined, 'FLOAT64'],
    [false, 'TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED', 'FLOAT64'],
    ['true', null, 'INT64'],
    [true, 'INT64', 'INT64'],
    [true, 'TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED', 'INT64'],
    [undefined, 'ISO8601_STRING', 'ISO8601_STRING'],
    [false, 'FLOAT64', 'FLOAT64'],
  ])('is, for useInt64Timestamp %p and timestampOutputFormat %p, %s', (useInt64, outputFormat, format) => {
    expect(timestampFormatOf(useInt64, outputFormat)).toBe(format);
  });

  it.each(['FLOAT64', 'ISO8601_STRING'])('cannot be INT64 and %s at once', (outputFormat) => {
    expect(() => timestampFormatOf('true', outputFormat)).toThrow(
      'Cannot specify both use_int64_timestamp and timestamp_output_format.',
    );
  });

  it.each([
    ['INT64', '1500000'],
    ['FLOAT64', '1.5'],
    ['ISO8601_STRING', '1970-01-01T00:00:01.500000Z'],
  ] as const)('writes %s as %s', (format, text) => {
    const column = { type: 'TIMESTAMP', mode: 'NULLABLE' } as const;
    expect(toJsonRow([column], [1_500_000n], format)).toEqual({ f: [{ v: text }] });
  });
});
