import type { Transaction } from './transaction.ts';

/** How many works one transaction takes at most. */
const maxGroup = 64;

/**
 * A change to the store. It may be run twice, the first time undone: it changes nothing but by the transaction.
 */
export type Work<T> = (transaction: Transaction) => T | Promise<T>;

/** The one writer of the database. Works commit in order; those that wait together commit together. */
export class WriteQueue {
  readonly #begin: () => Promise<Transaction>;
  readonly #waiting: {
    readonly run: (transaction: Transaction) => Promise<void>;
    readonly settle: Settle;
  }[] = [];
  #draining: Promise<void> | undefined;

  constructor(begin: () => Promise<Transaction>) {
    this.#begin = begin;
  }

  /** Resolves when the work is durable. */
  submit<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T;
      this.#waiting.push({
        run: async (transaction) => {
          result = await work(transaction);
        },
        settle: { resolve: () => resolve(result), reject },
      });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    // Works submitted in one turn of the event loop share a transaction.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, maxGroup);
      const failure = await this.#commit(group.map(({ run }) => run));
      if (failure === undefined) for (const { settle } of group) settle.resolve();
      else await this.#commitOneByOne(group, failure);
    }
    this.#draining = undefined;
  }

  async #commitOneByOne(
    group: readonly { readonly run: (transaction: Transaction) => Promise<void>; readonly settle: Settle }[],
    failure: Failure,
  ): Promise<void> {
    for (const { run, settle } of group) {
      const again = group.length === 1 ? failure : await this.#commit([run]);
      if (again === undefined) settle.resolve();
      else settle.reject(again.reason);
    }
  }

  async #commit(
    runs: readonly ((transaction: Transaction) => Promise<void>)[],
  ): Promise<Failure | undefined> {
    let transaction: Transaction | undefined;
    try {
      transaction = await this.#begin();
      for (const run of runs) await run(transaction);
      await transaction.commit();
    } catch (reason) {
      await transaction?.rollback();
      return { reason };
    }
    transaction.committed();
    return undefined;
  }
}

interface Settle {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface Failure {
  readonly reason: unknown;
}
