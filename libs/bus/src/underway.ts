/**
 * What a handler returns whose message has to wait for something: it is acknowledged when `done` resolves and refused
 * when it rejects, as if the handler had awaited it. But Nest's part is over, so that a message which waits takes a
 * fifth of the memory: for those that wait by the thousand.
 */
export class Underway {
  readonly done: Promise<unknown>;

  constructor(done: Promise<unknown>) {
    this.done = done;
    // Heard only when Nest's part is over: no rejection is unheard until then.
    done.catch(() => undefined);
  }
}
