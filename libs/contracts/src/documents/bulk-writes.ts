/** What a process has written in bulk since it started. Rates and limits are of that process alone. */
export interface BatchPerformance {
  /** When the process started, epoch milliseconds. */
  readonly since: number;
  readonly reportedAt: number;
  /** Of `WRITE_LIMITS`. */
  readonly profile: string;
  /** What the circuit breaker holds back. */
  readonly state: 'closed' | 'shedsBackground' | 'shedsCommands' | 'probing';
  /** Batches that wait for their turn. */
  readonly waiting: number;
  /** Batches of commands and of background work, and their writes. */
  readonly batches: number;
  readonly writes: number;
  /** Writes of executions, which never wait. */
  readonly executions: number;
  /** Batches that were refused. */
  readonly shed: number;
  /** Answers of RESOURCE_EXHAUSTED. */
  readonly exhausted: number;
  /** How often the circuit breaker opened. */
  readonly opened: number;
  readonly longestWaitMs: number;
}

/** `ops/batch_performance`: each process writes its own field. */
export interface BatchPerformanceDocument {
  /** By the name of the process. */
  readonly processes: Readonly<Record<string, BatchPerformance>>;
}

/** What a process has written for one user since it started, counted as `BatchPerformance` does. */
export type UserWrites = Pick<BatchPerformance, 'since' | 'batches' | 'writes' | 'executions' | 'shed'>;

/** `ops/write_rates/users/{uid}`: each process writes its own field. */
export interface WriteRatesDocument {
  readonly tenantId: string;
  /** By the name of the process. */
  readonly processes: Readonly<Record<string, UserWrites>>;
}
