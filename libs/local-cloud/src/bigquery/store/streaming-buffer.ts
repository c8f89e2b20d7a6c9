import type { CloudClock } from '../../core/clock.ts';
import type { Table } from '../catalogue/table.ts';

/** How long rows of `insertAll` stay in the streaming buffer, where DML and copy jobs do not reach them. */
const bufferedMicros = 30n * 60_000_000n;

interface Buffered {
  /** The first row that may be in the buffer. */
  readonly firstRow: number;
  readonly lastStreamedMicros: bigint;
}

/**
 * Which rows were streamed lately, in memory only: a restart forgets them. A row that was written in another way
 * behind a buffered one counts as buffered too.
 */
export class StreamingBuffer {
  readonly #tables = new Map<number, Buffered>();
  readonly #clock: Pick<CloudClock, 'nowMicros'>;

  constructor(clock: Pick<CloudClock, 'nowMicros'>) {
    this.#clock = clock;
  }

  /** The rows below this number are not in the buffer; undefined when none is. */
  settledRows({ rowsId }: Pick<Table, 'rowsId'>): number | undefined {
    const found = this.#tables.get(rowsId);
    if (found === undefined) return undefined;
    if (this.#clock.nowMicros() - found.lastStreamedMicros < bufferedMicros) return found.firstRow;
    this.#tables.delete(rowsId);
    return undefined;
  }

  /** Notes rows streamed from `firstRow` on, or behind those that are in the buffer already. */
  add({ rowsId }: Pick<Table, 'rowsId'>, firstRow: number): void {
    this.#tables.set(rowsId, {
      firstRow: this.settledRows({ rowsId }) ?? firstRow,
      lastStreamedMicros: this.#clock.nowMicros(),
    });
  }
}
