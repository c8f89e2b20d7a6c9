import { describe, expect, it } from '@jest/globals';

import { matchesPattern, objectUri, parseObjectUri } from './object-uri.ts';

describe('a Cloud Storage URI', () => {
  it.each([
    ['gs://b/a.json', 'b', 'a.json'],
    ['gs://my-bucket/a/b-*.csv', 'my-bucket', 'a/b-*.csv'],
    ['gs://b/*', 'b', '*'],
  ])('names bucket and object: %s', (uri, bucket, name) => {
    expect(parseObjectUri(uri)).toEqual({ bucket, name });
    expect(objectUri({ bucket, name })).toBe(uri);
  });

  it.each(['', 'gs://b', 'gs://b/', 'gs:///a', 's3://b/a', 'gs://b/a*b*', 'gs://b*/a', undefined])(
    'is refused: %p',
    (uri) => expect(() => parseObjectUri(uri)).toThrow('Invalid Cloud Storage URI'),
  );
});

describe('a pattern', () => {
  it.each([
    ['a.json', 'a.json', true],
    ['a.json', 'b.json', false],
    ['a-1.json', 'a-*.json', true],
    ['a-.json', 'a-*.json', true],
    ['a/b/c', 'a/*', true],
    ['aba', 'ab*ba', false],
  ])('%s by %s: %p', (name, pattern, matches) => {
    expect(matchesPattern(name, pattern)).toBe(matches);
  });
});
