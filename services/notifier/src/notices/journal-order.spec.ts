import { eventId } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inJournalOrder, isBefore } from './journal-order.ts';

const at = (accountId: string, seq: number, index: number) => ({
  accountId,
  seq,
  eventId: eventId(accountId, seq, index),
});

const padded = ([account, seq, index]: readonly [string, number, number]): string =>
  `${account} ${seq} ${String(index).padStart(4, '0')}`;

describe('the order of a journal', () => {
  it('is that of commits, and in each that of its events, however many digits they have', () => {
    const places = fc.array(fc.tuple(fc.constantFrom('a.main', 'b.main'), fc.nat(3), fc.nat(120)), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(places, (all) => {
        const sorted = all.map((place) => ({ ...at(...place), key: padded(place) })).toSorted(inJournalOrder);
        expect(sorted.map(({ key }) => key)).toEqual(all.map(padded).toSorted());
      }),
    );
  });

  it('is none between accounts, and of what stands in no journal', () => {
    expect(isBefore(at('a.main', 1, 2), at('a.main', 1, 10))).toBe(true);
    expect(isBefore(at('a.main', 1, 10), at('a.main', 1, 2))).toBe(false);
    expect(isBefore(at('a.main', 1, 2), at('b.main', 2, 0))).toBe(false);
    expect(isBefore({ ...at('', 0, 1), accountId: '' }, { ...at('', 0, 2), accountId: '' })).toBe(false);
  });
});
