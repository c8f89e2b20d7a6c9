import type { Clock } from '@bellwether/domain';
import { setImmediate as turn } from 'node:timers/promises';
import type { Pause } from '../pause.ts';

/** A clock that stands still until everything that can run has run, and then goes to the next moment that is waited for. */
export class VirtualTime implements Clock {
  #now = 1_000_000;
  #waiting: { readonly at: number; readonly go: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  readonly pause: Pause = async (milliseconds, signal) => {
    if (signal?.aborted === true) return;
    await new Promise<void>((go) => {
      this.#waiting.push({ at: this.#now + milliseconds, go });
      signal?.addEventListener('abort', () => go(), { once: true });
    });
  };

  /** Lets things happen until `isDone`, or until nothing is waited for. @throws Error when they do not end. */
  async run(isDone: () => boolean = () => false): Promise<void> {
    for (let moments = 0; moments < 5_000; moments += 1) {
      await turn();
      if (isDone()) return;
      const [next] = this.#waiting.toSorted((a, b) => a.at - b.at);
      if (next === undefined) return;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.go();
    }
    throw new Error('it does not come to an end');
  }
}
