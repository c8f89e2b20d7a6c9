import { describe, expect, it } from '@jest/globals';
import { explainRow } from './explain-row.ts';
import { RowScanner } from './row-scanner.ts';
import type { TapeKind } from './tape-format.ts';

function scan(line: string, kind: TapeKind = 'trade', previousAt = 0): RowScanner | undefined {
  const scanner = new RowScanner(kind);
  scanner.at = previousAt;
  const bytes = Buffer.from(`left${line}right`);
  return scanner.scan(bytes, 4, bytes.length - 5) ? scanner : undefined;
}

describe('RowScanner', () => {
  it('reads a trade exactly, with the fewest decimals', () => {
    expect(scan('1381239000012,BRK.B,P,0.00141300,2000')).toMatchObject({
      at: 1_381_239_000_012,
      market: { symbol: 'BRK.B', venue: 'P' },
      first: 1_413,
      firstScale: 6,
      second: 2_000,
      secondScale: 0,
    });
  });

  it('reads a quote whose bid and ask have different decimals', () => {
    expect(scan('1,XAUUSD,oanda,1290.9,1290.948', 'quote')).toMatchObject({
      first: 12_909,
      firstScale: 1,
      second: 1_290_948,
      secondScale: 3,
    });
  });

  it('takes one object for each market', () => {
    const scanner = new RowScanner('trade');
    const markets = ['1,A,X,1,1', '2,B,X,1,1', '3,A,X,1,1', '4,A,Y,1,1'].map((line) => {
      expect(scanner.scan(Buffer.from(line), 0, line.length)).toBe(true);
      return scanner.market;
    });
    expect(markets[2]).toBe(markets[0]);
    expect(new Set(markets).size).toBe(3);
  });

  it('knows a market also where the memory that it came in is written over', () => {
    const scanner = new RowScanner('trade');
    const memory = Buffer.from('1,A,X,1,1');
    scanner.scan(memory, 0, memory.length);
    const { market } = scanner;
    memory.write('2,B,Y,1,1');
    const again = Buffer.from('3,A,X,1,1');
    expect(scanner.scan(again, 0, again.length)).toBe(true);
    expect(scanner.market).toBe(market);
  });

  it.each([
    ['1,A,X,1,0', 'trade'],
    ['0,A,X,1.000000000000000000000000000,1', 'trade'],
    ['1,A,X,0.000000000000000001,1', 'trade'],
    ['1,A,X,4500000000000000,4500000000000000', 'trade'],
    ['1,A,X,1,1.00', 'quote'],
    ['5,A-B/C_1,binance.us,1,1', 'trade'],
  ] as const)('accepts %s', (line, kind) => {
    expect(scan(line, kind)).toBeDefined();
    expect(explainRow(line, kind, 0)).toBeUndefined();
  });

  it.each([
    ['', 'trade', '1 fields where 5 are due'],
    ['1,A,X,1', 'trade', '4 fields where 5 are due'],
    ['1,A,X,1,1,1', 'trade', '6 fields where 5 are due'],
    ['1,A,X,1,1,', 'trade', '6 fields where 5 are due'],
    [',A,X,1,1', 'trade', 'column "ts_ms" is not whole epoch milliseconds: ""'],
    ['1.5,A,X,1,1', 'trade', 'column "ts_ms" is not whole epoch milliseconds: "1.5"'],
    ['-1,A,X,1,1', 'trade', 'column "ts_ms" is not whole epoch milliseconds: "-1"'],
    ['4500000000000001,A,X,1,1', 'trade', 'column "ts_ms" is too large: "4500000000000001"'],
    ['6,A,X,1,1', 'trade', 'column "ts_ms" is earlier than the row before (7): "6"'],
    ['9,btc,X,1,1', 'trade', 'column "symbol" is not an upper-case symbol: "btc"'],
    ['9,,X,1,1', 'trade', 'column "symbol" is not an upper-case symbol: ""'],
    ['9,Ä,X,1,1', 'trade', 'column "symbol" is not an upper-case symbol: "Ä"'],
    ['9,A,,1,1', 'trade', 'column "venue" is not the name of a venue: ""'],
    ['9,A,X ,1,1', 'trade', 'column "venue" is not the name of a venue: "X "'],
    ['9,A,X,0,1', 'trade', 'column "price" is not a positive plain decimal: "0"'],
    ['9,A,X,0.00,1', 'trade', 'column "price" is not a positive plain decimal: "0.00"'],
    ['9,A,X,-1,1', 'trade', 'column "price" is not a positive plain decimal: "-1"'],
    ['9,A,X,1e3,1', 'trade', 'column "price" is not a positive plain decimal: "1e3"'],
    ['9,A,X,NaN,1', 'trade', 'column "price" is not a positive plain decimal: "NaN"'],
    ['9,A,X, 1,1', 'trade', 'column "price" is not a positive plain decimal: " 1"'],
    ['9,A,X,,1', 'trade', 'column "price" is not a positive plain decimal: ""'],
    ['9,A,X,1.,1', 'trade', 'column "price" is not a positive plain decimal: "1."'],
    ['9,A,X,.5,1', 'trade', 'column "price" is not a positive plain decimal: ".5"'],
    ['9,A,X,1.2.3,1', 'trade', 'column "price" is not a positive plain decimal: "1.2.3"'],
    ['9,A,X,4500000000000001,1', 'trade', 'column "price" has too many digits: "4500000000000001"'],
    ['9,A,X,1.0000000000000000001,1', 'trade', 'column "price" has too many digits: "1.0000000000000000001"'],
    ['9,A,X,1,-1', 'trade', 'column "size" is not a plain decimal of zero or more: "-1"'],
    ['9,A,X,1,', 'trade', 'column "size" is not a plain decimal of zero or more: ""'],
    ['9,A,X,1,0x1', 'trade', 'column "size" is not a plain decimal of zero or more: "0x1"'],
    ['9,A,X,0,1', 'quote', 'column "bid" is not a positive plain decimal: "0"'],
    ['9,A,X,1,0', 'quote', 'column "ask" is not a positive plain decimal: "0"'],
    ['9,A,X,1.5,1.49', 'quote', 'column "ask" is below the bid of 1.5: "1.49"'],
    ['9,A,X,2,1', 'quote', 'column "ask" is below the bid of 2: "1"'],
  ] as const)('refuses %j of a %s tape and says why', (line, kind, reason) => {
    expect(scan(line, kind, 7)).toBeUndefined();
    expect(explainRow(line, kind, 7)).toBe(reason);
  });

  it('is of one mind with the explanation, whatever the row', () => {
    const random = randomFrom(11);
    const pieces = [
      '',
      '0',
      '1',
      '9',
      '10.',
      '.0',
      '00',
      '12.50',
      '4499999999999999',
      ',',
      ',',
      'A',
      'b',
      '-',
      'é',
      ' ',
    ];
    for (let i = 0; i < 20_000; i += 1) {
      const field = (usual: string): string =>
        random() < 0.8
          ? usual
          : Array.from({ length: 3 }, () => pieces[Math.floor(random() * pieces.length)]).join('');
      const line = [field('5'), field('A'), field('X'), field('2.50'), field('2.5')].join(',');
      const kind = random() < 0.5 ? 'trade' : 'quote';
      const isValid = scan(line, kind, 3) !== undefined;
      expect([line, isValid]).toEqual([line, explainRow(line, kind, 3) === undefined]);
    }
  });
});

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
