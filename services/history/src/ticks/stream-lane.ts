import { PoisonError } from '@bellwether/bus';
import type { Frame } from '@bellwether/contracts';
import type { Appender } from '../bigquery/append-connection.ts';
import { encodeTicks } from './encode-ticks.ts';

/** A frame whose sender waits for it. */
export interface WaitingFrame {
  readonly frame: Frame;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Nothing can be appended: an earlier frame is missing. */
export interface Gap {
  /** The first missing ordinal; unknown when nothing was appended since the start. */
  readonly fromOrdinal: number | undefined;
  /** The first ordinal that is here. */
  readonly toOrdinal: number;
}

export interface StreamLaneOptions {
  readonly appender: Appender;
  /** The ordinal of the tick at offset 0. */
  readonly firstOrdinal: number;
  /** A stream that was just created is empty; where another ends is found out by appending. */
  readonly isNew: boolean;
  /** Called when the lane has been stuck for the grace period: it has to take the waiting frames at once. */
  readonly onGap: (gap: Gap) => void;
  readonly limits?: Partial<LaneLimits>;
}

export interface LaneLimits {
  readonly rowsPerAppend: number;
  readonly appendsInFlight: number;
  /** Beyond it a stuck lane refuses the farthest frames, so that the missing ones can be delivered. */
  readonly waitingFrames: number;
  /** How often a stuck lane asks BigQuery again: the first pause, doubled each time up to the longest. */
  readonly retryMs: { readonly first: number; readonly longest: number };
  /** How long a missing frame is waited for. */
  readonly graceMs: number;
}

const defaultLimits: LaneLimits = {
  rowsPerAppend: 2_048,
  appendsInFlight: 16,
  waitingFrames: 4_000,
  retryMs: { first: 25, longest: 1_000 },
  graceMs: 60_000,
};

/**
 * Appends frames to one write stream, in order of their ordinals, which are its offsets. It guarantees:
 *
 * - a frame resolves when its rows are in BigQuery, and no row is there twice, whatever arrives how often in
 *   which order, before or after a restart, and whoever else appends to the stream;
 * - what BigQuery has from earlier frames on is never assumed: only a whole frame that exists counts as done. An
 *   append of several frames that exists in part (another process appended some) is repeated frame by frame.
 */
export class StreamLane {
  readonly firstOrdinal: number;
  readonly #appender: Appender;
  readonly #onGap: StreamLaneOptions['onGap'];
  readonly #limits: LaneLimits;
  readonly #waiting = new Map<number, WaitingFrame>();
  /** The ordinal after the last that was sent; undefined: whatever comes first is tried. */
  #next: number | undefined;
  /** Everything before it is in BigQuery. */
  #done: number;
  /** False until something was found to be in a stream that is not new. */
  #isEndKnown: boolean;
  /** The lowest ordinal that lies beyond the stream's end, as far as is known. */
  #beyond: number | undefined;
  #inFlight = 0;
  /** Milliseconds without progress, and the pause before the next try. */
  #stuckFor = 0;
  #pauseMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StreamLaneOptions) {
    this.firstOrdinal = options.firstOrdinal;
    this.#appender = options.appender;
    this.#onGap = options.onGap;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#done = options.firstOrdinal;
    this.#isEndKnown = options.isNew;
    this.#next = options.isNew ? options.firstOrdinal : undefined;
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#inFlight === 0;
  }

  /** Takes a frame that no other call has brought and not yet seen resolved. */
  offer(waiting: WaitingFrame): void {
    const { firstOrdinal, length } = waiting.frame;
    if (firstOrdinal + length <= this.#done) waiting.resolve();
    else if (firstOrdinal < this.#done) waiting.reject(new PoisonError('the frame overlaps another'));
    else {
      this.#waiting.set(firstOrdinal, waiting);
      this.#pump();
    }
  }

  /** The waiting frames, which are its concern no longer. */
  takeWaiting(): readonly WaitingFrame[] {
    const taken = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#rest();
    return taken;
  }

  /** Frames whose append has no answer reject. */
  close(): void {
    this.#appender.close();
  }

  #pump(): void {
    while (this.#inFlight < this.#limits.appendsInFlight) {
      const run = this.#takeRun();
      if (run.length === 0) break;
      void this.#send(run);
    }
    const isStuck = this.#inFlight === 0 && this.#waiting.size > 0;
    if (!isStuck) this.#rest();
    else this.#timer ??= setTimeout(() => this.#retry(), this.#nextPause());
  }

  #nextPause(): number {
    const { first, longest } = this.#limits.retryMs;
    this.#pauseMs = this.#pauseMs === 0 ? first : Math.min(longest, this.#pauseMs * 2);
    return this.#pauseMs;
  }

  /** Frames that follow one another and the last that was sent; one alone where it is not known whether it fits. */
  #takeRun(): readonly WaitingFrame[] {
    const run: WaitingFrame[] = [];
    const most = this.#next === undefined ? 1 : this.#limits.rowsPerAppend;
    let rows = 0;
    for (let at = this.#next ?? this.#firstTry(); at !== undefined;) {
      const found = this.#waiting.get(at);
      if (found === undefined || (rows > 0 && rows + found.frame.length > most)) break;
      this.#waiting.delete(at);
      run.push(found);
      rows += found.frame.length;
      at += found.frame.length;
    }
    return run;
  }

  #firstTry(): number | undefined {
    if (this.#inFlight > 0 || this.#waiting.size === 0) return undefined;
    const lowest = this.#lowestWaiting();
    return this.#beyond === undefined || lowest < this.#beyond ? lowest : undefined;
  }

  #lowestWaiting(): number {
    let lowest = Infinity;
    for (const ordinal of this.#waiting.keys()) lowest = Math.min(lowest, ordinal);
    return lowest;
  }

  async #send(run: readonly WaitingFrame[]): Promise<void> {
    const first = run[0]?.frame.firstOrdinal ?? 0;
    const end = run.reduce((at, { frame }) => at + frame.length, first);
    this.#next = Math.max(this.#next ?? 0, end);
    this.#inFlight += 1;
    try {
      const rows = run.flatMap(({ frame }) => encodeTicks(frame));
      const outcome = await this.#appender.append(first - this.firstOrdinal, rows);
      if (outcome === 'beyond') this.#putBack(run, first);
      else if (outcome === 'exists' && run.length > 1) for (const waiting of run) void this.#send([waiting]);
      else this.#finish(run, end);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const { reject } of run) reject(reason);
    }
    this.#inFlight -= 1;
    this.#pump();
  }

  #finish(run: readonly WaitingFrame[], end: number): void {
    this.#done = Math.max(this.#done, end);
    this.#beyond = undefined;
    this.#stuckFor = 0;
    this.#pauseMs = 0;
    this.#isEndKnown = true;
    this.#next = Math.max(this.#next ?? 0, end);
    for (const { resolve } of run) resolve();
  }

  #putBack(run: readonly WaitingFrame[], first: number): void {
    for (const waiting of run) this.#waiting.set(waiting.frame.firstOrdinal, waiting);
    this.#next = undefined;
    this.#beyond = Math.min(this.#beyond ?? Infinity, first);
  }

  #retry(): void {
    const { graceMs, waitingFrames } = this.#limits;
    this.#timer = undefined;
    this.#stuckFor += this.#pauseMs;
    if (this.#stuckFor >= graceMs) {
      this.#stuckFor = 0;
      const fromOrdinal = this.#isEndKnown ? this.#done : undefined;
      this.#onGap({ fromOrdinal, toOrdinal: this.#lowestWaiting() });
      return;
    }
    if (this.#waiting.size > waitingFrames) this.#refuseFarthest(this.#waiting.size - waitingFrames);
    this.#next = undefined;
    this.#beyond = undefined;
    this.#pump();
  }

  #refuseFarthest(count: number): void {
    const farthest = [...this.#waiting.keys()].toSorted((a, b) => b - a).slice(0, count);
    for (const ordinal of farthest) {
      this.#waiting.get(ordinal)?.reject(new Error('too far ahead of a missing frame'));
      this.#waiting.delete(ordinal);
    }
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
