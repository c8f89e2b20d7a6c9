import { type AccountRef, type Commit, eventId, partsOfEventId } from '@bellwether/contracts';
import type { BookedEvent } from '@bellwether/domain';

/** Entries of an account's journal, both ends included, ascending; fewer where it ends before. */
export type ReadEntries = (
  account: AccountRef,
  fromSeq: number,
  toSeq: number,
) => Promise<readonly { readonly commit: Commit }[]>;

const page = 500;

/**
 * Something that was booked, followed through the journal: from its entry to the end, then what comes.
 * A decision that rests on it holds at `version` and not behind that.
 */
export class BookedEntry {
  readonly #read: ReadEntries;
  readonly #account: AccountRef;
  readonly #eventId: string;
  #booked: BookedEvent | undefined;
  #version: number;

  constructor(read: ReadEntries, account: AccountRef, id: string) {
    this.#read = read;
    this.#account = account;
    this.#eventId = id;
    this.#version = partsOfEventId(id).seq - 1;
  }

  /** `undefined` where the journal has no such event. */
  get booked(): BookedEvent | undefined {
    return this.#booked;
  }

  /** The last entry that was looked at. */
  get version(): number {
    return this.#version;
  }

  /** Looks at what is new. */
  async catchUp(): Promise<void> {
    for (;;) {
      const next = this.#version + 1;
      const found = await this.#read(this.#account, next, next + page - 1);
      for (const { commit } of found) this.#take(commit);
      if (found.length < page) return;
    }
  }

  #take({ accountId, seq, events }: Commit): void {
    this.#version = seq;
    for (const [index, event] of events.entries()) {
      const id = eventId(accountId, seq, index);
      if (id === this.#eventId) this.#booked = { event };
      else if (this.#booked === undefined) continue;
      else if (event.type === 'ShadowReset') this.#booked = { resetBy: id, ...this.#booked };
      else if ('reverses' in event && event.reverses === this.#eventId)
        this.#booked = { reversedBy: id, ...this.#booked };
    }
  }
}
