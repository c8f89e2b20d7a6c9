import type { AnyBenchmark } from './benchmark.ts';
import { judge, targetText } from './judge.ts';
import type { Machine } from './machine.ts';
import type { Samples } from './measure.ts';
import { median, spread } from './statistics.ts';
import type { Spread } from './statistics.ts';

/** What is printed of a benchmark, one JSON line each. */
export interface Result {
  readonly name: string;
  /** The subject's median, in `unit`. Null when the benchmark failed. */
  readonly value: number | null;
  readonly unit: string;
  /** The baseline's median, in `unit`. */
  readonly baseline: number | null;
  /** The median of subject over baseline, pair by pair. */
  readonly ratio: number | null;
  readonly target: string;
  /** Null: not judged. */
  readonly pass: boolean | null;
  /** The subject's measures in the order in which they were taken. */
  readonly samples: readonly number[];
  readonly spread: { readonly value: Spread; readonly baseline?: Spread; readonly ratio?: Spread } | null;
  readonly machine: Machine;
  /** Why it was not judged, or how it failed. */
  readonly reason?: string;
}

/** What the samples say, judged. */
export function resultOf(
  name: string,
  benchmark: AnyBenchmark,
  { subject, baseline }: Samples,
  machine: Machine,
): Result {
  const ratios = baseline.map((base, pair) => (subject[pair] ?? Number.NaN) / base);
  const value = median(subject);
  const ratio = ratios.length === 0 ? null : median(ratios);
  return {
    name,
    value: rounded(value),
    unit: benchmark.unit,
    baseline: baseline.length === 0 ? null : rounded(median(baseline)),
    ratio: ratio === null ? null : rounded(ratio),
    target: targetText(benchmark.target, benchmark.unit),
    ...judge(benchmark, { value, ratio }, machine.loadAverage / machine.cores),
    samples: subject.map(rounded),
    spread: {
      value: roundedSpread(subject),
      ...(baseline.length === 0 ? {} : { baseline: roundedSpread(baseline), ratio: roundedSpread(ratios) }),
    },
    machine,
  };
}

/** Whether it is a result: what the process of a benchmark sends. */
export function isResult(message: unknown): message is Result {
  return typeof message === 'object' && message !== null && 'samples' in message && 'machine' in message;
}

/** A benchmark that threw, was killed or took too long. */
export function failed(name: string, benchmark: AnyBenchmark, machine: Machine, reason: string): Result {
  const { unit, target } = benchmark;
  return {
    name,
    value: null,
    unit,
    baseline: null,
    ratio: null,
    target: targetText(target, unit),
    pass: false,
    samples: [],
    spread: null,
    machine,
    reason,
  };
}

/** A benchmark that cannot run here, because of what is missing. */
export function notRun(
  name: string,
  benchmark: AnyBenchmark,
  machine: Machine,
  missing: readonly string[],
): Result {
  return { ...failed(name, benchmark, machine, `not run: needs ${missing.join(', ')}`), pass: null };
}

function roundedSpread(values: readonly number[]): Spread {
  const [least, most] = spread(values);
  return [rounded(least), rounded(most)];
}

/** Six digits say all that a measure knows. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
