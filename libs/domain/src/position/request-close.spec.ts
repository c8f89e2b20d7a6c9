import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, positionWith } from '../account/account.builder.ts';
import { evolveAll } from '../account/account-fold.ts';
import { unknownMarket } from '../market/symbol-prices.ts';
import { maxExiting } from './position.ts';
import { type CloseSize, requestClose } from './request-close.ts';
import { plainCloses } from './request-close.oracle.ts';

const amount = fc.constantFrom(
  '0.1',
  '0.5',
  '0.333333333333333333',
  '0.01',
  '1',
  '1.01',
  '2',
  '0',
  '-1',
  'x',
);
const size: fc.Arbitrary<CloseSize> = fc.oneof(
  { weight: 5, arbitrary: amount.map((share) => ({ share })) },
  { weight: 5, arbitrary: amount.map((quantity) => ({ quantity })) },
  { weight: 1, arbitrary: fc.constant('all' as const) },
);
const small = fc.constantFrom('0.5', '1').map((quantity) => ({ quantity }));
const requests = fc.oneof(
  { weight: 3, arbitrary: fc.array(size, { maxLength: 40, size: 'max' }) },
  { weight: 1, arbitrary: fc.array<CloseSize>(small, { minLength: 30, maxLength: 40 }) },
);
const terms = fc.record(
  {
    quantity: fc.constantFrom('5', '100', '0.7', '1.01', '3.333333333333333333'),
    lotSize: fc.constantFrom('0.5', '1', '0.1'),
  },
  { requiredKeys: ['quantity'] },
);

it('orders what a request is for, never more than no other order is out for', () => {
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(terms, requests, (of, sizes) => {
      // A real broker fills nothing in the commit that asks.
      let account = given(adopted(positionWith({}, { ...of, broker: 'alpaca' })));
      const told = sizes.map((asked) => {
        const request = { positionId: 'p1', size: asked, reason: 'manual', by } as const;
        const decided = requestClose(account, request, { market: unknownMarket, now: 2_000 });
        if (!decided.ok) return decided.refusal;
        account = evolveAll(account, decided.value);
        return decided.value.map((event) =>
          event.type === 'CloseRequested' ? { orders: event.order.quantity } : event,
        )[0];
      });
      expect(told).toEqual(plainCloses(of, sizes, maxExiting / 2));
      const held = account.positions.get('p1');
      const ids = held?.exiting.map(({ order }) => order.clientOrderId) ?? [];
      expect(new Set(ids).size).toBe(ids.length);
      for (const each of told) outcomes.add(each !== undefined && 'reason' in each ? each.reason : 'ordered');
    }),
    { numRuns: 300 },
  );
  expect([...outcomes].toSorted()).toEqual([
    'MORE_THAN_AVAILABLE',
    'NOT_POSITIVE',
    'TOO_MANY_EXITS',
    'ordered',
  ]);
});
