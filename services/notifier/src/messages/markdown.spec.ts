import { describe, expect, it } from '@jest/globals';
import { markdown, plain } from './markdown.ts';

describe('text from outside', () => {
  it.each([
    ['BTC-USDT -42.1', 'BTC-USDT -42.1'],
    ['**bold** _it_ ~~gone~~', String.raw`\*\*bold\*\* \_it\_ \~\~gone\~\~`],
    ['```code```', '\\`\\`\\`code\\`\\`\\`'],
    ['||spoiler|| > quote # head', String.raw`\|\|spoiler\|\| \> quote \# head`],
    ['[text](https://example.com)', String.raw`\[text\](https://example.com)`],
    ['@everyone <@&123>', '@\u200beveryone \\<@\u200b&123\\>'],
    [String.raw`back\slash`, String.raw`back\\slash`],
    ['one\ntwo\t\u0000three\u2028four', 'one two three four'],
    ['\u202Edesrever\u2066x\u200B', 'desreverx'],
    ['half \uD83D', 'half \uFFFD'],
    ['  blanks  ', 'blanks'],
    ['', ''],
  ])('escapes %j', (text, escaped) => {
    expect(markdown(text, 256)).toBe(escaped);
  });

  it('is shown as it is where Discord reads no markdown', () => {
    expect(plain('u_1.main:0000000012:2 @here\n', 256)).toBe('u_1.main:0000000012:2 @\u200bhere');
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['ab****', 6, String.raw`ab\*…`],
    ['abcd😀😀', 6, 'abcd…'],
    ['a😀😀😀', 6, 'a😀😀…'],
  ])('cuts %j to %d between whole characters', (text, limit, cut) => {
    expect(markdown(text, limit)).toBe(cut);
  });

  it('stays within its limit whatever the text', () => {
    for (const character of ['*', '@', '😀', 'x', '\uDC00', '\u202E', '\n'])
      expect(markdown(character.repeat(1_000_000), 1_024).length).toBeLessThanOrEqual(1_024);
  });
});
