import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adopted, by, given, positionWith } from '../account/account.builder.ts';
import { evolveAll } from '../account/account-fold.ts';
import { decimal } from '../units.ts';
import { amendExits } from './amend-exits.ts';
import type { Exits } from './exits.ts';
import type { ExitsSpec } from './exits-spec.ts';
import { resolveExits } from './resolve-exits.ts';
import { type PlainEntry, plainLevels } from './resolve-exits.oracle.ts';

const rarely = (text: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 30, arbitrary: text },
    { weight: 1, arbitrary: fc.constantFrom('0', '-1', 'x', '1e2', '0.0') },
  );
const percent = rarely(
  fc.constantFrom('1', '5', '0.123456789', '33.3', '99.9999', '99.99991', '100', '0.0001', '150'),
);
const price = rarely(fc.constantFrom('90', '100', '100.10', '110', '0.000000000000000001'));
const source = fc.constantFrom('trade' as const, 'quote' as const, 'mark' as const);
const level = fc.oneof(
  price.map((at) => ({ price: at })),
  percent.map((away) => ({ percent: away })),
);
const sourced = <Part extends object>(part: fc.Arbitrary<Part>) =>
  fc
    .tuple(part, fc.option(source, { nil: undefined }))
    .map(([of, from]) => (from === undefined ? of : { ...of, source: from }));
const size = fc.oneof(
  rarely(fc.constantFrom('0.5', '0.25', '0.1', '0.333333333333333333', '1')).map((share) => ({ share })),
  rarely(fc.constantFrom('1', '0.5')).map((quantity) => ({ quantity })),
);
const target = sourced(
  fc
    .tuple(level, fc.option(size, { nil: undefined }))
    .map(([at, of]) => (of === undefined ? at : { ...at, size: of })),
);
const trailing = sourced(
  fc
    .tuple(
      fc.oneof(
        price.map((distance) => ({ distance })),
        percent.map((away) => ({ percent: away })),
      ),
      fc.option(level, { nil: undefined }),
    )
    .map(([distance, activation]) => (activation === undefined ? distance : { ...distance, activation })),
);
const breakEven = sourced(
  fc.record(
    {
      after: fc.oneof(
        level,
        fc.integer({ min: 0, max: 3 }).map((targets) => ({ targets })),
      ),
      offset: fc.constantFrom('0', '0.01', '-0.5', '-200', '200'),
    },
    { requiredKeys: ['after'] },
  ),
);
const spec: fc.Arbitrary<ExitsSpec> = fc.record(
  {
    stopLoss: sourced(level),
    targets: fc.array(target, { maxLength: 3 }),
    trailing,
    breakEven,
    timeExit: fc.oneof(fc.constant({ at: 5_000 }), fc.constant({ afterMs: 12 })),
  },
  { requiredKeys: [] },
);
const entry: fc.Arbitrary<PlainEntry> = fc.record(
  {
    side: fc.constantFrom('long' as const, 'short' as const),
    entryPrice: fc.constantFrom('100', '100.1', '33.333333333333333333', '0.5'),
    tickSize: fc.constantFrom('0.5', '1', '0.05', '0.003'),
    openedAt: fc.constant(1_000),
    armedFrom: fc.constant({ epoch: 'e', ordinal: 7 }),
  },
  { requiredKeys: ['side', 'entryPrice', 'openedAt', 'armedFrom'] },
);

describe('exits as they are asked for', () => {
  it('become the prices that the rules say, or are refused with the field that is wrong', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(spec, entry, (asked, plain) => {
        const resolved = resolveExits(asked, { ...plain, entryPrice: decimal(plain.entryPrice) });
        expect(resolved.ok ? resolved.value : { refusal: resolved.refusal }).toEqual(
          plainLevels(asked, plain),
        );
        const field = resolved.ok ? 'resolved' : resolved.refusal.field.replace(/\d.*/, 'n');
        outcomes.add(resolved.ok ? field : `${resolved.refusal.reason} ${field}`);
      }),
      { numRuns: 1_200 },
    );
    for (const outcome of [
      'resolved',
      'NOT_POSITIVE stopLoss',
      'NOT_POSITIVE targets.n',
      'NOT_POSITIVE breakEven.offset',
      'NOT_POSITIVE breakEven.after',
      'NOT_POSITIVE trailing.activation',
      'OUT_OF_RANGE trailing.percent',
      'OUT_OF_RANGE targets',
      'OUT_OF_RANGE breakEven.after.targets',
    ])
      expect(outcomes).toContain(outcome);
  });
});

/** What a part of exits is, but for where it counts from. */
function termsOf({ armedFrom: _from, start: _start, id: _id, ...terms }: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(terms).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is wanted, where a trailing stop that has begun at a price as good need not begin again. */
function wantedOf(asked: Exits, { trailing: stood }: Exits): Exits {
  const { trailing: wanted } = asked;
  if (stood === undefined || stood.activation !== undefined || wanted?.activation === undefined) return asked;
  if (Number(wanted.activation) > Number(stood.start)) return asked;
  const { activation: _reached, ...begun } = wanted;
  return { ...asked, trailing: begun };
}

function partsOf({ targets, ...others }: Exits): [string, Record<string, unknown>][] {
  return [
    ...Object.entries(others),
    ...targets.map((each): [string, object] => [`target ${each.id}`, each]),
  ].map(([name, part]) => [name, { ...part }]);
}

describe('amending exits, one time after the other', () => {
  it('keeps what stays the same counting from where it did, and begins the rest anew', () => {
    let kept = 0;
    let begun = 0;
    fc.assert(
      fc.property(fc.array(spec, { minLength: 2, maxLength: 6, size: 'max' }), (specs) => {
        let account = given(adopted(positionWith({}, { entryPrice: '100' })));
        for (const [i, exits] of specs.entries()) {
          const before = account.positions.get('p1')?.exits ?? { targets: [] };
          const armedFrom = { epoch: 'e', ordinal: 10 + i };
          const amended = amendExits(account, { positionId: 'p1', exits, by }, { armedFrom });
          const plain = { side: 'long', entryPrice: '100', openedAt: 1_000, armedFrom } as const;
          const asked = plainLevels(exits, plain);
          if (!amended.ok) {
            expect(asked).toEqual({ refusal: amended.refusal });
            continue;
          }
          account = evolveAll(account, amended.value);
          const after = account.positions.get('p1')?.exits ?? { targets: [] };
          // What is asked for is what there is.
          const wanted = partsOf(wantedOf({ targets: [], ...asked }, before));
          expect(
            partsOf(after)
              .map(([, part]) => termsOf(part))
              .toSorted(),
          ).toEqual(wanted.map(([, part]) => termsOf(part)).toSorted());
          const earlier = new Map(partsOf(before));
          expect(new Set(after.targets.map(({ id }) => id)).size).toBe(after.targets.length);
          for (const [name, part] of partsOf(after)) {
            const stood = earlier.get(name);
            const stands = stood !== undefined && termsOf(stood) === termsOf(part);
            // A rung that has another's name would execute with that one's history.
            if (name.startsWith('target') && stood !== undefined) expect(termsOf(stood)).toBe(termsOf(part));
            expect(part).toEqual(stands ? stood : { ...part, armedFrom });
            if (stands) kept += 1;
            else begun += 1;
          }
          const again = amendExits(account, { positionId: 'p1', exits, by }, { armedFrom: { at: 9 } });
          expect(again).toEqual({ ok: true, value: [] });
        }
      }),
      { numRuns: 300 },
    );
    expect(kept).toBeGreaterThan(20);
    expect(begun).toBeGreaterThan(100);
  });
});
