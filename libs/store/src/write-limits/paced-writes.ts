import type { Clock } from '@bellwether/domain';
import type { Logger } from '@bellwether/observability';
import type { Firestore, WriteResult } from '@google-cloud/firestore';
import { DocumentBatch } from '../documents/document-batch.ts';
import { type BulkWrites, type CommitPace, type WriteOrigin, WritesShedError } from './bulk-writes.ts';
import { type BreakerChange, CircuitBreaker, type WriteAnswer } from './circuit-breaker.ts';
import type { WriteProfile } from './profiles.ts';
import { type PacedPriority, type PacedRequest, WriteLimiter } from './write-limiter.ts';
import type { WriteCounters } from './write-counters.ts';

interface Request extends PacedRequest {
  readonly uid: string | undefined;
  readonly admit: () => void;
  readonly refuse: (reason: WritesShedError['reason']) => void;
}

const defaultPatienceMs = 60_000;
const mostWaiting = 10_000;

export interface PacedWritesParts {
  readonly firestore: Firestore;
  /** Without one nothing waits and nothing is shed. */
  readonly profile: WriteProfile | undefined;
  readonly clock: Clock;
  /** A random number, at least 0 and less than 1. */
  readonly draw: () => number;
  readonly logger: Logger;
  readonly counters: WriteCounters;
}

/**
 * The write limiter and the circuit breaker of a process at work. While the breaker is open, background work waits
 * for as long as its patience lasts, and commands are refused; executions are only counted.
 */
export class PacedWrites implements BulkWrites, CommitPace {
  readonly #firestore: Firestore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #counters: WriteCounters;
  readonly #profile: WriteProfile | undefined;
  readonly #limiter: WriteLimiter<Request> | undefined;
  readonly #breaker: CircuitBreaker | undefined;
  readonly #waiting = new Set<Request>();
  #timer: NodeJS.Timeout | undefined;
  #nextProbeAt = -Infinity;
  #isClosed = false;

  constructor({ firestore, profile, clock, draw, logger, counters }: PacedWritesParts) {
    this.#firestore = firestore;
    this.#clock = clock;
    this.#logger = logger;
    this.#counters = counters;
    this.#profile = profile;
    this.#limiter = profile === undefined ? undefined : new WriteLimiter(profile, draw);
    this.#breaker = profile === undefined ? undefined : new CircuitBreaker(profile.coolDownMs);
  }

  async write(origin: WriteOrigin, fill: (batch: DocumentBatch) => void): Promise<readonly WriteResult[]> {
    const batch = new DocumentBatch(this.#firestore);
    fill(batch);
    if (batch.paths.length === 0) return [];
    await this.admit(origin, batch.paths);
    return batch.commit();
  }

  async admit(origin: WriteOrigin, documents: readonly string[]): Promise<void> {
    if (this.#limiter === undefined) {
      this.#counters.admitted(origin, documents.length, 0);
      return;
    }
    const offeredAt = this.#clock.now();
    try {
      await this.#turn(this.#limiter, origin, documents);
    } catch (error) {
      this.#counters.shed(origin);
      throw error;
    }
    this.#counters.admitted(origin, documents.length, this.#clock.now() - offeredAt);
  }

  count(origin: Omit<WriteOrigin, 'priority'>, documents: readonly string[]): void {
    this.#limiter?.count(documents, this.#clock.now());
    this.#counters.executed(origin, documents.length);
  }

  /** What was written in bulk since the start, what waits, and what is held back. */
  get performance(): ReturnType<WriteCounters['performance']> {
    return this.#counters.performance();
  }

  /** Writes of the last second, executions included; 0 without a profile, where nobody counts. */
  get rate(): number {
    return this.#limiter?.rate(this.#clock.now()) ?? 0;
  }

  /** Firestore answered a write of this process. */
  answered(answer: WriteAnswer): void {
    if (this.#breaker === undefined) return;
    if (answer.isExhausted) this.#counters.exhausted();
    const now = this.#clock.now();
    this.#advance(now);
    const change = this.#breaker.answered(answer, now);
    if (change === undefined) return;
    this.#tell(change);
    if (!this.#breaker.allows('command')) this.#refuseAll('overloaded', 'command');
    this.#pump();
  }

  /** What waits is refused, and so is what comes. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#refuseAll('closed');
  }

  async #turn(
    limiter: WriteLimiter<Request>,
    { tenant, uid, priority, patienceMs = defaultPatienceMs }: WriteOrigin,
    documents: readonly string[],
  ): Promise<void> {
    if (this.#isClosed) throw new WritesShedError('closed');
    if (limiter.waiting >= mostWaiting) throw new WritesShedError('tooMuchWaits');
    this.#advance(this.#clock.now());
    if (priority === 'command' && this.#breaker?.allows('command') === false)
      throw new WritesShedError('overloaded');
    const turn = Promise.withResolvers<void>();
    const request: Request = {
      tenant,
      uid,
      priority,
      documents,
      admit: turn.resolve,
      refuse: (reason) => turn.reject(new WritesShedError(reason)),
    };
    this.#waiting.add(request);
    limiter.offer(request, this.#clock.now());
    this.#pump();
    if (!this.#waiting.has(request)) {
      await turn.promise;
      return;
    }
    const patience = setTimeout(() => this.#refuse(request, 'waitedTooLong'), patienceMs);
    try {
      await turn.promise;
    } finally {
      clearTimeout(patience);
    }
  }

  /** Lets go what may go now, and comes back when more may. */
  #pump(): void {
    const limiter = this.#limiter;
    const breaker = this.#breaker;
    if (limiter === undefined || breaker === undefined || this.#isClosed) return;
    const now = this.#clock.now();
    this.#advance(now);
    const isProbing = breaker.isProbing;
    const probes = now >= this.#nextProbeAt ? 1 : 0;
    const admitted = limiter.take(now, (priority) => breaker.allows(priority), isProbing ? probes : Infinity);
    // A probe that is neither written nor refused for lack of quota says nothing: then another goes.
    if (isProbing && admitted.length > 0) this.#nextProbeAt = now + (this.#profile?.coolDownMs ?? 0);
    for (const { request } of admitted) {
      this.#waiting.delete(request);
      request.admit();
    }
    this.#counters.waits(limiter.waiting);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (limiter.waiting === 0) return;
    const probesAt = isProbing ? this.#nextProbeAt : breaker.probesAt;
    const next = [limiter.nextAt(now), probesAt].filter((time) => time !== undefined && time > now);
    const at = Math.min(...next.flatMap((time) => time ?? []));
    if (Number.isFinite(at)) this.#timer = setTimeout(() => this.#pump(), Math.ceil(at - now));
  }

  #advance(now: number): void {
    const change = this.#breaker?.advance(now);
    if (change === undefined) return;
    this.#nextProbeAt = -Infinity;
    this.#tell(change);
  }

  #refuseAll(reason: WritesShedError['reason'], priority?: PacedPriority): void {
    for (const request of this.#waiting)
      if (priority === undefined || request.priority === priority) this.#refuse(request, reason);
  }

  #refuse(request: Request, reason: WritesShedError['reason']): void {
    if (!this.#waiting.delete(request)) return;
    this.#limiter?.withdraw(request);
    this.#counters.waits(this.#waiting.size);
    request.refuse(reason);
  }

  #tell({ from, to }: BreakerChange): void {
    const waiting = this.#limiter?.waiting ?? 0;
    const fields = { from, to, waiting };
    if (to === 'closed') this.#logger.info(fields, 'Firestore takes writes again');
    else if (to === 'probing') this.#logger.info(fields, 'finding out whether Firestore takes writes again');
    else this.#logger.error(fields, 'Firestore refuses writes for lack of quota: holding work back');
    this.#counters.entered(to);
  }
}
