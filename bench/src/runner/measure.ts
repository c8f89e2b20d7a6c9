import type { AnyBenchmark, Progress } from './benchmark.ts';

/** One entry per pair; `baseline` is empty without one. */
export interface Samples {
  readonly subject: readonly number[];
  readonly baseline: readonly number[];
}

/**
 * Runs baseline and subject in turn, changing which goes first, after one turn of each that does not count.
 *
 * Throws when a measure is not a positive number: then the clock or the workload is wrong. A subject that has
 * no baseline may measure zero or less.
 */
export async function measure(
  benchmark: AnyBenchmark,
  fixture: unknown,
  progress: Progress,
): Promise<Samples> {
  const { samples = 7, unit } = benchmark;
  const measured = { subject: [] as number[], baseline: [] as number[] };
  const sides: readonly (keyof Samples)[] =
    benchmark.baseline === undefined ? ['subject'] : ['baseline', 'subject'];
  for (let round = 0; round <= samples; round += 1) {
    for (const side of round % 2 === 1 ? sides : sides.toReversed()) {
      const value = await benchmark[side]?.(fixture);
      if (!Number.isFinite(value) || (sides.length > 1 && Number(value) <= 0))
        throw new Error(`the ${side} measured ${value} ${unit}`);
      if (round > 0) measured[side].push(Number(value));
    }
    const latest = sides.map((side) => `${side} ${measured[side].at(-1)?.toPrecision(4)}`).join(', ');
    progress(round === 0 ? 'warmed up' : `${round} of ${samples}: ${latest} ${unit}`);
  }
  return measured;
}
