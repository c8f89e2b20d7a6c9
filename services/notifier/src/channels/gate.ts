import type { Outcome } from './outcome.ts';

/** What stands before a provider that knows many channels as one: it says whose turn it is. */
export interface Gate {
  /** Resolves when the tenant may send one request, or when the signal is raised. */
  turn(tenant: string, signal: AbortSignal): Promise<void>;
  /** Takes note of what a request came to. */
  note(outcome: Outcome): void;
  /** Epoch milliseconds before which nobody is let through. */
  readonly closedUntil: number;
}

/** Of providers to whom channels have nothing in common. */
export const openGate: Gate = {
  turn: async () => Promise.resolve(),
  note: () => undefined,
  closedUntil: 0,
};
