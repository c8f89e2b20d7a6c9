import { describe, expect, it } from '@jest/globals';

import { readCsv } from './csv.ts';

const texts = (text: string, delimiter = ','): string[][] =>
  readCsv(text, delimiter).map((record) => record.map((field) => field.text));

describe('CSV', () => {
  it.each([
    [
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,',
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    ['"a,""b""\nc",d', [['a,"b"\nc', 'd']]],
    [',\n', [['', '']]],
  ])('reads %j', (text, records) => {
    expect(texts(text)).toEqual(records);
  });

  it('refuses what stands behind a closing quote', () => {
    expect(() => texts('"a"b,c')).toThrow('close quote');
    expect(() => texts('"a')).toThrow('Missing close quote');
  });
});
