import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Script } from './script.fixture.ts';

type Action =
  | { readonly type: 'publish' | 'ack' | 'nack'; readonly pick: number }
  | { readonly type: 'open' | 'close'; readonly stream: number }
  | { readonly type: 'wait'; readonly seconds: number };

const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constantFrom('publish', 'publish', 'ack', 'nack'), pick: fc.nat({ max: 100 }) }),
    fc.record({ type: fc.constantFrom('open', 'close'), stream: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ type: fc.constant('wait'), seconds: fc.integer({ min: 1, max: 12 }) }),
  ),
  { maxLength: 80 },
);

/** Follows what is delivered of an ordered subscription. */
class Observer {
  readonly #script: Script;
  /** Of each key, the number of its last message. */
  readonly published = new Map<string, number>();
  readonly lastDelivered = new Map<string, number>();
  /** Messages that came before the one before them. */
  readonly early: string[] = [];
  readonly #streams = new Map<number, number>();
  #outstanding: string[] = [];
  #nextStream = 1;

  constructor(backoffSeconds: number) {
    const retryPolicy = { minimumBackoff: { seconds: backoffSeconds }, maximumBackoff: { seconds: 60 } };
    this.#script = new Script({
      enableMessageOrdering: true,
      ...(backoffSeconds > 0 ? { retryPolicy } : {}),
    });
  }

  get outstanding(): readonly string[] {
    return this.#outstanding;
  }

  act(action: Action): void {
    switch (action.type) {
      case 'publish': {
        const key = 'abc'.charAt(action.pick % 3);
        const number = (this.published.get(key) ?? 0) + 1;
        this.published.set(key, number);
        return this.#run(`publish ${key}${number}`);
      }
      case 'ack':
      case 'nack': {
        const message = this.#outstanding[action.pick % (this.#outstanding.length || 1)];
        if (message === undefined) return undefined;
        this.#outstanding = this.#outstanding.filter((other) => other !== message);
        return this.#run(`${action.type} ${message}`);
      }
      case 'open':
        if (this.#streams.has(action.stream)) return undefined;
        this.#streams.set(action.stream, this.#nextStream);
        return this.#run(`open ${this.#nextStream++} messages=4`);
      case 'close': {
        const id = this.#streams.get(action.stream);
        this.#streams.delete(action.stream);
        return id === undefined ? undefined : this.#run(`close ${id}`);
      }
      case 'wait':
        return this.#run(`wait ${action.seconds}`);
    }
  }

  #run(line: string): void {
    const delivered = this.#script.run(line);
    for (const delivery of delivered === '' ? [] : delivered.split(' ')) {
      const message = delivery.slice(delivery.indexOf(':') + 1);
      const key = message.charAt(0);
      const number = Number(message.slice(1));
      if (number > (this.lastDelivered.get(key) ?? 0) + 1) this.early.push(message);
      this.lastDelivered.set(key, number);
      this.#outstanding = [...this.#outstanding.filter((other) => other !== message), message];
    }
  }
}

describe('an ordered subscription', () => {
  it.each([0, 5])(
    'delivers each key without a gap and everything in the end, with a back-off of %i s',
    (seconds) => {
      fc.assert(
        fc.property(actions, (sequence) => {
          const observer = new Observer(seconds);
          for (const action of sequence) observer.act(action);
          for (const stream of [1, 2, 3]) observer.act({ type: 'close', stream });
          observer.act({ type: 'wait', seconds: 600 });
          observer.act({ type: 'wait', seconds: 600 });
          observer.act({ type: 'open', stream: 1 });
          for (let round = 0; round < 200 && observer.outstanding.length > 0; round++) {
            observer.act({ type: 'ack', pick: 0 });
          }
          expect(observer.early).toEqual([]);
          expect(observer.lastDelivered).toEqual(observer.published);
        }),
        { numRuns: 300 },
      );
    },
  );
});
