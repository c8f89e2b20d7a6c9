import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { imbalanceOf, sumOfBalances } from './sum-of-balances.ts';

const name = fc.constantFrom('cash|USD', 'cash|BTC', 'inventory:A|B|USD', 'world|USD');
const hundredths = fc.integer({ min: -10_000, max: 10_000 });
const anyBalances = fc.array(fc.dictionary(name, hundredths, { maxKeys: 4 }), { maxLength: 8 });

function text(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

describe('the balances of several accounts', () => {
  it('are the sums of theirs, by ledger account and currency', () => {
    fc.assert(
      fc.property(anyBalances, (all) => {
        const sums = sumOfBalances(
          all.map((balances) =>
            Object.fromEntries(Object.entries(balances).map(([at, cents]) => [at, text(cents)])),
          ),
        );
        const names = new Set(all.flatMap((balances) => Object.keys(balances)));
        for (const each of names) {
          const expected = all.reduce((sum, balances) => sum + (balances[each] ?? 0), 0);
          expect(Math.round(Number(sums[each] ?? '0') * 100)).toBe(expected);
          expect(each in sums).toBe(expected !== 0);
        }
      }),
    );
  });

  it('sum to nothing over all ledger accounts of a currency, or tell by how much', () => {
    const balances = { 'cash|USD': '12.5', 'inventory:A|USD': '-2.5', 'world|USD': '-10', 'cash|BTC': '0.1' };
    expect(imbalanceOf(balances)).toEqual({ BTC: '0.1' });
  });
});
