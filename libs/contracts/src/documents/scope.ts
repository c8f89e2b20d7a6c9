import type { TradingState } from '@bellwether/domain';
import type { ScopeRef } from '../events/scope-commit.ts';

/** `ops_safety/system`, and likewise below a tenant or a user: the head of the scope's journal. */
export interface ScopeHeadDocument {
  readonly scope: ScopeRef;
  /** The journal's last sequence. */
  readonly version: number;
  readonly headHash: string;
}

/** `ops_safety/trading`, and likewise below a tenant or a user: what the scope says about trading. */
export interface ScopeTradingDocument {
  readonly scope: ScopeRef;
  /** The entry of the scope's journal that said it. */
  readonly seq: number;
  readonly state: TradingState;
  readonly actor: string;
  readonly reason: string;
  /** When it ends by itself, epoch milliseconds. */
  readonly until?: number;
  readonly flatten?: boolean;
  /** Set when it was said, epoch milliseconds. */
  readonly since: number;
  /** In force, or not yet followed by every account: executors listen to it. */
  readonly isOpen: boolean;
  /** Not yet followed by every account. */
  readonly isSpreading: boolean;
  /** How many accounts it concerns, and how many have followed. */
  readonly accounts: number;
  readonly done: number;
  /** Who carries it into the accounts now; another goes on when the time is over. */
  readonly carrier?: { readonly name: string; readonly until: number };
  /** When the last account had followed, epoch milliseconds. */
  readonly inForceAt?: number;
}
