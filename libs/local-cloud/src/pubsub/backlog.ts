import { Consumer, Entry, Lane } from './delivery.ts';
import type { ConsumerLimits, Timed } from './delivery.ts';
import { Fifo } from './fifo.ts';
import { Heap } from './heap.ts';
import type { Message } from './message.ts';

/** What of a subscription's configuration governs delivery. Times in microseconds. */
export interface DeliveryPolicy {
  readonly isOrdered: boolean;
  /** Acknowledgements of one key must come in order, and are final. */
  readonly isExactlyOnce: boolean;
  readonly ackDeadline: number;
  /** How long an unacknowledged message is kept. */
  readonly retention: number;
  /** Without it, what failed is redelivered at once. */
  readonly backoff: { readonly minimum: number; readonly maximum: number } | undefined;
  /** Attempts after which a message goes to the dead-letter topic. */
  readonly maxAttempts: number | undefined;
}

/** How a backlog tells its surroundings what happened to it. */
export interface BacklogEvents {
  readonly timers: Heap<Timed>;
  nextAckId(message: Message): string;
  /** The message is owed no more, for the reason of an acknowledgement or a dead letter. */
  settled(message: Message): void;
  /** Says whether the message went to the dead-letter topic; if not, it is redelivered. */
  exhausted(message: Message, attempts: number): boolean;
  /** There may be something to deliver now. */
  changed(): void;
  /** A stream was ended or a Pull has its answer: what is in its batch. */
  closed(consumer: Consumer): void;
}

/**
 * The unacknowledged messages of one subscription and who has them.
 *
 * What was returned goes before what was never delivered, each in publish order. Of an ordered subscription, the
 * messages of one key go to one consumer at a time, in order; when one fails, it and all later ones of its key are
 * delivered again, acknowledged or not. A closed consumer's leases run on until they expire.
 */
export class Backlog {
  /** The subscription's. */
  readonly name: string;
  policy: DeliveryPolicy;
  readonly #events: BacklogEvents;
  /** In publish order. */
  readonly #unsettled = new Map<number, Entry>();
  readonly #leased = new Map<string, Entry>();
  readonly #queue = new Fifo<Entry>();
  /** Without an ordering key, failed, to be delivered again. */
  readonly #returned = new Heap<Entry>((a, b) => a.order < b.order);
  readonly #lanes = new Map<string, Lane>();
  /** Lanes with waiting messages and no consumer. */
  readonly #ready = new Fifo<Lane>();
  readonly #consumers: Consumer[] = [];
  #turn = 0;

  constructor(name: string, policy: DeliveryPolicy, events: BacklogEvents) {
    this.name = name;
    this.policy = policy;
    this.#events = events;
  }

  /** The messages still owed, in publish order. */
  *messages(): Iterable<Message> {
    for (const { message } of this.#unsettled.values()) yield message;
  }

  /** A copy. */
  get consumers(): Consumer[] {
    return [...this.#consumers];
  }

  add(message: Message): void {
    this.#dropOverdue(message.publishedAt);
    const entry = new Entry(this, message);
    this.#unsettled.set(message.seq, entry);
    this.#queue.push(entry);
    this.#events.changed();
  }

  open(kind: 'stream' | 'pull', id: number, limits: ConsumerLimits): Consumer {
    const consumer = new Consumer(kind, id, this, limits);
    this.#consumers.push(consumer);
    this.#events.changed();
    return consumer;
  }

  close(consumer: Consumer): void {
    if (!consumer.isOpen) return;
    consumer.isOpen = false;
    this.#events.timers.remove(consumer);
    this.#consumers.splice(this.#consumers.indexOf(consumer), 1);
    for (let lane = consumer.parked.shift(); lane !== undefined; lane = consumer.parked.shift()) {
      lane.state = 'idle';
      this.#settleLane(lane);
    }
    this.#events.closed(consumer);
    this.#events.changed();
  }

  setWritable(consumer: Consumer, isWritable: boolean): void {
    consumer.isWritable = isWritable;
    this.#events.changed();
  }

  /**
   * `invalid`: the ack id is not that of a current lease; the message was acknowledged, or is to be delivered again.
   * `unordered`: delivery is exactly once, and an earlier message of the key is not acknowledged yet.
   */
  acknowledge(ackId: string): 'done' | 'invalid' | 'unordered' {
    const entry = this.#leased.get(ackId);
    if (entry === undefined) return 'invalid';
    const isFirst = entry.lane === undefined || entry.lane.inFlight.peek() === entry;
    if (this.policy.isExactlyOnce && !isFirst) return 'unordered';
    this.#release(entry);
    if (entry.lane === undefined) this.#settle(entry);
    else this.#acknowledgeInLane(entry, entry.lane);
    return 'done';
  }

  /** Moves the end of a lease to `micros` from now; 0 is a nack. False when there is no such lease. */
  extend(ackId: string, micros: number, now: number): boolean {
    const entry = this.#leased.get(ackId);
    if (entry === undefined) return false;
    const until = now + micros;
    if (micros === 0) this.#fail(entry, now);
    else if (until >= entry.at) entry.leaseUntil = until;
    else this.#lease(entry, until);
    return true;
  }

  /** A lease ran out, unless it was put off meanwhile, or a back-off is over. */
  expire(entry: Entry, now: number): void {
    if (entry.ackId === undefined) this.#giveBack(entry);
    else if (entry.leaseUntil > now) this.#lease(entry, entry.leaseUntil);
    else this.#fail(entry, now);
  }

  endBackoff(lane: Lane): void {
    lane.state = 'idle';
    this.#settleLane(lane);
    this.#events.changed();
  }

  /** Delivers `messages`, given in publish order, anew and nothing else, whoever has what now. */
  replace(messages: readonly Message[]): void {
    this.clear();
    for (const message of messages) this.add(message);
  }

  clear(): void {
    for (const entry of this.#unsettled.values()) {
      this.#release(entry);
      this.#events.timers.remove(entry);
      this.#returned.remove(entry);
    }
    for (const lane of this.#lanes.values()) this.#events.timers.remove(lane);
    for (const consumer of this.#consumers) consumer.parked.clear();
    this.#unsettled.clear();
    this.#lanes.clear();
    this.#ready.clear();
    this.#queue.clear();
  }

  /** Fills the consumers' batches with what may be delivered now. */
  pump(now: number): void {
    for (const consumer of this.#consumers) {
      while (consumer.hasRoom) {
        const lane = consumer.parked.shift();
        if (lane === undefined) break;
        this.#serve(lane, consumer, now);
      }
    }
    while (this.#ready.length > 0) {
      const consumer = this.#nextConsumer();
      if (consumer === undefined) return;
      const lane = this.#ready.shift();
      if (lane !== undefined) this.#serve(lane, consumer, now);
    }
    while (this.#returned.size > 0) {
      const consumer = this.#nextConsumer();
      if (consumer === undefined) return;
      const entry = this.#returned.take();
      if (entry !== undefined) this.#deliver(entry, consumer, now);
    }
    for (let entry = this.#queue.peek(); entry !== undefined; entry = this.#queue.peek()) {
      if (!this.#deliverFirst(entry, now)) return;
      this.#queue.shift();
    }
  }

  /** The queue's first message to a consumer or, when only its key must wait, to its lane. False: no one has room. */
  #deliverFirst(entry: Entry, now: number): boolean {
    const key = this.policy.isOrdered ? entry.message.orderingKey : '';
    const lane = this.#lanes.get(key);
    const mustWait =
      lane !== undefined && (lane.state !== 'idle' || (lane.consumer && !lane.consumer.hasRoom));
    if (mustWait) {
      entry.lane = lane;
      lane.waiting.push(entry);
      this.#settleLane(lane);
      return true;
    }
    const consumer = lane?.consumer ?? this.#nextConsumer();
    if (consumer === undefined) return false;
    if (key !== '') {
      entry.lane = lane ?? new Lane(this, key);
      this.#lanes.set(key, entry.lane);
      entry.lane.consumer = consumer;
    }
    this.#deliver(entry, consumer, now);
    if (entry.lane !== undefined) this.#settleLane(entry.lane);
    return true;
  }

  #serve(lane: Lane, consumer: Consumer, now: number): void {
    lane.state = 'idle';
    lane.consumer = consumer;
    while (consumer.hasRoom) {
      const entry = lane.waiting.shift();
      if (entry === undefined) break;
      this.#deliver(entry, consumer, now);
    }
    this.#settleLane(lane);
  }

  #deliver(entry: Entry, consumer: Consumer, now: number): void {
    const { message } = entry;
    if (this.#isOverdue(entry, now)) {
      this.#unsettled.delete(message.seq);
      return;
    }
    const ackId = this.#events.nextAckId(message);
    entry.ackId = ackId;
    entry.consumer = consumer;
    entry.lane?.inFlight.push(entry);
    this.#leased.set(ackId, entry);
    this.#lease(entry, now + consumer.ackDeadline);
    const attempt = this.policy.maxAttempts === undefined ? 0 : entry.failures + 1;
    consumer.add({ ackId, wire: message.wire, attempt });
  }

  #isOverdue({ message }: Entry, now: number): boolean {
    return message.publishedAt + this.policy.retention <= now;
  }

  /** Bounds the queue of a subscription that no one reads. */
  #dropOverdue(now: number): void {
    for (let entry = this.#queue.peek(); entry !== undefined; entry = this.#queue.peek()) {
      if (!this.#isOverdue(entry, now)) return;
      this.#queue.shift();
      this.#unsettled.delete(entry.message.seq);
    }
  }

  #release(entry: Entry): void {
    if (entry.ackId === undefined) return;
    this.#leased.delete(entry.ackId);
    this.#events.timers.remove(entry);
    entry.ackId = undefined;
    if (entry.consumer === undefined) return;
    entry.consumer.outstandingMessages--;
    entry.consumer.outstandingBytes -= entry.message.wire.length;
    entry.consumer = undefined;
    this.#events.changed();
  }

  #settle(entry: Entry): void {
    this.#unsettled.delete(entry.message.seq);
    this.#events.settled(entry.message);
  }

  /** An acknowledgement counts once everything before it in the lane is acknowledged. */
  #acknowledgeInLane(entry: Entry, lane: Lane): void {
    entry.isAcked = true;
    while (lane.inFlight.peek()?.isAcked === true) {
      const first = lane.inFlight.shift();
      if (first !== undefined) this.#settle(first);
    }
    this.#settleLane(lane);
  }

  #fail(entry: Entry, now: number): void {
    const { lane } = entry;
    if (lane === undefined) this.#release(entry);
    else this.#takeBackFrom(entry, lane);
    entry.failures++;
    const { maxAttempts } = this.policy;
    if (maxAttempts !== undefined && entry.failures >= maxAttempts) {
      if (this.#events.exhausted(entry.message, entry.failures)) {
        lane?.waiting.shift();
        this.#settle(entry);
        if (lane !== undefined) this.#settleLane(lane);
        return;
      }
    }
    const until = now + this.#backoffAfter(entry.failures);
    if (lane === undefined) {
      if (until > now) this.#await(entry, until);
      else this.#giveBack(entry);
      return;
    }
    if (until > now) this.#backOff(lane, until);
    this.#settleLane(lane);
  }

  #giveBack(entry: Entry): void {
    this.#returned.add(entry);
    this.#events.changed();
  }

  /** Everything of the lane that was delivered from `entry` on waits again. */
  #takeBackFrom(entry: Entry, lane: Lane): void {
    const taken: Entry[] = [];
    for (let last = lane.inFlight.pop(); last !== undefined; last = lane.inFlight.pop()) {
      this.#release(last);
      last.isAcked = false;
      taken.push(last);
      if (last === entry) break;
    }
    lane.waiting.unshift(taken.toReversed());
  }

  #backOff(lane: Lane, until: number): void {
    if (lane.state === 'parked') lane.consumer?.parked.remove(lane);
    this.#await(lane, lane.state === 'backingOff' ? Math.max(lane.at, until) : until);
    lane.state = 'backingOff';
  }

  /** Doubles from the minimum with every failure. */
  #backoffAfter(failures: number): number {
    const { backoff } = this.policy;
    return backoff === undefined ? 0 : Math.min(backoff.maximum, backoff.minimum * 2 ** (failures - 1));
  }

  /** Puts an idle lane where it has to wait; a lane with nothing left is forgotten. */
  #settleLane(lane: Lane): void {
    if (lane.state !== 'idle') return;
    if (lane.inFlight.length === 0) {
      if (lane.waiting.length === 0) {
        this.#lanes.delete(lane.key);
        return;
      }
      if (lane.consumer?.isOpen === false) lane.consumer = undefined;
    }
    if (lane.waiting.length === 0) return;
    if (lane.consumer === undefined) {
      lane.state = 'ready';
      this.#ready.push(lane);
    } else if (lane.consumer.isOpen) {
      lane.state = 'parked';
      lane.consumer.parked.push(lane);
    }
  }

  #lease(entry: Entry, until: number): void {
    entry.leaseUntil = until;
    this.#await(entry, until);
  }

  #await(timed: Timed, at: number): void {
    this.#events.timers.remove(timed);
    timed.at = at;
    this.#events.timers.add(timed);
  }

  /** Consumers with room take turns. */
  #nextConsumer(): Consumer | undefined {
    for (let tried = 0; tried < this.#consumers.length; tried++) {
      this.#turn = (this.#turn + 1) % this.#consumers.length;
      const consumer = this.#consumers[this.#turn];
      if (consumer?.hasRoom === true) return consumer;
    }
    return undefined;
  }
}
