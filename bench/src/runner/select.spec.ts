import { describe, expect, it } from '@jest/globals';
import { select } from './select.ts';

const names = ['book/fire', 'book/idle', 'book/idle:scan', 'codec/bytes'];

describe('the selection', () => {
  it('is everything when nothing is named', () => {
    expect(select(names, [])).toEqual(names);
  });

  it('is what begins with one of the names, once and in order', () => {
    expect(select(names, ['codec', 'book/idle', 'book/idle:scan'])).toEqual(names.slice(1));
  });

  it('refuses a name that chooses nothing', () => {
    expect(() => select(names, ['book', 'trail'])).toThrow('no benchmark is named trail');
  });
});
