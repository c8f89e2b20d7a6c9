import { describe, expect, it } from '@jest/globals';
import { cutTo } from './cut-to.ts';

describe('pieces of text', () => {
  it.each([
    ['as they are when they fit', ['a', 'bc'], 3, 'abc'],
    ['cut between two of them', ['a', '&amp;', 'b'], 6, 'a…'],
    ['none where none fits', ['&amp;'], 3, '…'],
    ['whole characters', ['😀', '😀', '😀'], 5, '😀😀…'],
  ])('are joined: %s', (_, pieces, limit, text) => {
    expect(cutTo(pieces, limit)).toBe(text);
  });
});
