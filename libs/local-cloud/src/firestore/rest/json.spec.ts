import { describe, expect, it } from '@jest/globals';
import { fromJson, toJson } from './json.ts';

describe('the JSON mapping', () => {
  it.each<[string, object, object]>([
    ['null', { nullValue: null }, { nullValue: 'NULL_VALUE' }],
    ['a double without digits', { doubleValue: '-Infinity' }, { doubleValue: -Infinity }],
    ['a double', { doubleValue: 0.5 }, { doubleValue: 0.5 }],
    [
      'a timestamp',
      { timestampValue: '2026-01-02T03:04:05.000006000Z' },
      { timestampValue: { seconds: 1_767_323_045, nanos: 6000 } },
    ],
    [
      'a time before 1970',
      { timestampValue: '1969-12-31T23:59:59.500000000Z' },
      { timestampValue: { seconds: -1, nanos: 500_000_000 } },
    ],
    [
      'fields with names of the protocol',
      { fields: { limit: { integerValue: '1' }, nullValue: { nullValue: null } } },
      { fields: { limit: { integerValue: '1' }, nullValue: { nullValue: 'NULL_VALUE' } } },
    ],
    ['lists', { values: [{ nullValue: null }, 'a'] }, { values: [{ nullValue: 'NULL_VALUE' }, 'a'] }],
  ])('takes %s both ways', (_what, json, message) => {
    expect(fromJson({ ...json })).toEqual(message);
    expect(toJson({ ...message })).toEqual(json);
  });

  it('wraps limits, and reads a time zone', () => {
    expect(fromJson({ structuredQuery: { limit: 3 } })).toEqual({ structuredQuery: { limit: { value: 3 } } });
    expect(fromJson({ readTime: '2026-01-02T03:04:05+01:00' })).toEqual({
      readTime: { seconds: 1_767_319_445, nanos: 0 },
    });
  });

  it('shows structs and durations', () => {
    const struct = { fields: { a: { stringValue: 'x' }, b: { structValue: { fields: {} } } } };
    expect(toJson({ debugStats: struct, executionDuration: { seconds: '1', nanos: 5000 } })).toEqual({
      debugStats: { a: 'x', b: {} },
      executionDuration: '1.000005000s',
    });
  });
});
