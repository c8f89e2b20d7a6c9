import { matchesQuery, type Query } from '../queries/query.ts';
import type { DocumentChange } from '../storage/store.ts';
import type { Transaction } from './transaction.ts';

/** Shared locks: on documents read, existing or not, and on the results of queries, present and possible. */
export class LockTable {
  readonly #holders = new Map<string, Set<Transaction>>();
  readonly #queries = new Set<Transaction>();

  lockName(transaction: Transaction, name: string): void {
    if (transaction.lockedNames.has(name)) return;
    transaction.lockedNames.add(name);
    const holders = this.#holders.get(name);
    if (holders === undefined) this.#holders.set(name, new Set([transaction]));
    else holders.add(transaction);
  }

  lockQuery(transaction: Transaction, query: Query): void {
    transaction.lockedQueries.push(query);
    this.#queries.add(transaction);
  }

  release(transaction: Transaction): void {
    for (const name of transaction.lockedNames) {
      const holders = this.#holders.get(name);
      holders?.delete(transaction);
      if (holders?.size === 0) this.#holders.delete(name);
    }
    transaction.lockedNames.clear();
    this.#queries.delete(transaction);
  }

  /** The other transactions that must end before these documents may be written and these changes be made. */
  holdersAgainst(
    names: Iterable<string>,
    changes: readonly DocumentChange[],
    writer: Transaction | undefined,
  ): Set<Transaction> {
    const against = new Set<Transaction>();
    if (this.#holders.size > 0) {
      for (const name of names) for (const holder of this.#holders.get(name) ?? []) against.add(holder);
    }
    for (const holder of this.#queries) {
      if (holder.lockedQueries.some((query) => changes.some((change) => affects(change, query)))) {
        against.add(holder);
      }
    }
    if (writer !== undefined) against.delete(writer);
    return against;
  }
}

/** Whether a change touches the results of a query, before it or after. */
export function affects({ before, after }: DocumentChange, query: Query): boolean {
  return (
    (before !== undefined && matchesQuery(before, query)) ||
    (after !== undefined && matchesQuery(after, query))
  );
}
