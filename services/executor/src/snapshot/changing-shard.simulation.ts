import assert from 'node:assert/strict';
import { openPosition, over } from '../ticks/armed.builder.ts';
import { type ArmedSubject, armedKey } from '../ticks/fired.ts';
import { ShardBook } from '../ticks/shard-book.ts';
import { BadSnapshotError, Snapshot, encodeSnapshot } from './book-snapshot.ts';
import { type ChangeStep, skews } from './changing-shard.arbitrary.ts';
import { changedAtSlackMs, reasonAgainst } from './reason-against.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const overKeptMs = 7 * day;

interface Document {
  readonly subject: ArmedSubject;
  /** By its writer's clock. */
  readonly changedAt: number;
  readonly committedAt: number;
}

/**
 * The documents of a shard and the executor that follows them: writers whose clocks differ, news that come late, a
 * store that deletes what is long over, snapshots that are written while the book changes, and crashes.
 */
export class ChangingShard {
  readonly #documents = new Map<string, Document>();
  /** Committed, and not heard of by the listener; in the order of their commits. */
  #unheard: Document[] = [];
  #now = 100 * day;
  #seq = 0;
  #token = 1;
  #book = new ShardBook();
  #coveredUntil = this.#now;
  #writing: { blocks: Generator<Uint8Array, void, undefined>; written: Uint8Array[] } | undefined;
  #file: Uint8Array | undefined;
  /** How many starts took up a snapshot: runs in which none does show nothing. */
  startsFromSnapshot = 0;

  run(step: ChangeStep): void {
    switch (step.do) {
      case 'commit':
        this.#commit(step);
        break;
      case 'hear':
        this.#hear(step.atMost);
        break;
      case 'wait':
        this.#wait(step.ms);
        break;
      case 'beginSnapshot':
        this.#begin();
        break;
      case 'writeSnapshot':
        this.#write(step.blocks);
        break;
      case 'reopenListener':
        this.#listen();
        break;
      case 'restart':
        this.#restart(step.isDamaged === 0);
        break;
    }
  }

  /** Once the listener has heard of everything, the book is what the documents say. */
  check(): void {
    this.#hear(Infinity);
    const armed = [...this.#documents.values()].map(({ subject }) => subject).filter(isArmed);
    assert.deepEqual(described(this.#book.subjects()), described(armed));
    assert.equal(
      this.#book.size,
      armed.reduce((sum, subject) => sum + (subject.armed?.length ?? 0), 0),
    );
  }

  #commit({ id, what, writer, tookMs, isOwn }: Extract<ChangeStep, { do: 'commit' }>): void {
    const known = [...this.#documents.values()].filter(({ subject }) => isArmed(subject));
    const other = known[id % Math.max(1, known.length)]?.subject;
    if (what !== 'arm' && other === undefined) return;
    this.#now += 1;
    this.#seq += 1;
    // Ids are never used again; what is armed may be what another account has.
    const subject =
      what === 'arm' || other === undefined
        ? openPosition({ id: `p${this.#seq}` }, this.#seq)
        : what === 'end'
          ? over(other, this.#seq)
          : openPosition({ id: other.id, exits: { stopLoss: `${90 + (this.#seq % 9)}` } }, this.#seq);
    const document = {
      subject,
      changedAt: this.#now - tookMs + skews[writer]!,
      committedAt: this.#now,
    };
    this.#documents.set(armedKey(subject), document);
    this.#unheard.push(document);
    if (isOwn) this.#book.note(subject);
  }

  /** The listener's snapshots are consistent: each holds all commits up to its time. */
  #hear(atMost: number): void {
    for (const { subject, committedAt } of this.#unheard.splice(0, atMost)) {
      this.#book.note(subject);
      this.#coveredUntil = committedAt;
    }
    if (this.#unheard.length === 0) this.#coveredUntil = this.#now;
  }

  #wait(ms: number): void {
    this.#now += ms;
    for (const [key, { subject, changedAt }] of this.#documents)
      if (!isArmed(subject) && changedAt + overKeptMs <= this.#now) this.#documents.delete(key);
    // A listener that is told nothing for that long has ended, and is opened again.
    if (ms > 2 * minute) this.#listen();
  }

  #begin(): void {
    const header = {
      shard: 0,
      shards: 1,
      shardCreatedAt: 'once',
      token: this.#token,
      coveredUntil: this.#coveredUntil,
    };
    this.#writing = { blocks: encodeSnapshot(header, this.#book, 1), written: [] };
    this.#write(1);
  }

  #write(blocks: number): void {
    for (let left = blocks; left > 0 && this.#writing !== undefined; left -= 1) {
      const block = this.#writing.blocks.next();
      if (block.done !== true) this.#writing.written.push(block.value);
      else {
        this.#file = Buffer.concat(this.#writing.written);
        this.#writing = undefined;
      }
    }
  }

  #restart(isDamaged: boolean): void {
    this.#writing = undefined;
    this.#token += 1;
    this.#now += 1;
    if (isDamaged && this.#file !== undefined) this.#file = this.#file.subarray(0, -1);
    this.#book = new ShardBook();
    this.#coveredUntil = this.#load();
    this.#listen();
    this.check();
  }

  /** @returns up to when all that was committed is in the book. */
  #load(): number {
    const snapshot = this.#usable();
    if (snapshot === undefined) {
      for (const { subject } of this.#documents.values()) if (isArmed(subject)) this.#book.note(subject);
      return this.#now;
    }
    this.startsFromSnapshot += 1;
    Array.from(this.#book.adopt(snapshot.subjects()));
    return snapshot.header.coveredUntil;
  }

  #usable(): Snapshot | undefined {
    if (this.#file === undefined) return undefined;
    try {
      const snapshot = new Snapshot(this.#file);
      const use = {
        shard: 0,
        shards: 1,
        shardCreatedAt: 'once',
        token: this.#token,
        takenAt: this.#now,
        overKeptMs,
      };
      return reasonAgainst(snapshot.header, use) === undefined ? snapshot : undefined;
    } catch (error) {
      assert.ok(error instanceof BadSnapshotError);
      return undefined;
    }
  }

  /** Everything that has changed since is told at first. */
  #listen(): void {
    const from = this.#coveredUntil - changedAtSlackMs;
    for (const { subject, changedAt } of this.#documents.values())
      if (changedAt >= from) this.#book.note(subject);
    this.#unheard = [];
    this.#coveredUntil = this.#now;
  }
}

function isArmed({ armed }: ArmedSubject): boolean {
  return armed !== undefined;
}

function described(subjects: Iterable<ArmedSubject>): [string, ArmedSubject][] {
  return [...subjects]
    .map((subject): [string, ArmedSubject] => [armedKey(subject), subject])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}
