import { describe, expect, it } from '@jest/globals';

import type { Column } from '../catalogue/column.ts';
import { csvField, toCsvLine, toJsonLine } from './export-row.ts';

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  name,
  type,
  mode: 'NULLABLE',
  ...more,
});

describe('an exported row', () => {
  const columns = [
    column('i', 'INT64'),
    column('f', 'FLOAT64'),
    column('n', 'NUMERIC'),
    column('b', 'BOOL'),
    column('t', 'TIMESTAMP'),
    column('d', 'DATE'),
    column('x', 'BYTES'),
    column('s', 'STRING'),
  ];
  const cells = [1n, 0.5, 1_500_000_000n, true, 1_000_000n, 1, Buffer.from('xy'), 'a,b'];

  it('writes INT64, NUMERIC and times as text in JSON', () => {
    expect(JSON.parse(toJsonLine(columns, cells))).toEqual({
      i: '1',
      f: 0.5,
      n: '1.5',
      b: true,
      t: '1970-01-01 00:00:01 UTC',
      d: '1970-01-02',
      x: 'eHk=',
      s: 'a,b',
    });
  });

  it('leaves NULL out of JSON and empty in CSV', () => {
    expect(toJsonLine(columns.slice(0, 2), [null, 2])).toBe('{"f":2}');
    expect(toCsvLine(columns.slice(0, 2), [null, 2], ',')).toBe(',2');
  });

  it('keeps arrays and structs in JSON', () => {
    const nested = [
      column('a', 'INT64', { mode: 'REPEATED' }),
      column('r', 'STRUCT', { fields: [column('v', 'STRING'), column('w', 'DATE')] }),
    ];
    expect(toJsonLine(nested, [[1n, 2n], { fields: ['x', null] }])).toBe('{"a":["1","2"],"r":{"v":"x"}}');
  });

  it('quotes in CSV what could be read as something else', () => {
    expect(toCsvLine(columns, cells, ',')).toBe(
      '1,0.5,1.5,true,1970-01-01 00:00:01 UTC,1970-01-02,eHk=,"a,b"',
    );
    expect(toCsvLine(columns.slice(-1), ['a,b'], '\t')).toBe('a,b');
    expect(csvField('say "x"', ',')).toBe('"say ""x"""');
    expect(csvField('', ',')).toBe('""');
  });
});
