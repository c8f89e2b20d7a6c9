import { describe, expect, it } from '@jest/globals';
import { csvOf } from './csv.ts';

describe('a table as CSV', () => {
  it('has a line of names, and lists joined', () => {
    const rows = [{ symbol: 'SPY', net: '-1.5', tags: ['a', 'b'], trades: 2 }, { symbol: 'QQQ' }];
    expect(csvOf(['symbol', 'net', 'tags', 'trades'], rows)).toBe(
      'symbol,net,tags,trades\r\nSPY,-1.5,a;b,2\r\nQQQ,,,\r\n',
    );
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "so"', '"say ""so"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['-cmd', "'-cmd"],
    ['-', '-'],
  ])('writes %j as %s', (text, written) => {
    expect(csvOf(['x'], [{ x: text }])).toBe(`x\r\n${written}\r\n`);
  });
});
