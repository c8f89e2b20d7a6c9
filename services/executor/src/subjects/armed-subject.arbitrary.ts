import type { ArmedFrom, Decimal, Line } from '@bellwether/domain';
import fc from 'fast-check';
import { type ArmedSubject, watching } from '../ticks/fired.ts';

const decimalArb: fc.Arbitrary<Decimal> = fc.record({
  units: fc.oneof(
    fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }),
    fc.bigInt({ min: -(10n ** 39n), max: 10n ** 39n }),
  ),
  scale: fc.nat(40),
});
const timeArb = fc.double({ min: 0, max: 4e12, noNaN: true }).map((at) => at + 0);
const fromArb: fc.Arbitrary<ArmedFrom> = fc.oneof(
  fc.record({ at: timeArb }),
  fc.record({ epoch: fc.constantFrom('', 'tape-0000000001', 'tape-0000000002'), ordinal: fc.maxSafeNat() }),
);
const what = {
  reason: fc.constantFrom(
    ...(['stopLoss', 'trailingStop', 'timeExit', 'breakEven', 'activation'] as const),
    ...(['takeProfit', 'order', 'trigger', 'expiry'] as const),
  ),
  series: fc.constantFrom('trade' as const, 'bid' as const, 'ask' as const, 'mark' as const),
};
const lineArb: fc.Arbitrary<Line> = fc.oneof(
  fc.record({
    kind: fc.constant('fixed' as const),
    ...what,
    fires: fc.constantFrom('atOrBelow' as const, 'atOrAbove' as const),
    price: decimalArb,
  }),
  fc.record({
    kind: fc.constant('trailing' as const),
    ...what,
    follows: fc.constantFrom('highest' as const, 'lowest' as const),
    distance: fc.oneof(fc.record({ absolute: decimalArb }), fc.record({ ppm: fc.nat(1_000_000) })),
    start: decimalArb,
  }),
  fc.record({ kind: fc.constant('time' as const), ...what, at: timeArb }),
  fc.record({
    kind: fc.constant('move' as const),
    ...what,
    direction: fc.constantFrom('up' as const, 'down' as const, 'either' as const),
    ppm: fc.nat(1_000_000),
    windowMs: fc.nat(86_400_000),
  }),
);
const idArb = fc.oneof(fc.uuid(), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }));

/** Ids of positions of Ann's whose keys have the same hash. */
export const idsOfSameHash = ['p11pvu', 'p1g3ea'] as const;

/** What a book may hold, of every kind of line there is. */
export const armedSubjectArb: fc.Arbitrary<ArmedSubject> = fc
  .record({
    account: fc.record({
      tenant: fc.constantFrom('acme', 'umbrella'),
      uid: fc.constantFrom('ann', 'bob'),
      accountId: fc.constantFrom('acme:ann:main', 'umbrella:bob:main'),
    }),
    kind: fc.constantFrom('position' as const, 'trigger' as const, 'order' as const, 'signal' as const),
    id: idArb,
    symbol: fc.constantFrom('BTC-USDT', 'ÄÖ-USDT'),
    version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    lines: fc.uniqueArray(fc.record({ id: idArb, armedFrom: fromArb, line: lineArb }), {
      selector: ({ id }) => id,
      minLength: 1,
      maxLength: 5,
    }),
  })
  .map(({ lines, ...subject }) => watching(subject, lines));
