import { describe, expect, it } from '@jest/globals';
import { parseFilter } from './filter.ts';

describe('parseFilter', () => {
  it.each([
    ['', {}, true],
    ['attributes:kind', { kind: '' }, true],
    ['attributes:kind', { other: 'x' }, false],
    ['attributes.kind = "a"', { kind: 'a' }, true],
    ['attributes.kind="a"', { kind: 'b' }, false],
    ['attributes.kind = "a"', {}, false],
    ['attributes.kind != "a"', { kind: 'b' }, true],
    ['attributes.kind != "a"', {}, true],
    ['attributes.my-key_1 = "a b"', { 'my-key_1': 'a b' }, true],
    ['attributes."a key" = "say \\"x\\""', { 'a key': 'say "x"' }, true],
    ['hasPrefix(attributes.symbol, "BTC")', { symbol: 'BTC-USD' }, true],
    ['hasPrefix(attributes.symbol, "BTC")', { symbol: 'ETH-USD' }, false],
    ['hasPrefix(attributes.symbol, "BTC")', {}, false],
    ['NOT attributes:kind', { kind: 'a' }, false],
    ['-attributes:kind', {}, true],
    ['attributes:a AND attributes:b AND NOT attributes:c', { a: '', b: '' }, true],
    ['attributes:a AND attributes:b', { a: '' }, false],
    ['attributes:a OR attributes:b', { b: '' }, true],
    ['(attributes:a OR attributes:b) AND attributes.c = "1"', { b: '', c: '1' }, true],
    ['attributes:a OR (attributes:b AND attributes:c)', { b: '' }, false],
  ])('%s on %j is %s', (text, attributes, expected) => {
    expect(parseFilter(text)(attributes)).toBe(expected);
  });

  it.each([
    'attributes',
    'attributes.kind',
    'attributes.kind = a',
    'attributes.kind > "a"',
    'attributes:a AND attributes:b OR attributes:c',
    '(attributes:a',
    'attributes:a attributes:b',
    'hasPrefix(attributes.a)',
    'data = "x"',
    'attributes.kind = "open',
    `attributes:${'k'.repeat(256)}`,
  ])('refuses %s', (text) => {
    expect(() => parseFilter(text)).toThrow(/filter/);
  });
});
