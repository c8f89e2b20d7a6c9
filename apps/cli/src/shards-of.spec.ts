import { describe, expect, it } from '@jest/globals';
import { shardsOf } from './shards-of.ts';

describe('the shards', () => {
  it('are as many as the option says, else the environment, else two', () => {
    expect(shardsOf('8', { SHARDS: '4' })).toBe(8);
    expect(shardsOf(undefined, { SHARDS: '4' })).toBe(4);
    expect(shardsOf(undefined, {})).toBe(2);
  });

  it('are refused by the name of what gives them', () => {
    expect(() => shardsOf('65', {})).toThrow('--shards: must be a whole number from 1 to 64, not "65"');
    expect(() => shardsOf(undefined, { SHARDS: 'x' })).toThrow('SHARDS: must be a whole number');
  });
});
