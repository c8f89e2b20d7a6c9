import { describe, expect, it } from '@jest/globals';
import { counted } from './counted.ts';

describe('a count', () => {
  it.each([
    [0, '0 entries'],
    [1, '1 entry'],
    [2, '2 entries'],
    [1_234, '1,234 entries'],
  ])('of %i says %j', (count, text) => {
    expect(counted(count, 'entry', 'entries')).toBe(text);
  });

  it('takes an s where no plural is given', () => {
    expect([counted(1, 'trade'), counted(2, 'trade')]).toEqual(['1 trade', '2 trades']);
  });
});
