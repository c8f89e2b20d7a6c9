import type { Frame, ShardCheckpoint } from '@bellwether/contracts';
import type { Armed } from '@bellwether/domain';
import { idsOfSameHash } from '../subjects/armed-subject.arbitrary.ts';
import { ann, over } from '../ticks/armed.builder.ts';
import { type ArmedSubject, type Fired, armedKey, watching } from '../ticks/fired.ts';
import { ShardBook } from '../ticks/shard-book.ts';
import { Market } from '../ticks/shard-run.arbitrary.ts';
import type { BookStep } from './taken-up-book.arbitrary.ts';

/** One market, the documents of what is armed on it, and books that are told the same. */
export class SharedLife {
  readonly #market = new Market();
  readonly #documents = new Map<string, ArmedSubject>();
  #books: readonly ShardBook[];
  #judged: Frame | undefined;
  #seq = 0;
  /** What has fired of which nothing has been heard since. */
  #fired: Fired[] = [];

  constructor(...books: readonly ShardBook[]) {
    this.#books = books;
  }

  /** All that is armed. */
  get armed(): readonly ArmedSubject[] {
    return [...this.#documents.values()].filter(({ armed }) => armed !== undefined);
  }

  /** From now on these are told. */
  goOnWith(...books: readonly ShardBook[]): void {
    this.#books = books;
    this.#fired = [];
  }

  /** @returns what each book says that has fired. */
  run(step: BookStep): readonly (readonly Fired[])[] {
    switch (step.do) {
      case 'frame':
        this.#market.add(step);
        this.#judged = this.#market.frames.at(-1)!;
        return this.#tell((book) => book.evaluate(this.#judged!));
      case 'arm': {
        this.#seq += 1;
        const { symbol, lines } = step;
        return this.#note(this.#subject(idsOfSameHash[this.#seq - 1] ?? `p${this.#seq}`, symbol, lines));
      }
      case 'amend': {
        const before = this.#which(step.which);
        if (before === undefined) return [];
        this.#seq += 1;
        const kept = before.armed?.filter((_line, index) => (step.kept & (1 << index)) !== 0) ?? [];
        const amended = this.#subject(before.id, before.symbol, step.lines);
        return this.#note({ ...amended, armed: [...kept, ...(amended.armed ?? [])] });
      }
      case 'end': {
        const before = this.#which(step.which);
        if (before === undefined) return [];
        this.#seq += 1;
        return this.#note(over(before, this.#seq));
      }
      case 'tellAgain': {
        const all = [...this.#documents.values()];
        const again = all[step.which % Math.max(1, all.length)];
        return again === undefined ? [] : this.#tell((book) => book.note(again));
      }
      case 'rearm': {
        const fired = this.#fired[step.which % Math.max(1, this.#fired.length)];
        return this.#tell((book) => {
          if (fired !== undefined) book.rearm(fired);
          return [];
        });
      }
    }
  }

  /** What the first book's executor would checkpoint. */
  checkpoint(): ShardCheckpoint | undefined {
    const book = this.#books[0];
    if (book === undefined || this.#judged === undefined) return undefined;
    const { epoch, number: frame, isLast: isEpochOver } = this.#judged;
    const { ordinal: nextOrdinal, exchangeAt } = book.next;
    const extremes = structuredClone(book.extremes());
    return {
      epoch,
      frame,
      isEpochOver,
      nextOrdinal,
      exchangeAt: Number.isFinite(exchangeAt) ? exchangeAt : 0,
      extremes,
    };
  }

  #subject(id: string, symbol: string, lines: Extract<BookStep, { do: 'arm' }>['lines']): ArmedSubject {
    const { epoch, ordinal, exchangeAt } = this.#books[0]!.next;
    const now = Math.max(exchangeAt, 1_000);
    const named = lines.map(({ line, from }, index): Omit<Armed, 'key' | 'symbol'> & { id: string } => ({
      id: `line-${this.#seq}-${index}`,
      armedFrom: from === 'next' ? { epoch, ordinal } : { at: now + from },
      line,
    }));
    return watching({ account: ann, kind: 'position', id, symbol, version: this.#seq }, named);
  }

  #which(which: number): ArmedSubject | undefined {
    return this.armed[which % Math.max(1, this.armed.length)];
  }

  #note(subject: ArmedSubject): readonly (readonly Fired[])[] {
    this.#documents.set(armedKey(subject), subject);
    this.#fired = this.#fired.filter((fired) => armedKey(fired.subject) !== armedKey(subject));
    return this.#tell((book) => book.note(subject));
  }

  #tell(what: (book: ShardBook) => readonly Fired[]): readonly (readonly Fired[])[] {
    const told = this.#books.map(what);
    this.#fired.push(...(told[0] ?? []));
    return told;
  }
}
