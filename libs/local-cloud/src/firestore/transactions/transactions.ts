import { StatusError, tooMuchContention, transactionExpired } from '../status.ts';
import { SECOND, type Micros } from '../time.ts';
import { LockTable } from './lock-table.ts';
import { ageOf, keyOf, newTransaction, type Transaction } from './transaction.ts';
import type { TransactionOptions } from '../protos.ts';

export interface TransactionTimes {
  /** From its beginning to its end. */
  readonly total: Micros;
  /** Between two requests. */
  readonly idle: Micros;
  /** How long a request waits for locks. */
  readonly lockWait: Micros;
}

/** Production's times; how long it waits for a lock is not documented. */
export const PRODUCTION_TIMES: TransactionTimes = {
  total: 270 * SECOND,
  idle: 60 * SECOND,
  lockWait: 10 * SECOND,
};

/** A request that may have to wait until other transactions end. */
export interface LockRequest {
  readonly call: number;
  readonly transaction: Transaction | undefined;
  /** The documents it will write; undefined for a read. */
  readonly writes: ReadonlySet<string> | undefined;
  /** Answers the request and returns true, or returns false with the transactions in its way added to `blockers`. */
  run(now: Micros, blockers: Set<Transaction>): boolean;
  fail(error: StatusError): void;
}

interface Waiting {
  readonly request: LockRequest;
  readonly deadline: Micros;
  blockers: Set<Transaction>;
}

/** The open transactions, their locks, and the requests that wait for locks in the order in which they came. */
export class Transactions {
  readonly locks = new LockTable();
  readonly #times: TransactionTimes;
  readonly #open = new Map<string, Transaction>();
  #waiting: Waiting[] = [];

  constructor(times: TransactionTimes) {
    this.#times = times;
  }

  /** A read-only transaction has a `readTime`, an optimistic one a `snapshot`; without either, it locks what it reads. */
  begin(
    options: TransactionOptions | null | undefined,
    now: Micros,
    times: { readTime?: Micros; snapshot?: Micros },
  ): Transaction {
    const retried = options?.readWrite?.retryTransaction;
    const isRetry = retried instanceof Uint8Array && retried.length > 0;
    const age = isRetry ? Math.min(now, ageOf(retried) ?? now) : now;
    const transaction = newTransaction(now, age, times);
    this.#open.set(transaction.key, transaction);
    return transaction;
  }

  /** Throws INVALID_ARGUMENT for a transaction that has ended or never was. */
  use(id: Uint8Array | string, now: Micros): Transaction {
    const key = typeof id === 'string' ? id : keyOf(id);
    const transaction = this.#open.get(key);
    if (transaction === undefined || this.#isExpired(transaction, now)) throw transactionExpired();
    transaction.lastUsedAt = now;
    return transaction;
  }

  end(transaction: Transaction): void {
    this.locks.release(transaction);
    this.#open.delete(transaction.key);
  }

  /** Ends a transaction on the client's wish; who waits for its locks goes on. */
  rollback(id: Uint8Array | string, now: Micros): void {
    this.end(this.use(id, now));
    this.#settle(now);
  }

  /** Runs the request now or, when locks are in its way, as soon as they are gone. */
  submit(request: LockRequest, now: Micros): void {
    const blockers = new Set<Transaction>();
    if (!this.#run(request, now, blockers)) {
      this.#waiting.push({ request, deadline: now + this.#times.lockWait, blockers });
    }
    this.#settle(now);
  }

  /** Whether a waiting writer came first. A transaction that holds no lock yet queues behind it. */
  mustQueue(request: LockRequest, names: Iterable<string>): boolean {
    if (this.#waiting.length === 0 || request.transaction === undefined) return false;
    if (request.transaction.lockedNames.size > 0 || request.transaction.lockedQueries.length > 0)
      return false;
    const wanted = [...names];
    for (const { request: earlier } of this.#waiting) {
      if (earlier === request) return false;
      if (earlier.writes !== undefined && wanted.some((name) => earlier.writes?.has(name))) return true;
    }
    return false;
  }

  /** Forgets a waiting request whose caller is gone. */
  cancel(call: number, now: Micros): void {
    const waiting = this.#waiting.length;
    this.#waiting = this.#waiting.filter(({ request }) => request.call !== call);
    if (this.#waiting.length < waiting) this.#settle(now);
  }

  /** Ends what is overdue. */
  tick(now: Micros): void {
    for (const transaction of this.#open.values()) {
      const isWaiting = this.#waiting.some(({ request }) => request.transaction === transaction);
      if (!isWaiting && this.#isExpired(transaction, now)) this.end(transaction);
    }
    for (const waiting of this.#waiting) if (waiting.deadline <= now) this.#abort(waiting);
    this.#settle(now);
  }

  #run(request: LockRequest, now: Micros, blockers: Set<Transaction>): boolean {
    try {
      return request.run(now, blockers);
    } catch (error) {
      request.fail(StatusError.of(error));
      return true;
    }
  }

  /** Runs every waiting request that can be run, resolves deadlocks, until nothing moves. */
  #settle(now: Micros): void {
    let hasMoved = this.#waiting.length > 0;
    while (hasMoved) {
      const ready = this.#waiting.find((waiting) => {
        waiting.blockers = new Set();
        return this.#run(waiting.request, now, waiting.blockers);
      });
      this.#waiting = this.#waiting.filter((other) => other !== ready);
      const victim = ready === undefined ? this.#youngestInDeadlock() : undefined;
      if (victim !== undefined) this.#abort(victim);
      hasMoved = ready !== undefined || victim !== undefined;
    }
  }

  #youngestInDeadlock(): Waiting | undefined {
    for (const waiting of this.#waiting) {
      const cycle = this.#cycleThrough(waiting);
      const [youngest] = cycle.toSorted((a, b) => startOf(b) - startOf(a));
      if (youngest !== undefined) return youngest;
    }
    return undefined;
  }

  /** The waiting requests that wait for each other in a circle with `start`; empty when there is none. */
  #cycleThrough(start: Waiting): Waiting[] {
    const { transaction } = start.request;
    if (transaction === undefined) return [];
    const seen = new Set<Waiting>();
    const search = (from: Waiting): Waiting[] => {
      if (from.blockers.has(transaction)) return [from];
      for (const next of this.#waiting) {
        const blocker = next.request.transaction;
        if (blocker === undefined || seen.has(next) || !from.blockers.has(blocker)) continue;
        seen.add(next);
        const path = search(next);
        if (path.length > 0) return [from, ...path];
      }
      return [];
    };
    return search(start);
  }

  #abort(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    if (waiting.request.transaction !== undefined) this.end(waiting.request.transaction);
    waiting.request.fail(tooMuchContention());
  }

  #isExpired({ startedAt, lastUsedAt }: Transaction, now: Micros): boolean {
    return now - startedAt > this.#times.total || now - lastUsedAt > this.#times.idle;
  }
}

const startOf = ({ request }: Waiting): Micros => request.transaction?.age ?? 0;
