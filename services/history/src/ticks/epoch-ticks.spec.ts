import type { Frame } from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { describe, expect, it } from '@jest/globals';
import { encodeTicks } from './encode-ticks.ts';
import { EpochTicks } from './epoch-ticks.ts';
import { FakeStream } from './fake-stream.fixture.ts';
import { frameOf } from './frame.fixture.ts';
import type { Gap } from './stream-lane.ts';
import type { StreamRegistry, TickStream } from './stream-registry.ts';

const place = { shard: 0, epoch: 'tape-0000000001' };

/** BigQuery's streams and the registry of one epoch, which outlive a process. */
class FakeHistory implements StreamRegistry {
  readonly #streams = new Map<string, FakeStream>();
  #registered: readonly TickStream[] = [];
  readonly gaps: Gap[] = [];
  failures = 0;

  async load() {
    const isNew = this.#registered.length === 0;
    if (isNew) this.#registered = [this.#create(0)];
    return Promise.resolve({ streams: this.#registered, isNew });
  }

  async addAfter(_: unknown, gap: Gap): Promise<TickStream> {
    await Promise.resolve();
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('Firestore is away');
    }
    this.gaps.push(gap);
    const stream = this.#create(gap.toOrdinal);
    this.#registered = [...this.#registered, stream];
    return stream;
  }

  startProcess(): EpochTicks {
    return new EpochTicks(place, {
      registry: this,
      writeStreams: { open: (name) => this.#streams.get(name) ?? new FakeStream() },
      logger: createLogger({ service: 'test', level: 'silent' }),
      limits: { retryMs: { first: 1, longest: 2 }, graceMs: 10 },
    });
  }

  /** Rows by first ordinal of their stream. */
  get stored(): Record<string, Buffer[]> {
    return Object.fromEntries(
      this.#registered.map(({ writeStream, firstOrdinal }) => [
        firstOrdinal,
        (this.#streams.get(writeStream)?.rows ?? []).map((row) => Buffer.from(row)),
      ]),
    );
  }

  #create(firstOrdinal: number): TickStream {
    const writeStream = `stream ${this.#streams.size}`;
    this.#streams.set(writeStream, new FakeStream());
    return { writeStream, firstOrdinal };
  }
}

const frames: readonly Frame[] = Array.from({ length: 8 }, (_, index) =>
  frameOf({ number: index + 1, firstOrdinal: index * 3, length: 3 }),
);
const rowsOf = (from: number, to: number) =>
  frames
    .slice(from, to)
    .flatMap(encodeTicks)
    .map((row) => Buffer.from(row));
const appendAll = async (ticks: EpochTicks, some: readonly Frame[]) =>
  Promise.all(some.map(async (frame) => ticks.append(frame)));

describe('EpochTicks', () => {
  it('joins a frame that comes again before it is written', async () => {
    const history = new FakeHistory();
    const ticks = history.startProcess();
    await appendAll(ticks, [...frames, ...frames]);
    expect(history.stored).toEqual({ 0: rowsOf(0, 8) });
    expect(ticks.isIdle).toBe(true);
  });

  it('has nothing to write of an empty frame', async () => {
    const ticks = new FakeHistory().startProcess();
    await ticks.append(frameOf({ length: 0, isLast: true }));
    expect(ticks.isIdle).toBe(true);
  });

  it('goes on in a new stream after a gap, and puts late frames where they belong', async () => {
    const history = new FakeHistory();
    history.failures = 1;
    const ticks = history.startProcess();
    await appendAll(ticks, [...frames.slice(0, 2), ...frames.slice(4, 6)]);
    expect(history.gaps).toEqual([{ fromOrdinal: 6, toOrdinal: 12 }]);
    await appendAll(ticks, [...frames.slice(2, 4), ...frames.slice(6)]);
    expect(history.stored).toEqual({ 0: rowsOf(0, 4), 12: rowsOf(4, 8) });
  });

  it('finds the streams again after a restart', async () => {
    const history = new FakeHistory();
    const before = history.startProcess();
    await appendAll(before, [...frames.slice(0, 2), ...frames.slice(4, 6)]);
    before.close();
    await appendAll(history.startProcess(), frames.toReversed());
    expect(history.stored).toEqual({ 0: rowsOf(0, 4), 12: rowsOf(4, 8) });
    expect(history.gaps).toHaveLength(1);
  });

  it('rejects what waits when it is stopped', async () => {
    const ticks = new FakeHistory().startProcess();
    const waiting = ticks.append(frames[3] ?? frameOf({ length: 1 }));
    setTimeout(() => ticks.stop(), 2);
    await expect(waiting).rejects.toThrow('stopping');
    await expect(ticks.append(frames[0] ?? frameOf({ length: 1 }))).rejects.toThrow('stopping');
  });
});
