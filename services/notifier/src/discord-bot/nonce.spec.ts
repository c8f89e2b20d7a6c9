import { describe, expect, it } from '@jest/globals';
import { nonceOf } from './nonce.ts';

describe('a nonce', () => {
  it('is what Discord takes, the same each time', () => {
    expect(nonceOf('u1.main:0000000012:0', 'discord')).toMatch(/^[\w-]{25}$/);
    expect(nonceOf('u1.main:0000000012:0', 'discord')).toBe(nonceOf('u1.main:0000000012:0', 'discord'));
  });

  it('is another for every event and channel', () => {
    const all = ['a', 'b', 'ab'].flatMap((event) => ['b', 'c', 'bc'].map((id) => nonceOf(event, id)));
    expect(new Set(all).size).toBe(9);
  });
});
