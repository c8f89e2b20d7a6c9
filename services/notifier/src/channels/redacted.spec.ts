import { describe, expect, it } from '@jest/globals';
import { redacted } from './redacted.ts';

describe('a text without its secrets', () => {
  it.each([
    ['as they are', 'no webhook at /1/t-1', ['t-1'], 'no webhook at /1/[redacted]'],
    ['as a URL spells them', 'bot12%3Aab is unknown', ['12:ab'], 'bot[redacted] is unknown'],
    ['wherever they are', 'a b a', ['a'], '[redacted] b [redacted]'],
    ['the longest first', 'key-2', ['key', 'key-2'], '[redacted]'],
    ['and all of it where none is named', 'nothing', [''], 'nothing'],
  ])('%s', (_, text, secrets, safe) => {
    expect(redacted(text, secrets)).toBe(safe);
  });
});
