import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instrument } from '../ticks/tick.builder.ts';
import type { Tick } from '../ticks/tick.ts';
import { type Arrival, expectedFates } from './sanity.oracle.ts';
import { Sanity } from './sanity.ts';
import { type SanityRules, defaultSanityRules } from './sanity-rules.ts';

const trades = instrument('BTC-USDT');
const instruments = [
  trades,
  instrument('BTC-USDT', { kind: 'quote', priceScale: 3 }),
  instrument('BTC-USDT', { venue: 'other' }),
  instrument('ETH-USDT'),
];

/** What the service does to a run of ticks. */
function judge(arrivals: readonly Arrival[], rules: SanityRules) {
  const sanity = new Sanity(rules);
  const fates = new Map<Tick, string>();
  const valid: Tick[] = [];
  const verdicts = arrivals.map(({ tick, at }) => sanity.judge(tick, at));
  for (const verdict of [...verdicts, sanity.finish(arrivals.at(-1)?.at ?? 0)]) {
    valid.push(...verdict.valid);
    for (const tick of verdict.valid) fates.set(tick, `${fates.get(tick) ?? ''}valid`);
    for (const { tick, reason } of verdict.refused) fates.set(tick, `${fates.get(tick) ?? ''}${reason}`);
  }
  return { fates: arrivals.map(({ tick }) => fates.get(tick)), valid, counts: sanity.refusals };
}

const levels = [100, 103, 108, 115, 130, 1_000];
const stepArb = fc.record({
  of: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat({ max: instruments.length - 1 })),
  level: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(0, 1, 2) }, fc.constantFrom(...levels.keys())),
  spread: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0, 1) }, fc.constantFrom(-1, 40)),
  garbage: fc.oneof({ weight: 20, arbitrary: fc.constant(1) }, fc.constantFrom(0, -1, Number.NaN, 0.5)),
  lag: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(0, 1) }, fc.constantFrom(3, 40, -1, -30)),
  waits: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0, 1, 2) }, fc.constantFrom(10, 30, 101, 500)),
  sequence: fc.option(fc.constantFrom(1, 1, 1, 0, -1), { nil: undefined }),
});
const rulesArb: fc.Arbitrary<SanityRules> = fc.record({
  band: fc.constantFrom(0.1, 0.2),
  bands: fc.constant(new Map<string, number>()),
  agreement: fc.constantFrom(0.01, 0.05),
  confirmations: fc.integer({ min: 1, max: 3 }),
  seedConfirmations: fc.integer({ min: 0, max: 2 }),
  confirmWithinMs: fc.constantFrom(2, 5, 20),
  staleAfterMs: fc.constantFrom(20, 35),
  silenceMs: fc.constantFrom(50, 100),
});
const runArb = fc.array(stepArb, { maxLength: 60 }).map((steps) => {
  let at = 1_000;
  let sequence = 10;
  return steps.map(({ of, level, spread, garbage, lag, waits, sequence: step }): Arrival => {
    at += waits;
    if (step !== undefined) sequence += step;
    const found = instruments[of]!;
    const first = levels[level]! * 10 ** (found.priceScale - 2) * garbage;
    const second = found.kind === 'quote' ? first + spread : 1;
    const tick = { instrument: found, exchangeAt: at - lag, first, second };
    return { tick: step === undefined ? tick : { ...tick, sequence }, at };
  });
});

describe('sanity, over random markets', () => {
  it('gives every tick one fate, and lets out the valid ones in the order, that the oracle says', () => {
    fc.assert(
      fc.property(runArb, rulesArb, (arrivals, rules) => {
        const expected = expectedFates(arrivals, rules);
        const { fates, valid, counts } = judge(arrivals, rules);
        expect(fates).toEqual(expected.fates);
        expect(valid).toEqual(expected.valid);
        const refused = fates.filter((fate) => fate !== 'valid');
        expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(refused.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lets out exactly a quiet market, whatever lone spikes are strewn into it', () => {
    const marketArb = fc.array(
      fc.tuple(fc.integer({ min: -20, max: 20 }), fc.option(fc.constantFrom(0.01, 0.5, 2, 100))),
      { minLength: 3, maxLength: 100 },
    );
    fc.assert(
      fc.property(marketArb, (steps) => {
        let price = 10_000;
        const quiet: Tick[] = [];
        const arrivals = steps.flatMap(([move, spike], i): Arrival[] => {
          price += move;
          const at = 1_000 + i * 10;
          const tick = { instrument: trades, exchangeAt: at, first: price, second: 1 };
          quiet.push(tick);
          if (spike === null || i < 2) return [{ tick, at }];
          const wrong = { ...tick, exchangeAt: at + 5, first: Math.round(price * spike) };
          return [
            { tick, at },
            { tick: wrong, at: at + 5 },
          ];
        });
        expect(judge(arrivals, defaultSanityRules).valid).toEqual(quiet);
      }),
    );
  });
});
