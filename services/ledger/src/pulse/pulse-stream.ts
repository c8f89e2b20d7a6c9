import type { PulseView } from '@bellwether/contracts';
import type { PulseSelection } from './pulse-views.ts';

/** Somebody who looks at the pulse, at their own pace. */
export interface PulseSubscription {
  /**
   * What the latest pulse says, as soon as there is one that it has not told: however slow the subscriber, nothing waits for it but
   * the latest. `undefined` once it is closed, and of what is not known.
   */
  next(): Promise<PulseView | undefined>;
  close(): void;
}

export class TooManySubscribersError extends Error {
  override readonly name = 'TooManySubscribersError';
}

const mostSubscribers = 256;

/** Tells subscribers of pulses. A view is made when somebody takes it; a pulse costs as much as there are subscribers that wait. */
export class PulseStream {
  readonly #view: (selection: PulseSelection) => PulseView | undefined;
  readonly #subscribers = new Set<Subscriber>();
  #pulses = 0;

  /** @param view what the latest pulse says. */
  constructor(view: (selection: PulseSelection) => PulseView | undefined) {
    this.#view = view;
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  /** There is something new. */
  pulsed(): void {
    this.#pulses += 1;
    for (const subscriber of this.#subscribers) subscriber.wake();
  }

  /** @throws TooManySubscribersError */
  subscribe(selection: PulseSelection): PulseSubscription {
    if (this.#subscribers.size >= mostSubscribers)
      throw new TooManySubscribersError(`${mostSubscribers} subscribers look at the pulse already`);
    const subscriber = new Subscriber(
      () => this.#pulses,
      () => this.#view(selection),
      () => this.#subscribers.delete(subscriber),
    );
    this.#subscribers.add(subscriber);
    return subscriber;
  }

  close(): void {
    for (const subscriber of this.#subscribers) subscriber.close();
  }
}

class Subscriber implements PulseSubscription {
  readonly #pulses: () => number;
  readonly #view: () => PulseView | undefined;
  readonly #onClose: () => void;
  #told = 0;
  #isClosed = false;
  #waiting: PromiseWithResolvers<void> | undefined;

  constructor(pulses: () => number, view: () => PulseView | undefined, onClose: () => void) {
    this.#pulses = pulses;
    this.#view = view;
    this.#onClose = onClose;
  }

  async next(): Promise<PulseView | undefined> {
    while (!this.#isClosed && this.#told === this.#pulses()) {
      this.#waiting ??= Promise.withResolvers<void>();
      await this.#waiting.promise;
    }
    if (this.#isClosed) return undefined;
    this.#told = this.#pulses();
    return this.#view();
  }

  wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.wake();
    this.#onClose();
  }
}
