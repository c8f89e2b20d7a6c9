import { groupKey, idOf, parentOf } from '../resource-name.ts';
import { Code, invalidArgument, StatusError } from '../status.ts';
import { fromTimestamp, SECOND, type Micros } from '../time.ts';
import {
  consistentAt,
  documentChanged,
  documentGone,
  existenceFilter,
  targetAdded,
  targetCurrent,
  targetRemoved,
  targetReset,
  tokenTime,
} from './messages.ts';
import { effectOf, parseTarget, refreshWindow, resultsOf, type Effect, type Target } from './target.ts';
import type { Query } from '../queries/query.ts';
import type { Outbox } from '../outbox.ts';
import type { Database } from '../storage/database.ts';
import type { Commit } from '../storage/history.ts';
import type { DocumentChange } from '../storage/store.ts';
import type { ListenRequest, Target as TargetProto } from '../protos.ts';

/** Clients give a stream up after 120 s of silence. */
const HEARTBEAT: Micros = 30 * SECOND;

interface Stream {
  readonly call: number;
  readonly targets: Map<number, Listener>;
  lastSentAt: Micros;
}

interface Listener {
  readonly stream: Stream;
  readonly id: number;
  readonly target: Target;
}

/** The open Listen streams: each change is matched only with the targets that look at its document's collection. */
export class Listeners {
  readonly #database: Database;
  readonly #outbox: Outbox;
  readonly #requireIndex: (query: Query) => void;
  readonly #streams = new Map<number, Stream>();
  /** By the name of a document, the path of a collection, or the key of a collection group. */
  readonly #watching = new Map<string, Set<Listener>>();

  constructor(database: Database, outbox: Outbox, requireIndex: (query: Query) => void) {
    this.#database = database;
    this.#outbox = outbox;
    this.#requireIndex = requireIndex;
  }

  /** A message from the client on a stream, which begins with its first. */
  receive(call: number, request: ListenRequest, now: Micros): void {
    let stream = this.#streams.get(call);
    if (stream === undefined) {
      stream = { call, targets: new Map(), lastSentAt: now };
      this.#streams.set(call, stream);
    }
    if (request.addTarget != null) this.#add(stream, request.addTarget, now);
    else if (request.removeTarget != null) this.#remove(stream, request.removeTarget);
  }

  /** The client is gone or has nothing more to say. */
  close(call: number): void {
    const stream = this.#streams.get(call);
    if (stream === undefined) return;
    for (const listener of stream.targets.values()) this.#unwatch(listener);
    this.#streams.delete(call);
  }

  /** Tells every target what a commit did to it; each stream concerned gets one consistent snapshot. */
  committed({ time, changes }: Commit): void {
    if (this.#watching.size === 0) return;
    const concerned = new Set<Stream>();
    const windows = new Set<Listener>();
    for (const change of changes) {
      const effects = new Map<Stream, [Listener, Effect][]>();
      for (const listener of this.#watchers(change.name)) {
        const effect = effectOf(listener.target, change);
        if (effect === undefined) continue;
        if (listener.target.kind === 'window') {
          windows.add(listener);
          continue;
        }
        const known = effects.get(listener.stream);
        if (known === undefined) effects.set(listener.stream, [[listener, effect]]);
        else known.push([listener, effect]);
      }
      for (const [stream, list] of effects) {
        concerned.add(stream);
        const idsOf = (wanted: Effect): number[] =>
          list.filter(([, effect]) => effect === wanted).map(([{ id }]) => id);
        this.#tell(stream, change, idsOf('shown'), idsOf('gone'), time);
      }
    }
    for (const { stream, id, target } of windows) {
      if (target.kind !== 'window') continue;
      for (const change of refreshWindow(target, this.#database)) {
        concerned.add(stream);
        this.#tellOne({ stream, id, target }, change, change.effect, time);
      }
    }
    for (const stream of concerned) this.#send(stream, consistentAt(time), time);
  }

  /** Keeps silent streams alive, and their resume tokens young. */
  tick(now: Micros): void {
    for (const stream of this.#streams.values()) {
      if (now - stream.lastSentAt < HEARTBEAT) continue;
      this.#send(stream, consistentAt(this.#database.readTime(now)), now);
    }
  }

  #add(stream: Stream, proto: TargetProto, now: Micros): void {
    const id = proto.targetId ?? 0;
    try {
      if (stream.targets.has(id)) throw invalidArgument(`Target id ${id} is already in use.`);
      const target = parseTarget(proto);
      if (target.kind !== 'documents') this.#requireIndex(target.query);
      this.#start({ stream, id, target }, proto, now);
    } catch (error) {
      const cause =
        error instanceof StatusError
          ? error
          : new StatusError(Code.INTERNAL, `Listen failed: ${String(error)}`);
      this.#send(stream, targetRemoved(id, cause), now);
    }
  }

  #start(listener: Listener, proto: TargetProto, now: Micros): void {
    const { stream, id, target } = listener;
    const readTime = this.#database.readTime(now);
    const since = resumeTime(proto);
    const past = since === undefined ? undefined : this.#database.pastSince(since, now);
    this.#send(stream, targetAdded(id), now);
    if (since !== undefined && past === undefined) this.#send(stream, targetReset(id), now);
    if (past === undefined) {
      const results = resultsOf(target, this.#database);
      if (target.kind === 'window') target.results = shownOf(results);
      for (const result of results) {
        this.#tellOne(listener, result, result.after === undefined ? 'gone' : 'shown', readTime);
      }
      if (results.length === 0) this.#outbox.bill('reads', 1);
    } else if (target.kind === 'window') {
      target.results = shownOf(resultsOf(target, this.#database, past));
      for (const change of refreshWindow(target, this.#database)) {
        this.#tellOne(listener, change, change.effect, readTime);
      }
    } else {
      for (const [name, before] of past) {
        const change = { name, before, after: this.#database.get(name) };
        this.#tellOne(listener, change, effectOf(target, change), readTime);
      }
    }
    if (past !== undefined) this.#send(stream, existenceFilter(id, countOf(target, this.#database)), now);
    if (proto.once !== true) this.#watch(listener);
    this.#send(stream, targetCurrent(id, readTime), now);
    this.#send(stream, consistentAt(readTime), now);
    if (proto.once === true) this.#send(stream, targetRemoved(id), now);
  }

  #watch(listener: Listener): void {
    listener.stream.targets.set(listener.id, listener);
    for (const key of keysOf(listener.target)) {
      const listeners = this.#watching.get(key);
      if (listeners === undefined) this.#watching.set(key, new Set([listener]));
      else listeners.add(listener);
    }
  }

  #remove(stream: Stream, id: number): void {
    const listener = stream.targets.get(id);
    if (listener === undefined) return;
    this.#unwatch(listener);
    stream.targets.delete(id);
    this.#outbox.send(stream.call, targetRemoved(id));
  }

  #unwatch(listener: Listener): void {
    for (const key of keysOf(listener.target)) {
      const listeners = this.#watching.get(key);
      listeners?.delete(listener);
      if (listeners?.size === 0) this.#watching.delete(key);
    }
  }

  *#watchers(name: string): Generator<Listener, void> {
    const collection = parentOf(name);
    yield* this.#watching.get(name) ?? [];
    yield* this.#watching.get(collection) ?? [];
    yield* this.#watching.get(groupKey(name, idOf(collection))) ?? [];
  }

  #tellOne({ stream, id }: Listener, change: DocumentChange, effect: Effect, time: Micros): void {
    if (effect === 'shown') this.#tell(stream, change, [id], [], time);
    else if (effect === 'gone') this.#tell(stream, change, [], [id], time);
  }

  #tell(stream: Stream, change: DocumentChange, shown: number[], gone: number[], time: Micros): void {
    if (change.after !== undefined && shown.length > 0) {
      this.#outbox.bill('reads', 1);
      this.#send(stream, documentChanged(change.after, shown, gone), time);
    } else {
      // It left because it changed: billed like a change. What was deleted, or makes way for another, is not.
      if (change.after !== undefined && change.after !== change.before) this.#outbox.bill('reads', 1);
      this.#send(stream, documentGone(change, gone, time), time);
    }
  }

  #send(stream: Stream, bytes: Uint8Array, now: Micros): void {
    stream.lastSentAt = now;
    this.#outbox.send(stream.call, bytes);
  }
}

function resumeTime({ resumeToken, readTime }: TargetProto): Micros | undefined {
  if (resumeToken instanceof Uint8Array && resumeToken.length > 0) return tokenTime(resumeToken) ?? 0;
  return readTime == null ? undefined : fromTimestamp(readTime);
}

function shownOf(results: readonly DocumentChange[]): Map<string, NonNullable<DocumentChange['after']>> {
  return new Map(results.flatMap(({ name, after }) => (after === undefined ? [] : [[name, after]])));
}

/** How many existing documents a target shows. */
function countOf(target: Target, database: Database): number {
  return resultsOf(target, database).filter(({ after }) => after !== undefined).length;
}

function keysOf(target: Target): readonly string[] {
  if (target.kind === 'documents') return target.names;
  const { scope } = target.query;
  if (scope.kind === 'descendants') return [];
  return [scope.kind === 'group' ? scope.key : scope.path];
}
