import type { Meter } from '../core/meter.ts';
import type { FaultedCall, FaultPlan, Strikes } from './fault-plan.ts';
import type { RequestFeed } from './request-feed.ts';
import { resourceKind } from './resources.ts';

export interface BegunCall {
  readonly strikes: Strikes;
  /** To be called with the status of the answer; only the first time counts. */
  readonly end: (status: string) => void;
}

export interface IncomingCall extends Omit<FaultedCall, 'resources'> {
  readonly resources: Iterable<string>;
}

/** All calls of all servers: each is counted, told to who listens, and struck as planned. */
export class Traffic {
  readonly faults: FaultPlan;
  readonly feed: RequestFeed;
  readonly #meter: Meter;

  constructor(faults: FaultPlan, feed: RequestFeed, meter: Meter) {
    this.faults = faults;
    this.feed = feed;
    this.#meter = meter;
  }

  /** Meters `{service}.calls.{method}.{kind of its first resource}`. */
  begin({ service, method, resources }: IncomingCall): BegunCall {
    const [resource = '', ...others] = this.faults.isEmpty ? first(resources) : resources;
    this.#meter.add(service, `calls.${method}${resource === '' ? '' : `.${resourceKind(resource)}`}`);
    const strikes = this.faults.strike({ service, method, resources: [resource, ...others] });
    const startedAt = performance.now();
    let isEnded = false;
    const end = (status: string): void => {
      if (isEnded) return;
      isEnded = true;
      const ms = Math.round((performance.now() - startedAt) * 1000) / 1000;
      this.feed.tell({ service, method, resource, status, ms });
    };
    return { strikes, end };
  }
}

function* first(names: Iterable<string>): Generator<string> {
  for (const name of names) {
    yield name;
    return;
  }
}
