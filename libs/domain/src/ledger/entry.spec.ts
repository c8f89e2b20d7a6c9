import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AccountEvent } from '../account/events.ts';
import { grossPnl } from '../position/pnl.ts';
import { decimal, formatDecimal } from '../units.ts';
import { bookEvent, totals } from './entry.ts';

const amount = fc
  .record({ units: fc.bigInt({ min: 1n, max: 10n ** 14n }), scale: fc.integer({ min: 0, max: 8 }) })
  .map(formatDecimal);
const trade = fc.record({
  side: fc.constantFrom('long' as const, 'short' as const),
  quantity: amount,
  entryPrice: amount,
  exitPrice: amount,
});

function closing({
  side,
  quantity,
  entryPrice,
  exitPrice,
}: typeof trade extends fc.Arbitrary<infer Terms> ? Terms : never): AccountEvent {
  const pnl = grossPnl(side, decimal(quantity), decimal(entryPrice), decimal(exitPrice));
  return {
    type: 'PositionClosed',
    positionId: 'p',
    symbol: 'S',
    side,
    quantity,
    entryPrice,
    exitPrice,
    currency: 'USD',
    realizedPnl: formatDecimal(pnl),
    reason: 'stopLoss',
    openedAt: 0,
    closedAt: 1,
    tick: {
      symbol: 'S',
      venue: 'v',
      epoch: 'e',
      ordinal: 0,
      series: 'trade',
      price: exitPrice,
      exchangeAt: 1,
      receivedAt: 1,
    },
  };
}

describe('booking', () => {
  it('balances every closed position in its currency and books its realized P&L', () => {
    fc.assert(
      fc.property(trade, (terms) => {
        const event = closing(terms);
        const entry = bookEvent(event);
        const postings = entry?.postings ?? [];
        expect([...totals(postings).values()].every(({ units }) => units === 0n)).toBe(true);
        const booked = postings.find(({ ledgerAccount }) => ledgerAccount === 'realizedPnl')?.amount ?? '0';
        const gain = event.type === 'PositionClosed' ? event.realizedPnl : '';
        expect(decimal(booked)).toEqual(
          decimal(formatDecimal({ ...decimal(gain), units: -decimal(gain).units })),
        );
      }),
    );
  });

  it('takes an adopted long into the inventory at cost, from the world', () => {
    const entry = bookEvent({
      type: 'PositionAdopted',
      position: {
        id: 'p',
        symbol: 'BTC-USDT',
        side: 'long',
        quantity: '0.5',
        entryPrice: '100',
        quoteCurrency: 'USDT',
        priceSource: 'trade',
        exits: {},
        armedFrom: { at: 0 },
        openedAt: 0,
      },
    });
    expect(entry).toEqual({
      kind: 'adoption',
      positionId: 'p',
      postings: [
        { ledgerAccount: 'inventory:BTC-USDT', currency: 'USDT', amount: '50' },
        { ledgerAccount: 'world', currency: 'USDT', amount: '-50' },
      ],
    });
  });
});
