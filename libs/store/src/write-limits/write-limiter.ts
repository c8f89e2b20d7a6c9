import { CollectionRamps } from './collection-ramps.ts';
import { FairQueue } from './fair-queue.ts';
import type { WriteProfile } from './profiles.ts';
import { type Counts, RateWindow, windowMs } from './rate-window.ts';
import { RecentExecutions } from './recent-executions.ts';

/** What may have to wait: commands go before background work. */
export type PacedPriority = 'command' | 'background';

/** Writes that go together: one path for each. */
export interface PacedRequest {
  readonly tenant: string;
  readonly priority: PacedPriority;
  readonly documents: readonly string[];
}

export interface Admission<Request> {
  readonly request: Request;
  readonly waitedMs: number;
}

interface Waiting<Request> {
  readonly request: Request;
  readonly counts: Counts;
  readonly offeredAt: number;
  /** Offered time and jitter. */
  readonly notBefore: number;
  /** Since when a document or a collection has no room for it, while its turn has come. */
  heldUpSince?: number;
}

/** The most by which background work waits to be apart from others. */
export const maxJitterMs = 100;

const priorities: readonly PacedPriority[] = ['command', 'background'];

/**
 * When bulk writes may go. A state machine without clock or randomness: time comes in with each call and never
 * runs backwards. What always holds:
 *
 * - what is admitted makes no second hold more writes than the profile allows: in all, to a document, and to
 *   a collection by `CollectionRamps`. Executions never wait, and count;
 * - a request that is too much for one second goes alone, and occupies the seconds that its writes would take;
 * - commands go before background work; tenants of a priority get equal shares, and what one does not use
 *   goes to the others; a tenant's requests of a priority go in the order in which they were offered;
 * - a request whose turn has come is not passed by what would take the room that it waits for;
 * - background work that is offered when more than half of the limit is used or wanted waits for up to
 *   `maxJitterMs`, so that processes that were set off together do not write together.
 */
export class WriteLimiter<Request extends PacedRequest> {
  readonly #profile: WriteProfile;
  readonly #draw: () => number;
  readonly #window = new RateWindow();
  readonly #ramps = new CollectionRamps();
  readonly #queues = { command: newQueue<Request>(), background: newQueue<Request>() };
  readonly #waitingOf = new Map<Request, Waiting<Request>>();
  readonly #executions = new RecentExecutions();
  /** Writes that wait. */
  #wanted = 0;

  /** @param draw a random number, at least 0 and less than 1. */
  constructor(profile: WriteProfile, draw: () => number) {
    this.#profile = profile;
    this.#draw = draw;
  }

  get waiting(): number {
    return this.#waitingOf.size;
  }

  /** Writes of the last second. */
  rate(now: number): number {
    this.#advance(now);
    return this.#window.sum(total);
  }

  /** Executions: they have gone or are going, whatever the limit. */
  count(documents: readonly string[], now: number): void {
    this.#executions.add({ documents, at: now });
    for (const { documents: old, at } of this.#executions.takeOld(now)) this.#noteCollections(old, at);
  }

  offer(request: Request, now: number): void {
    this.#advance(now);
    const half = this.#profile.writesPerSecond / 2;
    const load = this.#window.sum(total) + this.#wanted + request.documents.length;
    const share = request.priority === 'command' ? 0 : Math.min(1, Math.max(0, load - half) / half);
    const notBefore = now + Math.round(this.#draw() * share * maxJitterMs);
    const waiting = { request, counts: countsOf(request.documents), offeredAt: now, notBefore };
    this.#queues[request.priority].push(request.tenant, waiting);
    this.#waitingOf.set(request, waiting);
    this.#wanted += request.documents.length;
  }

  /** Takes back what waits. False when it does not. */
  withdraw(request: Request): boolean {
    const waiting = this.#waitingOf.get(request);
    if (waiting === undefined) return false;
    this.#forget(waiting);
    return this.#queues[request.priority].remove(request.tenant, waiting);
  }

  /** What may go at `now`, in the order in which it goes; of the priorities that are allowed, and at most so many. */
  take(
    now: number,
    allowed: (priority: PacedPriority) => boolean = () => true,
    most = Infinity,
  ): Admission<Request>[] {
    this.#advance(now);
    const admitted: Admission<Request>[] = [];
    const reserved = new Set<string>();
    for (const priority of priorities) {
      if (!allowed(priority)) continue;
      while (admitted.length < most) {
        const next = this.#next(this.#queues[priority], now, reserved);
        if (next === 'full') return admitted;
        if (next === undefined) break;
        this.#queues[priority].shift(next.request.tenant, next.request.documents.length);
        this.#forget(next);
        this.#record(next.counts, now, (key) => this.#limitOf(key, now));
        admitted.push({ request: next.request, waitedMs: now - next.offeredAt });
      }
    }
    return admitted;
  }

  /** When `take` may have more to give; `undefined` when nothing waits for time to pass. */
  nextAt(now: number): number | undefined {
    if (this.waiting === 0) return undefined;
    this.#advance(now);
    let next = this.#window.nextChange() ?? Infinity;
    for (const priority of priorities)
      for (const { notBefore } of this.#queues[priority].heads())
        if (notBefore > now) next = Math.min(next, notBefore);
    return next > now && Number.isFinite(next) ? next : undefined;
  }

  /** The first that may go; `full` when the one whose turn it is waits for the limit of all. */
  #next(
    queue: FairQueue<Waiting<Request>>,
    now: number,
    reserved: Set<string>,
  ): Waiting<Request> | 'full' | undefined {
    for (const item of queue.heads()) {
      if (item.notBefore > now) continue;
      const keys = [...item.counts.keys()].filter((key) => key !== total);
      const full = keys.filter((key) => reserved.has(key) || !this.#hasRoom(key, item.counts, now));
      if (full.length === 0) return this.#hasRoom(total, item.counts, now) ? item : 'full';
      item.heldUpSince ??= now;
      // When it has waited for a second, nothing else of what it needs may fill up again meanwhile.
      for (const key of now - item.heldUpSince < windowMs ? full : keys) reserved.add(key);
    }
    return undefined;
  }

  #hasRoom(key: string, counts: Counts, now: number): boolean {
    const limit = this.#limitOf(key, now);
    return this.#window.sum(key) + Math.min(counts.get(key) ?? 0, limit) <= limit;
  }

  #limitOf(key: string, now: number): number {
    if (key === total) return this.#profile.writesPerSecond;
    if (key.startsWith(inCollection)) return this.#ramps.limitOf(key.slice(inCollection.length), now);
    return this.#profile.perDocument;
  }

  /** Forgets what is a second old. Executions are entered only here: mostly nobody asks what there is room for. */
  #advance(now: number): void {
    for (const { documents, at } of this.#executions.takeAll()) {
      this.#noteCollections(documents, at);
      if (at + windowMs <= now) continue;
      this.#window.advance(at);
      this.#window.record(at, countsOf(documents), () => Infinity);
    }
    this.#window.advance(now);
  }

  #noteCollections(documents: readonly string[], at: number): void {
    for (const { collection } of runsOf(documents)) this.#ramps.note(collection, at);
  }

  #record(counts: Counts, now: number, limitOf: (key: string) => number): void {
    this.#window.record(now, counts, limitOf);
    for (const key of counts.keys())
      if (key.startsWith(inCollection)) this.#ramps.note(key.slice(inCollection.length), now);
  }

  #forget({ request }: Waiting<Request>): void {
    this.#waitingOf.delete(request);
    this.#wanted -= request.documents.length;
  }
}

const total = 'total';
const inCollection = 'in ';

function newQueue<Request>(): FairQueue<Waiting<Request>> {
  return new FairQueue();
}

function countsOf(documents: readonly string[]): Counts {
  const counts = new Map([[total, documents.length]]);
  const add = (key: string, count: number): void => void counts.set(key, (counts.get(key) ?? 0) + count);
  for (const path of documents) add(path, 1);
  for (const { collection, length } of runsOf(documents)) add(`${inCollection}${collection}`, length);
  return counts;
}

/** The collections of documents, those that follow each other in one together. */
function* runsOf(
  documents: readonly string[],
): Generator<{ readonly collection: string; readonly length: number }> {
  for (let from = 0; from < documents.length;) {
    const first = documents[from] ?? '';
    const slash = first.lastIndexOf('/');
    const collection = first.slice(0, slash);
    let to = from + 1;
    for (; to < documents.length; to += 1) {
      const path = documents[to] ?? '';
      if (path.lastIndexOf('/') !== slash || !path.startsWith(collection)) break;
    }
    yield { collection, length: to - from };
    from = to;
  }
}
