import type { HealthPlace } from '../events/scope-event.ts';
import type { SymbolHealth } from '../frames/frame.ts';

/** `ops_symbols/{symbol}`: whether its ticks fire anything, committed with the event that says so. */
export interface SymbolDocument {
  readonly symbol: string;
  /** Paused unless healthy. */
  readonly health: SymbolHealth;
  readonly reason: string;
  /** Epoch milliseconds, on the axis of exchange times. */
  readonly since: number;
  readonly place: HealthPlace;
  /** The entry of the system's journal that set it. */
  readonly seq: number;
}
