import type { LedgerTradeDocument } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokenTradeFileError, decodeTrades, encodeTrades, rowsPerGroup } from './trade-file.ts';
import { tradeOf } from './trade.builder.ts';

const anyTrade: fc.Arbitrary<LedgerTradeDocument> = fc
  .record(
    {
      uid: fc.constantFrom('ann', 'bob', 'cem'),
      tradedAt: fc.nat({ max: 1_000_000 }),
      price: fc.constantFrom('1', '0.000000000000000001', '123456789.123456789'),
      realizedPnl: fc.constantFrom('0', '-3.25', '99999999999999999999.5'),
      strategy: fc.string({ minLength: 1 }),
      reason: fc.constantFrom('stopLoss', 'manual'),
      tags: fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
    },
    { requiredKeys: ['uid', 'tradedAt', 'price', 'realizedPnl'] },
  )
  .map((changes) => ({ ...tradeOf(0), ...changes, accountId: `${changes.uid}.main` }));
const anyTrades = fc
  .array(anyTrade, { maxLength: 40 })
  .map((trades) => trades.map((trade, index) => ({ ...trade, eventId: `${trade.accountId}:${index}` })));

const byId = (trades: readonly LedgerTradeDocument[]) =>
  trades.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));

describe('a file of trades', () => {
  it('holds each trade as it was, and the same trades in the same bytes', () => {
    fc.assert(
      fc.property(anyTrades, fc.nat(), (trades, cut) => {
        const bytes = encodeTrades(trades);
        expect(byId(decodeTrades(bytes))).toEqual(byId(trades));
        const at = cut % (trades.length + 1);
        const turned = [...trades.slice(at), ...trades.slice(0, at)].toReversed();
        expect(Buffer.from(encodeTrades(turned)).equals(bytes)).toBe(true);
      }),
    );
  });

  it('holds more than a group', () => {
    const trades = Array.from({ length: rowsPerGroup + 3 }, (_, index) => tradeOf(index));
    expect(byId(decodeTrades(encodeTrades(trades)))).toEqual(byId(trades));
  });

  it('that was changed anywhere, or cut off, is refused', () => {
    const trades = Array.from({ length: 50 }, (_, index) => tradeOf(index));
    const whole = encodeTrades(trades);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 5 }), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const at = place + 4; // the letters that it begins with are there for people
        const bytes = Uint8Array.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        expect(() => decodeTrades(bytes)).toThrow(BrokenTradeFileError);
        expect(() => decodeTrades(whole.subarray(0, place))).toThrow(BrokenTradeFileError);
      }),
      { numRuns: 300 },
    );
  });
});
