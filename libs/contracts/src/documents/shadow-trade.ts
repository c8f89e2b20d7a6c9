/** `users/{uid}/shadowTradeHistory/{tradeId}`: created OPEN with the position, CLOSED once with it, there until an archive holds it. */
export type ShadowTradeDocument = ShadowTradeTerms & ({ readonly status: 'OPEN' } | ShadowTradeClose);

export interface ShadowTradeTerms {
  readonly tenantId: string;
  /** Whose; absent in what was opened before such documents moved to archives, until it is closed. */
  readonly uid?: string;
  readonly accountId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly quantity: string;
  readonly entryPrice: string;
  readonly currency: string;
  readonly broker: string;
  readonly strategy?: string;
  readonly tags?: readonly string[];
  readonly openedAt: number;
  /** The event that opened it. */
  readonly openedBy: string;
}

export interface ShadowTradeClose {
  readonly status: 'CLOSED';
  /** All that was ever entered, at its average price, and of the last fill the exit. */
  readonly quantity: string;
  readonly entryPrice: string;
  readonly exitPrice: string;
  /** Of its whole life, before fees and funding. */
  readonly realizedPnl: string;
  /** Paid, by currency. */
  readonly fees: Readonly<Record<string, string>>;
  readonly funding: string;
  readonly reason: string;
  readonly closedAt: number;
  /** The event that closed it. */
  readonly closedBy: string;
  /** Whose, and one of `timeShards`, by that event's id: absent in what was closed before. */
  readonly uid?: string;
  readonly shard?: number;
}

/** One that an archive may hold. */
export type ClosedTradeDocument = ShadowTradeTerms &
  ShadowTradeClose & { readonly uid: string; readonly shard: number };
