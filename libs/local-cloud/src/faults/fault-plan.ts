import type { MeteredService } from '../core/meter.ts';
import type { Fault, FaultDo } from './fault.ts';

/** A call as a fault plan sees it. */
export interface FaultedCall {
  readonly service: MeteredService;
  readonly method: string;
  /** Every resource that the call names. */
  readonly resources: readonly string[];
}

/** What one call suffers. */
export interface Strikes {
  readonly before: readonly FaultDo[];
  readonly after: readonly FaultDo[];
}

export interface PlannedFault extends Fault {
  /** Calls that it matched so far, and how many of them it struck. */
  readonly matched: number;
  readonly struck: number;
}

const none: Strikes = { before: [], after: [] };

/** The faults that are planned, in the order of planning. Pure: the same calls are struck in the same way. */
export class FaultPlan {
  #faults: { fault: Fault; matched: number; struck: number }[] = [];

  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  add(faults: readonly Fault[]): void {
    this.#faults.push(...faults.map((fault) => ({ fault, matched: 0, struck: 0 })));
  }

  clear(): void {
    this.#faults = [];
  }

  list(): readonly PlannedFault[] {
    return this.#faults.map(({ fault, matched, struck }) => ({ ...fault, matched, struck }));
  }

  /** Counts the call and says what strikes it. */
  strike(call: FaultedCall): Strikes {
    if (this.isEmpty) return none;
    const before: FaultDo[] = [];
    const after: FaultDo[] = [];
    for (const planned of this.#faults) {
      const { at } = planned.fault;
      if (!matches(planned.fault, call)) continue;
      planned.matched += 1;
      const first = at.nth ?? 1;
      if (planned.matched < first || planned.matched >= first + (at.times ?? Infinity)) continue;
      planned.struck += 1;
      (at.side === 'before' ? before : after).push(planned.fault.do);
    }
    return { before, after };
  }
}

function matches({ at }: Fault, { service, method, resources }: FaultedCall): boolean {
  if (at.service !== service || (at.method !== '*' && at.method !== method)) return false;
  const { resource } = at;
  return resource === undefined || resources.some((name) => name.includes(resource));
}
