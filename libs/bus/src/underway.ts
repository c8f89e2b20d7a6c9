/**
 * What a handler returns whose message has to wait for something: it is acknowledged when `done` resolves and refused
 * when it rejects, as if the handler had awaited it. But Nest's part is over, so that a message which waits takes a
 * fifth of the memory: for those that wait by the thousand.
 */
export class Underway {
  readonly done: Promise<unknown>;
  /** Resolves, whatever becomes of `done`: heard from the start, no rejection of it is unheard until Nest's part is over. */
  readonly over: Promise<Failure | undefined>;

  constructor(done: Promise<unknown>) {
    this.done = done;
    this.over = done.then(withoutFailure, failureOf);
  }
}

/** What a handler threw. */
export class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

function withoutFailure(): undefined {
  return undefined;
}

function failureOf(error: unknown): Failure {
  return new Failure(error);
}
