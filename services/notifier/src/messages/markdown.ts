import { cutTo } from './cut-to.ts';

const markup = /[\\*_~`|>#[\]<]/;

/**
 * Text from outside, made safe for a place where Discord reads markdown: one line, no markup, no mention, no
 * control or direction characters, at most `limit` UTF-16 units.
 */
export function markdown(text: string, limit: number): string {
  return cutTo(pieces(text, limit, escaped), limit);
}

/** The same for a place where Discord shows text as it is, such as a footer. */
export function plain(text: string, limit: number): string {
  return cutTo(pieces(text, limit, disarmed), limit);
}

function escaped(character: string): string {
  return markup.test(character) ? `\\${character}` : disarmed(character);
}

/** A blank of no width keeps `@everyone` from being read as a mention. */
function disarmed(character: string): string {
  return character === '@' ? '@\u200b' : character;
}

function pieces(text: string, limit: number, write: (character: string) => string): string[] {
  // Only so much can matter; what is cut off there may be half a character, which toWellFormed replaces.
  const line = text
    .slice(0, limit * 8)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\p{Cf}/gu, '')
    .trim();
  return Array.from(line, write);
}
