import type { Tick } from './tick.ts';

/**
 * Several streams, each in order of exchange time, as one: of ticks with equal times those of the stream
 * that is given first come first. Ending the iteration early ends every stream.
 */
export async function* mergeTicks(
  streams: readonly AsyncIterable<readonly Tick[]>[],
): AsyncGenerator<readonly Tick[], void, undefined> {
  const all = streams.map((stream) => new Cursor(stream));
  try {
    await Promise.all(all.map(async (cursor) => cursor.refill()));
    for (;;) {
      const open = all.filter((cursor) => !cursor.isOver);
      const [only] = open;
      if (only === undefined) return;
      const merged = open.length === 1 ? only.takeAll() : takeInOrder(open);
      yield merged;
      for (const cursor of open) if (cursor.isEmpty) await cursor.refill();
    }
  } finally {
    await Promise.all(all.map(async (cursor) => cursor.close()));
  }
}

/** Takes the earliest tick again and again, until one stream has to be read further. */
function takeInOrder(cursors: readonly Cursor[]): readonly Tick[] {
  const merged: Tick[] = [];
  for (;;) {
    let earliest: Cursor | undefined;
    for (const cursor of cursors) {
      if (cursor.isEmpty) return merged;
      if (earliest === undefined || cursor.at < earliest.at) earliest = cursor;
    }
    const tick = earliest?.take();
    if (tick !== undefined) merged.push(tick);
  }
}

class Cursor {
  readonly #stream: AsyncIterator<readonly Tick[]>;
  #ticks: readonly Tick[] = [];
  #next = 0;
  #isOver = false;

  constructor(stream: AsyncIterable<readonly Tick[]>) {
    this.#stream = stream[Symbol.asyncIterator]();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isEmpty(): boolean {
    return this.#next >= this.#ticks.length;
  }

  get at(): number {
    return this.#ticks[this.#next]?.exchangeAt ?? Number.POSITIVE_INFINITY;
  }

  take(): Tick | undefined {
    this.#next += 1;
    return this.#ticks[this.#next - 1];
  }

  takeAll(): readonly Tick[] {
    const rest = this.#next === 0 ? this.#ticks : this.#ticks.slice(this.#next);
    this.#next = this.#ticks.length;
    return rest;
  }

  async refill(): Promise<void> {
    while (this.isEmpty && !this.#isOver) {
      const result = await this.#stream.next();
      this.#isOver = result.done === true;
      this.#ticks = result.done === true ? [] : result.value;
      this.#next = 0;
    }
  }

  async close(): Promise<void> {
    await this.#stream.return?.();
  }
}
