import type { StatusError } from './status.ts';
import type { Commit } from './storage/history.ts';

/** What a step asks the shell to do, in this order. */
export type Output =
  /** Make the commit durable before anything that follows, of this step or a later one, leaves. */
  | { readonly type: 'commit'; readonly commit: Commit }
  /** Send one encoded response message. */
  | { readonly type: 'message'; readonly call: number; readonly bytes: Uint8Array }
  /** Complete the call, with an error or without. */
  | { readonly type: 'end'; readonly call: number; readonly error?: StatusError };

/** Documents as Firestore bills them. */
export interface Billed {
  reads: number;
  writes: number;
  deletes: number;
}

/** Collects what one step puts out. */
export class Outbox {
  #outputs: Output[] = [];
  #billed: Billed = { reads: 0, writes: 0, deletes: 0 };

  commit(commit: Commit): void {
    this.#outputs.push({ type: 'commit', commit });
  }

  send(call: number, bytes: Uint8Array): void {
    this.#outputs.push({ type: 'message', call, bytes });
  }

  end(call: number, error?: StatusError): void {
    this.#outputs.push(error === undefined ? { type: 'end', call } : { type: 'end', call, error });
  }

  bill(what: keyof Billed, amount: number): void {
    this.#billed[what] += amount;
  }

  take(): { outputs: readonly Output[]; billed: Readonly<Billed> } {
    const taken = { outputs: this.#outputs, billed: this.#billed };
    this.#outputs = [];
    this.#billed = { reads: 0, writes: 0, deletes: 0 };
    return taken;
  }
}
