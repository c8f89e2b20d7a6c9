import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal, formatDecimal } from '../units.ts';
import { PnlPulse } from './pnl-pulse.ts';
import { grossPnl } from './pnl.ts';

interface Change {
  readonly user: number;
  readonly symbol: number;
  readonly quantity: number;
  readonly cost: number;
}

const symbols = 5;
/** Whole numbers: then doubles are exact, and so is the comparison. */
const anyChange: fc.Arbitrary<Change> = fc.record({
  user: fc.nat({ max: 40 }),
  symbol: fc.nat({ max: symbols - 1 }),
  quantity: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, fc.integer({ min: -9, max: 9 })),
  cost: fc.constantFrom(0, 100, -250),
});
const anyValues = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: symbols, maxLength: symbols });

describe('the pulse of unrealized P&L', () => {
  it('is the sum over what each user holds, however often that changed', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 300 }), anyValues, (changes, values) => {
        const pulse = new PnlPulse(4);
        const held = new Map<number, Map<number, Change>>();
        for (const change of changes) {
          pulse.set(change.user, change.symbol, change.quantity, change.cost);
          const ofUser = held.get(change.user) ?? new Map<number, Change>();
          held.set(change.user, ofUser.set(change.symbol, change));
          if (change.quantity === 0 && change.cost === 0) ofUser.delete(change.symbol);
        }
        const prices = Float64Array.from(values);
        const all = new Float64Array(pulse.users);
        pulse.all(prices, all);
        for (let user = 0; user < pulse.users; user += 1) {
          const positions = [...(held.get(user)?.values() ?? [])];
          const expected = positions.reduce(
            (sum, { symbol, quantity, cost }) => sum + quantity * (values[symbol] ?? 0) - cost,
            0,
          );
          expect(all[user]).toBeCloseTo(expected, 9);
          expect(pulse.of(user, prices)).toBe(all[user]);
          expect(pulse.held(user)).toBe(positions.length);
        }
      }),
    );
  });

  it.each<['long' | 'short', 'linear' | 'inverse']>([
    ['long', 'linear'],
    ['short', 'linear'],
    ['long', 'inverse'],
    ['short', 'inverse'],
  ])('says of a %s position in a %s contract what closing it would gain', (side, kind) => {
    const contract = { kind, multiplier: '10', currency: kind === 'linear' ? 'USDT' : 'BTC' };
    const valueAt = (price: number): number => (kind === 'linear' ? price * 10 : -10 / price);
    const quantity = side === 'long' ? 3 : -3;
    const pulse = new PnlPulse();
    pulse.set(0, 7, quantity, quantity * valueAt(64_000));
    const values = new Float64Array(8);
    values[7] = valueAt(80_000);
    const exact = grossPnl(side, contract, decimal('3'), decimal('64000'), decimal('80000'));
    expect(pulse.of(0, values)).toBeCloseTo(Number(formatDecimal(exact)), 12);
  });

  it('knows nothing of users that it was never told of', () => {
    const pulse = new PnlPulse();
    expect(pulse.of(3, new Float64Array(1))).toBe(0);
    expect(pulse.held(3)).toBe(0);
    expect(() => pulse.set(0, 65_536, 1, 1)).toThrow('symbol 65536 is not below 65,536');
  });
});
