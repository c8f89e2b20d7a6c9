import type { WriteProfile } from './profiles.ts';
import { type PacedPriority, WriteLimiter } from './write-limiter.ts';

/** Something to write at a time: an execution, or what may have to wait. */
export interface Arrival {
  readonly at: number;
  readonly tenant: string;
  readonly priority: PacedPriority | 'execution';
  readonly documents: readonly string[];
}

export interface Written {
  readonly arrival: Arrival;
  readonly at: number;
  /** Its place among all that was written. */
  readonly place: number;
}

interface Request {
  readonly arrival: Arrival;
  readonly tenant: string;
  readonly priority: PacedPriority;
  readonly documents: readonly string[];
}

/** Plays arrivals through a limiter, asking it whenever it says that time has changed something. */
export function runLimiter(
  profile: WriteProfile,
  arrivals: readonly Arrival[],
  draw: () => number = () => 0,
): readonly Written[] {
  const limiter = new WriteLimiter<Request>(profile, draw);
  const written: Written[] = [];
  const note = (arrival: Arrival, at: number): void => {
    written.push({ arrival, at, place: written.length });
  };
  const coming = arrivals.toSorted((a, b) => a.at - b.at);
  for (let now = 0; coming.length > 0 || limiter.waiting > 0;) {
    const next = limiter.nextAt(now) ?? Infinity;
    now = Math.min(coming[0]?.at ?? Infinity, next);
    if (!Number.isFinite(now)) throw new Error(`${limiter.waiting} requests wait for nothing`);
    while (coming[0] !== undefined && coming[0].at <= now) {
      const [arrival] = coming.splice(0, 1);
      if (arrival === undefined) break;
      const { tenant, priority, documents } = arrival;
      if (priority === 'execution') {
        limiter.count(documents, now);
        note(arrival, now);
      } else limiter.offer({ arrival, tenant, priority, documents }, now);
      for (const { request } of limiter.take(now)) note(request.arrival, now);
    }
    for (const { request } of limiter.take(now)) note(request.arrival, now);
  }
  return written;
}
