import { failedPrecondition, invalidArgument } from '../status.ts';
import { History, type Commit, type Past } from './history.ts';
import { decodeRecord, encodeSnapshot } from './record.ts';
import { Store } from './store.ts';
import type { StoredDocument } from './stored-document.ts';
import type { Micros } from '../time.ts';

/** The state that commits change: documents, recent history and the time that has been given out. */
export class Database {
  readonly store = new Store();
  #history: History;
  /** The latest time in any answer: commits are later, reads are not earlier. */
  #latest: Micros = 0;
  #lastCommit: Micros = 0;

  /** Empty, and knowing nothing of the time before. */
  constructor(startedAt: Micros) {
    this.#history = new History(startedAt);
  }

  /** Puts back what a log kept. Call it before anything else. */
  restore(snapshot: Uint8Array | undefined, records: Iterable<Uint8Array>): void {
    const all = [...(snapshot === undefined ? [] : [snapshot]), ...records];
    if (all.length === 0) return;
    for (const record of all) {
      const { time, entries } = decodeRecord(record);
      for (const { name, after } of entries) this.store.apply({ name, before: this.store.get(name), after });
      this.#latest = Math.max(this.#latest, time);
    }
    this.#lastCommit = this.#latest;
    this.#history = new History(this.#latest);
  }

  /** Every document and the last commit's time, as `restore` takes them. */
  snapshot(): Uint8Array {
    return encodeSnapshot(this.#lastCommit, this.store.documents());
  }

  /** A time at which nothing more will be committed. */
  readTime(now: Micros): Micros {
    this.#latest = Math.max(this.#latest, now);
    return this.#latest;
  }

  /** Later than every time given out before. */
  commitTime(now: Micros): Micros {
    return Math.max(this.#latest + 1, now);
  }

  /** Makes the changes. `commit.time` must come from `commitTime` in the same step. */
  apply(commit: Commit): void {
    this.#latest = commit.time;
    if (commit.changes.length === 0) return;
    this.#lastCommit = commit.time;
    for (const change of commit.changes) this.store.apply(change);
    this.#history.add(commit);
  }

  /** What differs at an earlier time. Throws FAILED_PRECONDITION when that is too long ago. */
  pastAt(time: Micros, now: Micros): Past {
    if (time > this.readTime(now)) throw invalidArgument('read_time cannot be in the future.');
    const past = this.#history.past(time);
    if (past === undefined) throw failedPrecondition('The requested snapshot version is too old.');
    return past;
  }

  /** The same for a listener that resumes: undefined when it has to start again. */
  pastSince(time: Micros, now: Micros): Past | undefined {
    return time > this.readTime(now) ? undefined : this.#history.past(time);
  }

  /** A document at the time of `past`. */
  get(name: string, past?: Past): StoredDocument | undefined {
    return past?.has(name) === true ? past.get(name) : this.store.get(name);
  }
}
