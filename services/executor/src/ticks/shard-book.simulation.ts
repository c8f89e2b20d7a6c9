import { FrameDecoder, type ShardCheckpoint, encodeFrame } from '@bellwether/contracts';
import { type ArmedFrom, precedence } from '@bellwether/domain';
import assert from 'node:assert/strict';
import { Snapshot, encodeSnapshot } from '../snapshot/book-snapshot.ts';
import {
  type OrderedPosition,
  activeTrigger,
  openPosition,
  over,
  ordered,
  triggerTerms,
} from './armed.builder.ts';
import { type ArmedSubject, type Fired, armedKey } from './fired.ts';
import { ShardBook } from './shard-book.ts';
import type { Execution, Order } from './shard-book.oracle.ts';
import { Market, type Step, type Terms } from './shard-run.arbitrary.ts';

/** An order's document: it outlives the process. */
interface Document {
  readonly order: Order;
  readonly subject: ArmedSubject;
  execution?: Execution;
  /** How many frames were judged when someone else closed it. */
  closedAfter?: number;
  /** When it was committed, in steps, and when by the clock of who wrote it. */
  committedAt: number;
  changedAt: number;
}

/** What a snapshot of the book is: its bytes, and what it was taken after. */
interface TakenSnapshot {
  readonly bytes: Uint8Array;
  /** How many frames the last durable checkpoint before it covers. */
  readonly frames: number;
}

/** The most steps by which a writer's clock is slow. */
const slack = 3;

/** One shard over several lives of its process; what is durable is kept apart from what a crash takes. */
export class SimulatedShard {
  readonly market = new Market();
  readonly documents = new Map<string, Document>();
  #checkpoints: { state: ShardCheckpoint | undefined; frames: number; waitsFor: Set<string> }[] = [
    { state: undefined, frames: 0, waitsFor: new Set() },
  ];
  /** Every frame is judged in the same memory, as in the executor. */
  readonly #decoder = new FrameDecoder();
  #book = new ShardBook();
  #frames = 0;
  /** Exchange times that this life has judged, and the last one before it. */
  #judgedAt: number[] = [];
  #bornAt = -Infinity;
  #underWay: { document: Document; frames: number }[] = [];
  #untold: { document: Document; frames: number }[] = [];
  #pending: Fired[] = [];
  #snapshots: TakenSnapshot[] = [];
  /** Over long before this life: no listener tells of it. */
  #forgotten = new Set<Document>();
  #orders = 0;
  #steps = 0;

  run(step: Step): void {
    this.#steps += 1;
    switch (step.do) {
      case 'frame':
        this.market.add(step);
        this.deliver();
        break;
      case 'deliver':
        this.deliver();
        break;
      case 'arm':
        this.#arm(step);
        break;
      case 'execute':
        this.#execute(step.atMost);
        break;
      case 'close':
        this.#close(step.which);
        break;
      case 'checkpoint':
        this.#checkpoint();
        break;
      case 'snapshot':
        this.#takeSnapshot();
        break;
      case 'tellAgain':
        this.#tellAgain(step.which);
        break;
      case 'restart':
        this.#restart(step);
        break;
    }
  }

  /** Delivers and settles everything that is left. */
  finish(): void {
    while (this.deliver());
    this.#arrive(Infinity);
    this.#execute(Infinity);
    const alive = [...this.documents.values()].filter(isAlive);
    const lines = alive.reduce((sum, { subject }) => sum + (subject.armed?.length ?? 0), 0);
    assert.equal(this.#book.size, lines, 'the book holds what is over, or lacks what is not');
  }

  /** Judges the next frame. False when there is none. */
  deliver(): boolean {
    const frame = this.market.frames[this.#frames];
    if (frame === undefined) return false;
    this.#frames += 1;
    const fired = this.#book.evaluate(this.#decoder.decode(encodeFrame(frame)));
    const order = fired.map(({ reason, tick }) => tick.ordinal * 10 + precedence[reason]);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
      'fired out of order',
    );
    this.#take(fired);
    this.#judgedAt.push(...frame.exchangeAt);
    this.#arrive();
    return true;
  }

  #arm({ terms, from, underWayFor }: Extract<Step, { do: 'arm' }>): void {
    const order = orderOf(terms, `o${(this.#orders += 1)}`, this.#armedFrom(from));
    const document = { order, subject: subjectOf(order), ...this.#now() };
    this.#underWay.push({ document, frames: underWayFor });
    if (underWayFor === 0) this.#arrive(0);
  }

  #armedFrom(from: Extract<Step, { do: 'arm' }>['from']): ArmedFrom {
    const { epoch, ordinal, exchangeAt } = this.#book.next;
    if (from === 'now') return { epoch, ordinal };
    if ('later' in from) return { at: Math.max(exchangeAt, 1_000) + from.later };
    const at = this.#judgedAt.at(-1 - from.earlier);
    if (at === undefined || at <= this.#bornAt) return { epoch, ordinal };
    // A crash before the next checkpoint would lose the ticks that count already.
    this.#checkpoints = this.#checkpoints.filter(({ state }) => state === undefined || state.exchangeAt < at);
    return { at };
  }

  /** A frame has passed: what was under way for long enough reaches the book. */
  #arrive(passed = 1): void {
    const due = [...this.#underWay, ...this.#untold].filter((each) => (each.frames -= passed) <= 0);
    const isDue = (each: { document: Document }): boolean =>
      due.some(({ document }) => document === each.document);
    this.#underWay = this.#underWay.filter((each) => !isDue(each));
    this.#untold = this.#untold.filter((each) => !isDue(each));
    for (const { document } of due) {
      this.documents.set(armedKey(document.subject), document);
      this.#take(this.#book.note(document.subject));
    }
  }

  #take(fired: readonly Fired[]): void {
    for (const each of fired) {
      const key = armedKey(each.subject);
      assert.equal(this.documents.get(key)?.execution, undefined, `${key} is executed already`);
      const isPending = this.#pending.some(
        ({ subject, lineId }) => armedKey(subject) === key && lineId === each.lineId,
      );
      assert.ok(!isPending, `${key}/${each.lineId} fired twice`);
      this.#pending.push(each);
    }
  }

  #execute(atMost: number): void {
    for (const { subject, reason, level, tick } of this.#pending.splice(0, atMost)) {
      const { epoch, ordinal, series, price } = tick;
      const key = armedKey(subject);
      const document = this.documents.get(key)!;
      // Another of its lines was first: the account refuses this one.
      if (document.execution !== undefined) continue;
      document.execution = { reason, level, epoch, ordinal, series, price };
      Object.assign(document, this.#now());
      for (const { waitsFor } of this.#checkpoints) waitsFor.delete(key);
      this.#tell(over(subject));
    }
  }

  /** What has not fired is closed or cancelled by someone else. */
  #close(which: number): void {
    const pending = new Set(this.#pending.map(({ subject }) => armedKey(subject)));
    const alive = this.#told().filter(
      (document) => isAlive(document) && !pending.has(armedKey(document.subject)),
    );
    const document = alive[which % alive.length];
    if (document === undefined) return;
    document.closedAfter = this.#frames;
    Object.assign(document, this.#now());
    this.#tell(over(document.subject));
  }

  /** Taken as the runner takes it: never while something is being armed; good once its commits are durable. */
  #checkpoint(): void {
    const last = this.market.frames[this.#frames - 1];
    if (last === undefined || this.#underWay.length + this.#untold.length > 0) return;
    const { ordinal: nextOrdinal, exchangeAt } = this.#book.next;
    const state: ShardCheckpoint = {
      epoch: last.epoch,
      frame: last.number,
      isEpochOver: last.isLast,
      nextOrdinal,
      exchangeAt: Number.isFinite(exchangeAt) ? exchangeAt : 0,
      extremes: this.#book.extremes(),
    };
    const waitsFor = new Set(this.#pending.map(({ subject }) => armedKey(subject)));
    this.#checkpoints.push({ state: structuredClone(state), frames: this.#frames, waitsFor });
  }

  /** The writers' clocks differ: some are slow, up to the slack, some fast. */
  #now(): { committedAt: number; changedAt: number } {
    const skew = [0, -slack, 5, -1][this.#steps % 4]!;
    return { committedAt: this.#steps, changedAt: this.#steps + skew };
  }

  /** It covers what was committed before anything that has not reached the book. */
  #takeSnapshot(): void {
    const awaited = [...this.#underWay, ...this.#untold].map(({ document }) => document.committedAt);
    const durable = this.#checkpoints.filter(({ waitsFor }) => waitsFor.size === 0).at(-1)!;
    const header = {
      shard: 0,
      shards: 1,
      shardCreatedAt: '',
      token: 1,
      coveredUntil: Math.min(this.#steps, ...awaited),
    };
    const bytes = Buffer.concat([...encodeSnapshot(header, this.#book)]);
    this.#snapshots.push({ bytes, frames: durable.frames });
  }

  /** A listener repeats itself, or comes late with what is over by now. */
  #tellAgain(which: number): void {
    const told = this.#told();
    const document = told[which % told.length];
    if (document !== undefined) this.#tell(document.subject);
  }

  /** News that make nothing fire. */
  #tell(subject: ArmedSubject): void {
    assert.deepEqual(this.#book.note(subject), []);
  }

  #told(): Document[] {
    return [...this.documents.values()].filter(
      (document) =>
        !this.#forgotten.has(document) && !this.#untold.some((untold) => untold.document === document),
    );
  }

  #restart({
    checkpointsBack,
    toldAfter,
    wasCommitted,
    fromSnapshot,
  }: Extract<Step, { do: 'restart' }>): void {
    const durable = this.#checkpoints.filter(({ waitsFor }) => waitsFor.size === 0);
    const from = durable.at(-1 - (checkpointsBack % durable.length))!;
    this.#checkpoints = durable.slice(0, durable.indexOf(from) + 1);
    if (wasCommitted)
      for (const { document } of this.#underWay) this.documents.set(armedKey(document.subject), document);
    this.#book = new ShardBook(from.state);
    this.#frames = from.frames;
    this.#judgedAt = [];
    this.#bornAt = from.state?.exchangeAt ?? -Infinity;
    this.#underWay = [];
    this.#pending = [];
    this.#snapshots = this.#snapshots.filter(({ frames }) => frames <= from.frames);
    const snapshot = fromSnapshot === 0 ? undefined : this.#snapshots.at(-fromSnapshot);
    const since = snapshot === undefined ? -Infinity : this.#startFrom(snapshot);
    const all = [...this.documents.values()];
    const documents = all.filter(({ changedAt }) => changedAt >= since);
    this.#forgotten = new Set(all.filter((document) => document.changedAt < since && !isAlive(document)));
    for (const document of documents) if (!isAlive(document)) this.#book.note(over(document.subject));
    this.#untold = documents
      .filter(isAlive)
      .map((document, index) => ({ document, frames: toldAfter[index % toldAfter.length]! }));
    this.#arrive(0);
  }

  /** @returns from when on, by the clocks of their writers, changes are to be told. */
  #startFrom({ bytes }: TakenSnapshot): number {
    const snapshot = new Snapshot(bytes);
    Array.from(this.#book.adopt(snapshot.subjects()));
    return snapshot.header.coveredUntil - slack;
  }
}

function isAlive({ execution, closedAfter }: Document): boolean {
  return execution === undefined && closedAfter === undefined;
}

function orderOf(terms: Terms, id: string, armedFrom: ArmedFrom): Order {
  const { symbol, priceSource } = terms;
  if (terms.kind === 'trigger') {
    const { direction, price } = terms;
    return {
      kind: 'trigger',
      terms: triggerTerms({ id, symbol, priceSource, armedFrom, when: { kind: 'price', direction, price } }),
    };
  }
  const { side, entryPrice, stopLoss, takeProfit, distance } = terms;
  const exits: OrderedPosition['exits'] = {
    ...(stopLoss === undefined ? {} : { stopLoss }),
    ...(takeProfit === undefined ? {} : { takeProfit }),
    ...(distance === undefined ? {} : { trailing: { distance } }),
  };
  return {
    kind: 'position',
    terms: ordered({ id, symbol, priceSource, armedFrom, side, entryPrice, exits }),
  };
}

function subjectOf(order: Order): ArmedSubject {
  return order.kind === 'position' ? openPosition(order.terms) : activeTrigger(order.terms);
}
