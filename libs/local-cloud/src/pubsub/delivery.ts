import type { Backlog } from './backlog.ts';
import { Fifo } from './fifo.ts';
import type { Placed } from './heap.ts';
import type { Message } from './message.ts';
import type { Delivered } from './wire.ts';

/** One response carries at most this many messages and, but for its last message, bytes. */
const maxBatchMessages = 1000;
const maxBatchBytes = 2 * 1024 * 1024;

/** Something that awaits a moment: the end of a lease, of a back-off or of a pull. */
export interface Timed extends Placed {
  /** Epoch microseconds. */
  at: number;
  /** Decides between equal moments. */
  readonly order: number;
  fire(now: number): void;
}

export function isEarlier(a: Timed, b: Timed): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** What one subscription still owes for one message. */
export class Entry implements Timed {
  readonly message: Message;
  readonly #backlog: Backlog;
  at = 0;
  place = -1;
  /** When the lease ends, if later than `at`: a lease that is put off keeps its place among the timers. */
  leaseUntil = 0;
  /** Set once the message left the queue of its ordered subscription. */
  lane: Lane | undefined;
  /** Nacks and expired leases so far. */
  failures = 0;
  /** The current lease; an older ack id means nothing any more. */
  ackId: string | undefined;
  consumer: Consumer | undefined;
  /** Acknowledged, but kept while an earlier message of its key may yet bring it back. */
  isAcked = false;

  constructor(backlog: Backlog, message: Message) {
    this.#backlog = backlog;
    this.message = message;
  }

  get order(): number {
    return this.message.seq;
  }

  fire(now: number): void {
    this.#backlog.expire(this, now);
  }
}

/** The messages of one ordering key that left the queue, in publish order: `inFlight` before `waiting`. */
export class Lane implements Timed {
  readonly key: string;
  readonly #backlog: Backlog;
  readonly order = 0;
  readonly inFlight = new Fifo<Entry>();
  readonly waiting = new Fifo<Entry>();
  at = 0;
  place = -1;
  /** The only one that may get messages of the key while any is in flight. */
  consumer: Consumer | undefined;
  /** Where the lane waits: for any consumer, for room at its own, for the end of a back-off; idle otherwise. */
  state: 'idle' | 'ready' | 'parked' | 'backingOff' = 'idle';

  constructor(backlog: Backlog, key: string) {
    this.#backlog = backlog;
    this.key = key;
  }

  fire(): void {
    this.#backlog.endBackoff(this);
  }
}

/** A streaming pull, or one Pull, which ends with its first batch. */
export class Consumer implements Timed {
  readonly id: number;
  readonly kind: 'stream' | 'pull';
  readonly backlog: Backlog;
  readonly order = 0;
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** Microseconds. */
  ackDeadline: number;
  at = 0;
  place = -1;
  isOpen = true;
  /** False while its connection takes no more. */
  isWritable = true;
  outstandingMessages = 0;
  outstandingBytes = 0;
  /** Lanes that are this consumer's and wait for its room. */
  readonly parked = new Fifo<Lane>();
  batch: Delivered[] = [];
  #batchBytes = 0;

  constructor(kind: 'stream' | 'pull', id: number, backlog: Backlog, limits: ConsumerLimits) {
    this.kind = kind;
    this.id = id;
    this.backlog = backlog;
    this.maxMessages = limits.maxMessages;
    this.maxBytes = limits.maxBytes;
    this.ackDeadline = limits.ackDeadline;
  }

  get hasRoom(): boolean {
    return (
      this.isOpen &&
      this.isWritable &&
      this.outstandingMessages < this.maxMessages &&
      this.outstandingBytes < this.maxBytes &&
      !this.isBatchFull
    );
  }

  get isBatchFull(): boolean {
    return this.batch.length >= maxBatchMessages || this.#batchBytes >= maxBatchBytes;
  }

  add(delivered: Delivered): void {
    this.batch.push(delivered);
    this.#batchBytes += delivered.wire.length;
    this.outstandingMessages++;
    this.outstandingBytes += delivered.wire.length;
  }

  takeBatch(): Delivered[] {
    const { batch } = this;
    this.batch = [];
    this.#batchBytes = 0;
    return batch;
  }

  fire(): void {
    this.backlog.close(this);
  }
}

/** Infinity where there is no limit; `ackDeadline` in microseconds. */
export interface ConsumerLimits {
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly ackDeadline: number;
}
