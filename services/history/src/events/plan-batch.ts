import { sourceOf } from '@bellwether/contracts';
import type { ArchivedCommit, TimedCommit } from './encode-events.ts';

/** Reads the journal that a commit is of, from one sequence to another, both included. */
export type ReadJournal = (
  of: ArchivedCommit,
  fromSeq: number,
  toSeq: number,
) => Promise<readonly TimedCommit[]>;

export interface BatchLimits {
  readonly commits: number;
  /** Approximate, as the journal counts: JSON of the events. */
  readonly bytes: number;
}

export interface BatchPlan {
  readonly batch: readonly TimedCommit[];
  /** Accounts and scopes whose journal lacks a commit that one with a higher sequence proves to exist. */
  readonly broken: ReadonlyMap<string, Error>;
}

/**
 * Which commits are written next: per account and scope gapless from its watermark, whatever order and number the messages
 * came in. What no message brought is read from the journal. Within the limits; at least one commit unless all are
 * old or broken.
 */
export async function planBatch(
  offered: readonly TimedCommit[],
  watermarks: ReadonlyMap<string, number>,
  readJournal: ReadJournal,
  limits: BatchLimits,
): Promise<BatchPlan> {
  const plan = new Plan(limits);
  const broken = new Map<string, Error>();
  for (const [source, commits] of bySource(offered)) {
    let next = (watermarks.get(source) ?? 0) + 1;
    for (const timed of commits) {
      const { commit } = timed;
      if (commit.seq < next) continue;
      const missing = Math.min(commit.seq - next, limits.commits);
      const healed = missing === 0 ? [] : await readJournal(commit, next, next + missing - 1);
      for (const each of healed) plan.take(each);
      if (healed.length < missing) {
        broken.set(source, new Error(`the journal of ${source} has no entry ${next + healed.length}`));
        break;
      }
      next += missing;
      if (commit.seq > next || !plan.take(timed)) break;
      next += 1;
    }
    if (plan.isFull) break;
  }
  return { batch: plan.commits, broken };
}

class Plan {
  readonly commits: TimedCommit[] = [];
  readonly #limits: BatchLimits;
  #bytes = 0;
  /** True once something was left out: then nothing later may be taken. */
  isFull = false;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  take(timed: TimedCommit): boolean {
    const size = JSON.stringify(timed.commit.events).length;
    const isOver = this.commits.length >= this.#limits.commits || this.#bytes + size > this.#limits.bytes;
    this.isFull ||= isOver && this.commits.length > 0;
    if (this.isFull) return false;
    this.commits.push(timed);
    this.#bytes += size;
    return true;
  }
}

/** Ascending by sequence. */
function bySource(offered: readonly TimedCommit[]): Map<string, TimedCommit[]> {
  const found = new Map<string, TimedCommit[]>();
  for (const timed of offered) {
    const source = sourceOf(timed.commit);
    found.set(source, [...(found.get(source) ?? []), timed]);
  }
  for (const commits of found.values()) commits.sort((a, b) => a.commit.seq - b.commit.seq);
  return found;
}
