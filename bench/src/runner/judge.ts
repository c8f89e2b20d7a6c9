import type { AnyBenchmark, Bound, Target } from './benchmark.ts';

/** Above this load average per core a latency says more about the other programs than about ours. */
export const quietLoadPerCore = 0.5;

export interface Judgement {
  /** Null: not judged, for `reason`. */
  readonly pass: boolean | null;
  readonly reason?: string;
}

/** Holds the medians against the target. `loadPerCore` is the load average over the cores before the benchmark began. */
export function judge(
  { target, latency = false }: Pick<AnyBenchmark, 'target' | 'latency'>,
  measured: { readonly value: number; readonly ratio: number | null },
  loadPerCore: number,
): Judgement {
  if (latency && loadPerCore > quietLoadPerCore) {
    const load = loadPerCore.toFixed(2);
    return {
      pass: null,
      reason: `not judged: a latency at a load average of ${load} per core, above ${quietLoadPerCore}`,
    };
  }
  const ratioHolds =
    target.ratio === undefined || (measured.ratio !== null && holds(target.ratio, measured.ratio));
  return { pass: ratioHolds && (target.value === undefined || holds(target.value, measured.value)) };
}

/** `ratio >= 0.7, value <= 400 ms`. */
export function targetText({ ratio, value }: Target, unit: string): string {
  const parts = [
    ...(ratio === undefined ? [] : [`ratio ${boundText(ratio)}`]),
    ...(value === undefined ? [] : [`value ${boundText(value)} ${unit}`]),
  ];
  return parts.join(', ');
}

function holds(bound: Bound, value: number): boolean {
  return 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost;
}

function boundText(bound: Bound): string {
  return 'atLeast' in bound ? `>= ${bound.atLeast}` : `<= ${bound.atMost}`;
}
