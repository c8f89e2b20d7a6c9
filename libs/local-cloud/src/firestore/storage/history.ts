import { SECOND, type Micros } from '../time.ts';
import type { DocumentChange } from './store.ts';
import type { StoredDocument } from './stored-document.ts';

const MAX_AGE: Micros = 600 * SECOND;
const MAX_CHANGES = 50_000;

/** Documents as they were at an earlier time, where they differ from now; undefined stands for absence. */
export type Past = ReadonlyMap<string, StoredDocument | undefined>;

export interface Commit {
  readonly time: Micros;
  readonly changes: readonly DocumentChange[];
}

/** The commits of the last ten minutes: answers reads at an earlier time and listeners that resume. */
export class History {
  #commits: Commit[] = [];
  #first = 0;
  #changes = 0;
  /** From this time on every change is known. */
  #start: Micros;

  constructor(start: Micros) {
    this.#start = start;
  }

  add(commit: Commit): void {
    this.#commits.push(commit);
    this.#changes += commit.changes.length;
    this.#forget(commit.time - MAX_AGE);
  }

  /** What to read differently for the state at `time`; undefined when that is no longer known. */
  past(time: Micros): Past | undefined {
    if (time < this.#start) return undefined;
    const past = new Map<string, StoredDocument | undefined>();
    for (let i = this.#commits.length - 1; i >= this.#first; i -= 1) {
      const commit = this.#commits[i];
      if (commit === undefined || commit.time <= time) break;
      for (const { name, before } of commit.changes) past.set(name, before);
    }
    return past;
  }

  #forget(until: Micros): void {
    for (;;) {
      const commit = this.#commits[this.#first];
      if (commit === undefined || (commit.time > until && this.#changes <= MAX_CHANGES)) break;
      this.#start = commit.time;
      this.#changes -= commit.changes.length;
      this.#first += 1;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#commits.length) {
      this.#commits = this.#commits.slice(this.#first);
      this.#first = 0;
    }
  }
}
