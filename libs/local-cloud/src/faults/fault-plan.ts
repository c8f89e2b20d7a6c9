import type { MeteredService } from '../core/meter.ts';
import { strikeOf, type Fault, type Strike } from './fault.ts';

/** A call as a fault plan sees it. */
export interface FaultedCall {
  readonly service: MeteredService;
  readonly method: string;
  /** Every resource that the call names. */
  readonly resources: readonly string[];
}

/** What one call suffers. */
export interface Strikes {
  readonly before: readonly Strike[];
  readonly after: readonly Strike[];
}

export interface PlannedFault extends Fault {
  /** Calls that it matched so far, and how many of them it struck. */
  readonly matched: number;
  readonly struck: number;
}

interface Counted {
  readonly fault: Fault;
  matched: number;
  struck: number;
  firstAtMs: number;
}

const none: Strikes = { before: [], after: [] };

/** The faults that are planned, in the order of planning. Pure: the same calls at the same times are struck in the same way. */
export class FaultPlan {
  #faults: Counted[] = [];

  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  add(faults: readonly Fault[]): void {
    this.#faults.push(...faults.map((fault) => ({ fault, matched: 0, struck: 0, firstAtMs: 0 })));
  }

  clear(): void {
    this.#faults = [];
  }

  list(): readonly PlannedFault[] {
    return this.#faults.map(({ fault, matched, struck }) => ({ ...fault, matched, struck }));
  }

  /** Counts the call and says what strikes it; `nowMs` by any clock that never goes back. */
  strike(call: FaultedCall, nowMs: number): Strikes {
    if (this.isEmpty) return none;
    const before: Strike[] = [];
    const after: Strike[] = [];
    for (const planned of this.#faults) {
      const { at } = planned.fault;
      if (!matches(planned.fault, call)) continue;
      planned.matched += 1;
      const first = at.nth ?? 1;
      if (planned.matched < first || planned.matched >= first + (at.times ?? Infinity)) continue;
      if (planned.struck === 0) planned.firstAtMs = nowMs;
      else if (nowMs - planned.firstAtMs >= (at.forMs ?? Infinity)) continue;
      planned.struck += 1;
      (at.side === 'before' ? before : after).push(strikeOf(planned.fault.do));
    }
    return { before, after };
  }
}

function matches({ at }: Fault, { service, method, resources }: FaultedCall): boolean {
  if (at.service !== service || (at.method !== '*' && at.method !== method)) return false;
  const { resource } = at;
  return resource === undefined || resources.some((name) => name.includes(resource));
}
