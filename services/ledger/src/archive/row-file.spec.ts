import type { ClosedTradeDocument, LedgerTradeDocument } from '@bellwether/contracts';
import { closedTradeOf, ledgerTradeOf } from '@bellwether/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { positionRows, tradeRows } from './archived-kinds.ts';
import { BrokenRowFileError, decodeRows, encodeRows, rowsPerGroup } from './row-file.ts';

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
  .map((changes) => ({ ...ledgerTradeOf(0), ...changes, accountId: `${changes.uid}.main` }));
const anyTrades = fc
  .array(anyTrade, { maxLength: 40 })
  .map((trades) => trades.map((trade, index) => ({ ...trade, eventId: `${trade.accountId}:${index}` })));

const byId = (trades: readonly LedgerTradeDocument[]) =>
  trades.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));

describe('a file of the archive', () => {
  it('holds each trade as it was, and the same trades in the same bytes', () => {
    fc.assert(
      fc.property(anyTrades, fc.nat(), (trades, cut) => {
        const bytes = encodeRows(trades, tradeRows);
        expect(byId(decodeRows(bytes))).toEqual(byId(trades));
        const at = cut % (trades.length + 1);
        const turned = [...trades.slice(at), ...trades.slice(0, at)].toReversed();
        expect(Buffer.from(encodeRows(turned, tradeRows)).equals(bytes)).toBe(true);
      }),
    );
  });

  it('holds closed positions likewise', () => {
    const positions = Array.from({ length: 9 }, (_, index) =>
      closedTradeOf('acme', ledgerTradeOf(index, index % 2 === 0 ? {} : { strategy: 'swing', tags: ['a'] })),
    );
    const found = decodeRows<ClosedTradeDocument>(encodeRows(positions, positionRows));
    expect(found.toSorted((a, b) => a.closedAt - b.closedAt)).toEqual(positions);
  });

  it('holds more than a group', () => {
    const trades = Array.from({ length: rowsPerGroup + 3 }, (_, index) => ledgerTradeOf(index));
    expect(byId(decodeRows<LedgerTradeDocument>(encodeRows(trades, tradeRows)))).toEqual(byId(trades));
  });

  it('never says anything else after a change, and is refused where it was cut off', () => {
    const trades = Array.from({ length: 50 }, (_, index) => ledgerTradeOf(index));
    const whole = encodeRows(trades, tradeRows);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 5 }), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const at = place + 4; // the letters that it begins with are there for people
        const bytes = Uint8Array.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const read = readUnlessBroken(bytes);
        // A bit that means nothing in the compression of the footer changes nothing.
        if (read !== undefined) expect(byId(read)).toEqual(byId(trades));
        expect(() => decodeRows(whole.subarray(0, place))).toThrow(BrokenRowFileError);
      }),
      { numRuns: 300 },
    );
  });
});

function readUnlessBroken(bytes: Uint8Array): readonly LedgerTradeDocument[] | undefined {
  try {
    return decodeRows<LedgerTradeDocument>(bytes);
  } catch (error) {
    if (error instanceof BrokenRowFileError) return undefined;
    throw error;
  }
}
