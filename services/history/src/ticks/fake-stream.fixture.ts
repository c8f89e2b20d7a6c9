import type { AppendOutcome, Appender } from '../bigquery/append-connection.ts';

/** A write stream as BigQuery keeps it: rows, and answers by offset that take a while. */
export class FakeStream implements Appender {
  readonly rows: Uint8Array[] = [];
  appends = 0;

  async append(offset: number, rows: Uint8Array[]): Promise<AppendOutcome> {
    this.appends += 1;
    const outcome = this.#decide(offset, rows); // the order of requests is the order of effects
    await new Promise(setImmediate);
    return outcome;
  }

  close(): void {}

  #decide(offset: number, rows: Uint8Array[]): AppendOutcome {
    if (offset < this.rows.length) return 'exists';
    if (offset > this.rows.length) return 'beyond';
    this.rows.push(...rows);
    return 'appended';
  }
}
