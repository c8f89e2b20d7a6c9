import type { Frame } from '@bellwether/contracts';

type Columns = Pick<Frame, 'instrument' | 'exchangeAt' | 'first' | 'second'>;

/** Where the ticks of one frame are. */
export interface Run {
  at: number;
  readonly length: number;
}

const smallest = 1_024;

/** Columns of ticks in memory that is used again and again, the ticks of one frame next to each other. */
export class TickRing {
  #columns: Columns = columnsOf(0);
  #capacity = 0;
  /** Those before `#start` are gone. */
  #runs: Run[] = [];
  #start = 0;
  #next = 0;

  add(columns: Columns): Run {
    const { length } = columns.instrument;
    if (!this.#makeRoom(length)) this.#grow(length);
    const run = { at: this.#next, length };
    copy(columns, this.#columns, run.at);
    this.#next += length;
    this.#runs.push(run);
    return run;
  }

  dropOldest(): void {
    this.#start += 1;
    if (this.#start > 64 && this.#start * 2 > this.#runs.length) {
      this.#runs = this.#runs.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The ticks of a run that is not dropped, for as long as nothing is added. */
  columns({ at, length }: Run): Columns {
    const { instrument, exchangeAt, first, second } = this.#columns;
    return {
      instrument: instrument.subarray(at, at + length),
      exchangeAt: exchangeAt.subarray(at, at + length),
      first: first.subarray(at, at + length),
      second: second.subarray(at, at + length),
    };
  }

  /** Finds the next free place of that length; false where there is none. */
  #makeRoom(length: number): boolean {
    const oldest = this.#runs[this.#start];
    if (oldest === undefined) {
      this.#next = 0;
      return length <= this.#capacity;
    }
    // Behind its end the ring begins again, before the oldest ticks.
    if (this.#next > oldest.at) {
      if (this.#next + length <= this.#capacity) return true;
      if (length > oldest.at) return false;
      this.#next = 0;
      return true;
    }
    return this.#next + length <= oldest.at;
  }

  #grow(length: number): void {
    this.#capacity = Math.max(smallest, this.#capacity * 2, this.#capacity + length);
    const bigger = columnsOf(this.#capacity);
    this.#runs = this.#runs.slice(this.#start);
    this.#start = 0;
    this.#next = 0;
    for (const run of this.#runs) {
      copy(this.columns(run), bigger, this.#next);
      run.at = this.#next;
      this.#next += run.length;
    }
    this.#columns = bigger;
  }
}

function columnsOf(length: number): Columns {
  return {
    instrument: new Uint16Array(length),
    exchangeAt: new Float64Array(length),
    first: new Float64Array(length),
    second: new Float64Array(length),
  };
}

function copy(from: Columns, to: Columns, at: number): void {
  to.instrument.set(from.instrument, at);
  to.exchangeAt.set(from.exchangeAt, at);
  to.first.set(from.first, at);
  to.second.set(from.second, at);
}
