import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tickAt } from '../account/account.builder.ts';
import type { OrderFilled, PositionClosed } from '../account/events.ts';
import { fillAt } from '../order/fill.ts';
import { grossPnl } from '../position/pnl.ts';
import { closingSide } from '../position/position.ts';
import { decimal, formatDecimal } from '../units.ts';
import { bookEvent, isBalanced, totals } from './entry.ts';

const amount = fc
  .record({ units: fc.bigInt({ min: 1n, max: 10n ** 14n }), scale: fc.integer({ min: 0, max: 8 }) })
  .map(formatDecimal);
const trade = fc.record({
  side: fc.constantFrom('long' as const, 'short' as const),
  quantity: amount,
  entryPrice: amount,
  exitPrice: amount,
});

const contract = { kind: 'linear', multiplier: '1', currency: 'USD' } as const;

function closing({
  side,
  quantity,
  entryPrice,
  exitPrice,
}: typeof trade extends fc.Arbitrary<infer Terms> ? Terms : never): readonly [OrderFilled, PositionClosed] {
  const pnl = grossPnl(side, contract, decimal(quantity), decimal(entryPrice), decimal(exitPrice));
  const tick = tickAt(exitPrice);
  const order = { of: 'exit', clientOrderId: 'o', positionId: 'p', symbol: 'S', contract } as const;
  const fill = fillAt(
    { kind: 'exact' },
    { ...order, side: closingSide(side), quantity: decimal(quantity) },
    tick,
  );
  const close: PositionClosed = {
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
    tick,
  };
  return [fill, close];
}

describe('booking', () => {
  it('balances every closed position in its currency and books its realized P&L', () => {
    fc.assert(
      fc.property(trade, (terms) => {
        const [fill, event] = closing(terms);
        const entry = bookEvent(event, fill);
        const postings = entry?.postings ?? [];
        expect([...totals(postings).values()].every(({ units }) => units === 0n)).toBe(true);
        const booked = postings.find(({ ledgerAccount }) => ledgerAccount === 'realizedPnl')?.amount ?? '0';
        const gain = event.realizedPnl;
        expect(decimal(booked)).toEqual(
          decimal(formatDecimal({ ...decimal(gain), units: -decimal(gain).units })),
        );
      }),
    );
  });

  it('books credits that are granted and spent, and nothing for what is set aside', () => {
    const by = { actor: 'ops', reason: 'a month' };
    const granted = bookEvent({ type: 'CreditsGranted', amount: '10', available: '10', ...by });
    expect(granted).toEqual({
      kind: 'credits',
      postings: [
        { ledgerAccount: 'credits', currency: 'credits', amount: '10' },
        { ledgerAccount: 'world', currency: 'credits', amount: '-10' },
      ],
    });
    const reservation = { reservationId: 'job', purpose: 'a backtest' } as const;
    expect(
      bookEvent({ type: 'CreditsReserved', ...reservation, amount: '4', available: '6' }),
    ).toBeUndefined();
    expect(bookEvent({ type: 'CreditsSettled', ...reservation, amount: '2.5', available: '7.5' })).toEqual({
      kind: 'credits',
      postings: [
        { ledgerAccount: 'credits', currency: 'credits', amount: '-2.5' },
        { ledgerAccount: 'spentCredits', currency: 'credits', amount: '2.5' },
      ],
    });
    expect(
      bookEvent({ type: 'CreditsSettled', ...reservation, amount: '0', available: '6' }),
    ).toBeUndefined();
    expect(
      bookEvent({ type: 'CreditsReleased', ...reservation, amount: '4', available: '10' }),
    ).toBeUndefined();
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
        contract: { kind: 'linear', multiplier: '1', currency: 'USDT' },
        priceSource: 'trade',
        exits: { targets: [] },
        openedAt: 0,
        broker: 'shadow',
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

  it('balances where the postings of each currency sum to zero, and nowhere else', () => {
    const posting = fc.record({
      ledgerAccount: fc.constantFrom('cash', 'fees'),
      currency: fc.constantFrom('USD', 'EUR', 'BNB'),
      amount: fc.constantFrom('1', '-1', '0.5', '-0.50', '2', '-2', '0'),
    });
    fc.assert(
      fc.property(fc.array(posting, { maxLength: 6 }), (postings) => {
        const sums = [...totals(postings).values()];
        expect(isBalanced(postings)).toBe(sums.every(({ units }) => units === 0n));
      }),
      { numRuns: 1_000 },
    );
  });
});
