import { windowMs } from './rate-window.ts';

/** What an execution wrote, and when. */
export interface Execution {
  readonly documents: readonly string[];
  readonly at: number;
}

/** Executions in the order in which they went, at most those of a second where what is old is taken. */
export class RecentExecutions {
  #executions: Execution[] = [];
  #first = 0;

  add(execution: Execution): void {
    this.#executions.push(execution);
  }

  /** Takes those that are a second old at `now`. */
  *takeOld(now: number): Generator<Execution> {
    for (
      let oldest = this.#executions[this.#first];
      oldest !== undefined;
      oldest = this.#executions[this.#first]
    ) {
      if (oldest.at + windowMs > now) break;
      this.#first += 1;
      yield oldest;
    }
    if (this.#first > 1_024 || this.#first === this.#executions.length) this.#rest();
  }

  takeAll(): readonly Execution[] {
    if (this.#executions.length === 0) return [];
    this.#rest();
    const all = this.#executions;
    this.#executions = [];
    return all;
  }

  #rest(): void {
    if (this.#first > 0) this.#executions = this.#executions.slice(this.#first);
    this.#first = 0;
  }
}
