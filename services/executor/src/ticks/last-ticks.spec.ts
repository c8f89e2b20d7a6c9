import { FrameDecoder, encodeFrame } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { type FrameTick, bitcoin, frameOf } from './frame.builder.ts';
import { ShardBook } from './shard-book.ts';

const elsewhere = { ...bitcoin, venue: 'elsewhere' };
const quotes = { ...bitcoin, kind: 'quote' } as const;

/** Tells a book of frames of Bitcoin, by index into its trades, those at another venue, and its quotes. */
function given(...frames: readonly (readonly FrameTick[])[]): ShardBook {
  const book = new ShardBook();
  const decoder = new FrameDecoder();
  let firstOrdinal = 0;
  for (const ticks of frames) {
    const frame = frameOf({ firstOrdinal, instruments: [bitcoin, elsewhere, quotes], ticks });
    book.evaluate(decoder.decode(encodeFrame(frame)));
    firstOrdinal += ticks.length;
  }
  return book;
}

describe('the last tick of a series', () => {
  it('is that of the last frame that has one, however many without it follow in the same memory', () => {
    const book = given(
      [
        { exchangeAt: 1_000, first: 9_900 },
        { exchangeAt: 1_001, first: 10_000, second: 3 },
        { exchangeAt: 1_002, first: 9_998, second: 10_002, instrument: 2 },
      ],
      [{ exchangeAt: 1_003, first: 9_990, second: 9_994, instrument: 2 }],
    );
    const of = { symbol: 'BTC-USDT', venue: 'test', epoch: 'e1' };
    const bought = { ...of, ordinal: 1, series: 'trade', price: '100', size: '3', exchangeAt: 1_001 };
    const quoted = { ...of, ordinal: 3, exchangeAt: 1_003, receivedAt: 1_003 };
    expect(book.pricesOf('BTC-USDT')).toEqual({
      trade: { ...bought, receivedAt: 1_002 },
      bid: { ...quoted, series: 'bid', price: '99.9' },
      ask: { ...quoted, series: 'ask', price: '99.94' },
    });
  });

  it.each([
    { last: 'test', instruments: [1, 0] },
    { last: 'elsewhere', instruments: [0, 1] },
  ])('is the later one where two venues tell of the symbol: $last', ({ last, instruments }) => {
    const ticks = instruments.map((instrument, i) => ({ instrument, exchangeAt: 1_000, first: 100 + i }));
    const { trade } = given(ticks).pricesOf('BTC-USDT');
    expect(trade).toMatchObject({ venue: last, ordinal: 1, price: '1.01' });
  });

  it('is remembered as it was when a day began: of each series, until the next day has', () => {
    const day = 86_400_000;
    const book = given(
      [{ exchangeAt: day - 9, first: 100 }],
      [{ exchangeAt: day - 5, first: 98, second: 99, instrument: 2 }],
      [{ exchangeAt: day - 1, first: 101 }],
      [{ exchangeAt: day, first: 102 }],
      [{ exchangeAt: day + 1, first: 103 }],
    );
    expect(book.pricesBefore('BTC-USDT', day)).toMatchObject({
      trade: { price: '1.01', exchangeAt: day - 1 },
      bid: { price: '0.98' },
      ask: { price: '0.99' },
    });
    expect(book.pricesBefore('ETH-USDT', day)).toEqual({});
    // Of a day that nobody watched, and of one that is over, nothing is said.
    expect(given([{ exchangeAt: day + 5, first: 100 }]).pricesBefore('BTC-USDT', day)).toEqual({});
    expect(book.pricesBefore('BTC-USDT', day - 5)).toEqual({});
    expect(book.pricesBefore('BTC-USDT', 2 * day)).toMatchObject({ trade: { price: '1.03' } });
  });

  it('is unknown of a symbol and of a series that have not ticked', () => {
    const book = given([{ exchangeAt: 1_000, first: 9_900 }]);
    expect(Object.keys(book.pricesOf('BTC-USDT'))).toEqual(['trade']);
    expect(book.pricesOf('ETH-USDT')).toEqual({});
  });
});
