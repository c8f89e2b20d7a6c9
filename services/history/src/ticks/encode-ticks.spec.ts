import { type FrameInstrument, largestFrameInteger } from '@bellwether/contracts';
import '@google-cloud/bigquery-storage'; // loads what the encoder needs of protobufjs
import { JSONEncoder } from '@google-cloud/bigquery-storage/build/src/managedwriter/encoder.js';
import { describe, expect, it } from '@jest/globals';
import { rowDescriptor } from '../rows/column.ts';
import { encodeTicks, tickColumns } from './encode-ticks.ts';
import { frameOf } from './frame.fixture.ts';

/** Google's own encoder, over protobufjs and the descriptor that is sent to BigQuery. */
const googles = new JSONEncoder({ protoDescriptor: rowDescriptor(tickColumns) });

const trades: FrameInstrument = { symbol: 'ÄBC', venue: 'x', kind: 'trade', priceScale: 2, sizeScale: 0 };
const quotes: FrameInstrument = {
  symbol: 'EUR/USD',
  venue: 'fx',
  kind: 'quote',
  priceScale: 5,
  sizeScale: 0,
};
const marks: FrameInstrument = { symbol: 'XBTUSDTM', venue: 'k', kind: 'mark', priceScale: 1, sizeScale: 0 };
const tiny: FrameInstrument = { symbol: 'PEPE', venue: 'k', kind: 'trade', priceScale: 12, sizeScale: 10 };

describe('encodeTicks', () => {
  it("writes the bytes that Google's encoder writes", () => {
    const frame = frameOf({
      shard: 1,
      firstOrdinal: 127,
      receivedAt: 1_381_236_000_123,
      instruments: [trades, quotes, marks],
      length: 5,
      instrument: Uint16Array.of(0, 1, 0, 0, 2),
      exchangeAt: Float64Array.of(1_381_236_000_000, 1_381_236_000_001, 0, -1, 1),
      first: Float64Array.of(14_523, 109_004, 7, largestFrameInteger, 642_505),
      second: Float64Array.of(300, 109_010, 0, largestFrameInteger, 0),
    });
    const common = { feed_epoch: frame.epoch, shard: 1, received_ts: 1_381_236_000_123_000 };
    const trade = { ...common, symbol: 'ÄBC', venue: 'x', kind: 'trade' };
    const expected = googles.encodeRows([
      { ...trade, ordinal: 127, exchange_ts: 1_381_236_000_000_000, price: '145.23', size: '300' },
      {
        ...common,
        symbol: 'EUR/USD',
        venue: 'fx',
        kind: 'quote',
        ordinal: 128,
        exchange_ts: 1_381_236_000_001_000,
        bid: '1.09004',
        ask: '1.09010',
      },
      { ...trade, ordinal: 129, exchange_ts: 0, price: '0.07', size: '0' },
      { ...trade, ordinal: 130, exchange_ts: -1_000, price: '45000000000000.00', size: '4500000000000000' },
      {
        ...common,
        symbol: 'XBTUSDTM',
        venue: 'k',
        kind: 'mark',
        ordinal: 131,
        exchange_ts: 1_000,
        price: '64250.5',
      },
    ]);
    expect(encodeTicks(frame).map(hex)).toEqual(expected.map(hex));
  });

  it('keeps as text what NUMERIC would round', () => {
    const frame = frameOf({
      instruments: [tiny],
      length: 2,
      first: Float64Array.of(1_234_567, 1_234_000),
      second: Float64Array.of(15_000_000_001, 1),
    });
    const common = {
      feed_epoch: frame.epoch,
      shard: 0,
      received_ts: frame.receivedAt * 1_000,
      symbol: 'PEPE',
      venue: 'k',
      kind: 'trade',
    };
    const at = (frame.exchangeAt[0] ?? 0) * 1_000;
    const expected = googles.encodeRows([
      { ...common, ordinal: 0, exchange_ts: at, price_text: '0.000001234567', size_text: '1.5000000001' },
      { ...common, ordinal: 1, exchange_ts: at + 1_000, price: '0.000001234', size_text: '0.0000000001' },
    ]);
    expect(encodeTicks(frame).map(hex)).toEqual(expected.map(hex));
  });
});

function hex(row: Uint8Array): string {
  return Buffer.from(row).toString('hex');
}
