/** At least, or at most, this much. */
export type Bound = { readonly atLeast: number } | { readonly atMost: number };

/** What must hold for the benchmark to pass. With both bounds, both must hold. */
export interface Target {
  /** Of the subject to the baseline that ran beside it. Prefer it: it means the same on every machine. */
  readonly ratio?: Bound;
  /** Of the subject alone, in the benchmark's unit. */
  readonly value?: Bound;
}

/** One question, asked of the subject and, in the same process run, of what it is compared with. */
export interface Benchmark<Fixture> {
  /** Tells several benchmarks of one file apart: `firestore/commit` and `firestore/commit:durable`. */
  readonly variant?: string;
  /** What is asked, in one sentence. */
  readonly question: string;
  /** Of both measures: `commits/s`, `ns/tick`, `MiB`. */
  readonly unit: string;
  readonly target: Target;
  /** A latency is judged on a quiet machine only; a throughput or a size always. */
  readonly latency?: boolean;
  /** How many pairs are measured; 7 by default, 5 at least. */
  readonly samples?: number;
  /** For everything together, set-up included; 120 by default. Then the process is killed and the benchmark has failed. */
  readonly timeLimitSeconds?: number;
  /** What is not here and must be, a file for example: then it is not run, and says so. */
  needs?(): readonly string[];
  /** Builds what both measure, from fixed seeds. Not timed. */
  setup(progress: Progress): Fixture | Promise<Fixture>;
  /** Throws unless the exact counters are right: rows written, ids fired, bytes. Runs before anything is timed. */
  check?(fixture: Fixture): void | Promise<void>;
  /** One measure of what the subject is compared with. */
  baseline?(fixture: Fixture): number | Promise<number>;
  /** One measure of what is judged. */
  subject(fixture: Fixture): number | Promise<number>;
  /** Ends what `setup` started; also after a failure. */
  close?(fixture: Fixture): void | Promise<void>;
}

/** Says on standard error what is going on. */
export type Progress = (text: string) => void;

/** A benchmark whose fixture's type nobody else needs to know. */
export type AnyBenchmark = Benchmark<unknown>;

const declaredHere = new WeakSet<object>();

/**
 * Declares a benchmark; the default export of a `*.bench.ts` is one, or a list of them.
 *
 * Throws when fewer than five samples are asked for, or a ratio without a baseline.
 */
export function benchmark<Fixture>(declared: Benchmark<Fixture>): AnyBenchmark {
  if (declared.samples !== undefined && !(declared.samples >= 5))
    throw new Error(`samples: at least 5, not ${declared.samples}`);
  if (declared.target.ratio !== undefined && declared.baseline === undefined)
    throw new Error('target.ratio: needs a baseline');
  if (declared.target.ratio === undefined && declared.target.value === undefined)
    throw new Error('target: names neither a ratio nor a value');
  declaredHere.add(declared);
  return declared;
}

/** Whether `benchmark` made it. */
export function isBenchmark(value: unknown): value is AnyBenchmark {
  return typeof value === 'object' && value !== null && declaredHere.has(value);
}
