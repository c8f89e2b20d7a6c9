import fc from 'fast-check';
import { changedAtSlackMs } from './reason-against.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** Writers' clocks against Firestore's; with the time that commits take, within what is assumed of them. */
export const skews = [-2 * minute, 0, 3 * minute];
const longestCommitMs = changedAtSlackMs - 2 * minute;

const stepArb = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      id: fc.nat(5),
      what: fc.constantFrom('arm' as const, 'arm' as const, 'amend' as const, 'end' as const),
      writer: fc.nat(skews.length - 1),
      tookMs: fc.nat(longestCommitMs),
      /** By the shard's own executor, which tells its book at once. */
      isOwn: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('hear' as const), atMost: fc.nat(4) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.oneof(fc.nat(2 * minute), fc.nat(2 * minute), fc.nat(day), fc.nat(3 * day)),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'beginSnapshot' as const }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('writeSnapshot' as const), blocks: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'reopenListener' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const), isDamaged: fc.nat(9) }) },
);
/** One thing that happens to the documents of a shard, or to the executor that follows them. */
export type ChangeStep = typeof stepArb extends fc.Arbitrary<infer Value> ? Value : never;
export const changesArb = fc.array(stepArb, { maxLength: 120, size: 'max' });
