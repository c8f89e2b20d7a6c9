import type { ServiceMetrics } from './metrics/service-metrics.ts';

/** A started service, as `main.ts` and the all-in-one process see it. */
export interface RunningService {
  readonly name: string;
  readonly metrics: ServiceMetrics;
  /** Why it does not do its work now, in words; empty when it does. A standby whose turn has not come does. */
  unready(): readonly string[];
  /** Stops taking work, finishes what is in hand, then releases everything. Further calls await the first. */
  close(): Promise<void>;
}
