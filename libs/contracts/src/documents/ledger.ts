/** `users/{uid}/accounts/{accountId}/projections/ledger`. */
export interface LedgerProjection {
  /** The last journal sequence that is booked. */
  readonly watermark: number;
  readonly entries: number;
  readonly trades: number;
  /** Decimal text by `{ledger account}|{currency}`: the sums of all postings. */
  readonly balances: Readonly<Record<string, string>>;
  /**
   * What trades came to by day, and by symbol, strategy and tag, as far as no `ledger_sums` holds it: text as the ledger writes
   * it. Absent where trades were booked before there were sums.
   */
  readonly sums?: string;
}

/** `tenants/{t}/ledger_sums/{eventId}`: what trades of an account that were booked one after the other came to. */
export interface LedgerSumsDocument {
  /** The last of them. */
  readonly eventId: string;
  readonly accountId: string;
  readonly uid: string;
  /** One of `timeShards`, by the event's id. */
  readonly shard: number;
  /** The starts of the first and the last day of theirs, UTC, epoch milliseconds. */
  readonly fromAt: number;
  readonly toAt: number;
  /** As in the projection. */
  readonly sums: string;
}

/** `tenants/{t}/ledger_entries/{eventId}`: immutable. */
export interface LedgerEntryDocument {
  readonly eventId: string;
  readonly accountId: string;
  readonly uid: string;
  readonly seq: number;
  readonly kind: string;
  /** The event whose entry a reversal takes back. */
  readonly reverses?: string;
  /** Absent where no position is concerned. */
  readonly positionId?: string;
  readonly postings: readonly { ledgerAccount: string; currency: string; amount: string }[];
  readonly at: number;
}

/** `tenants/{t}/ledger_trades/{eventId}`: one per fill, immutable. */
export interface LedgerTradeDocument {
  /** The fill's. */
  readonly eventId: string;
  /** The event that its ledger entry books. */
  readonly bookedAs: string;
  /** One of `timeShards`, by the event's id. */
  readonly shard: number;
  readonly accountId: string;
  readonly uid: string;
  readonly seq: number;
  readonly positionId: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly positionSide: 'long' | 'short';
  /** What it did to its position. */
  readonly effect: 'open' | 'increase' | 'reduce' | 'close';
  readonly quantity: string;
  readonly price: string;
  /** The settlement currency. */
  readonly currency: string;
  /** What the account received, before the fee; negative: paid. */
  readonly proceeds: string;
  readonly fee: string;
  readonly feeCurrency: string;
  /** Before fees; zero for what enters. */
  readonly realizedPnl: string;
  /** Why it was closed or reduced. */
  readonly reason?: string;
  readonly strategy?: string;
  readonly tags?: readonly string[];
  readonly broker: string;
  /** Epoch milliseconds: the deciding tick's exchange time, the command's where it takes an older price, or the broker's. */
  readonly tradedAt: number;
}

/** `tenants/{t}/archives/{id}`: a file of trades, or of closed positions, that are not in Firestore any more, once it is `done`. */
export interface ArchiveDocument {
  readonly archiveId: string;
  readonly tenantId: string;
  /** Of what documents: absent of trades, `positions` of closed ones of `shadowTradeHistory`. */
  readonly kind?: 'positions';
  /** Its name where archives lie. */
  readonly file: string;
  /**
   * `writing`: the file may not be whole, and nothing of it is deleted. `verified`: it was read back and is what was stored; its documents
   * are being deleted. `done`: they are.
   */
  readonly state: 'writing' | 'verified' | 'done';
  /** Between its first and its last trade or close, epoch milliseconds. */
  readonly fromAt: number;
  readonly toAt: number;
  readonly createdAt: number;
  /** From `verified` on: how long the file is, and SHA-256 over it, hex. */
  readonly bytes?: number;
  readonly sha256?: string;
  /** How many rows it holds, and exact sums over them by currency: of positions, P&L and fees. */
  readonly sums?: {
    readonly rows: number;
    readonly proceeds: Readonly<Record<string, string>>;
    readonly realizedPnl: Readonly<Record<string, string>>;
    readonly fees: Readonly<Record<string, string>>;
  };
  readonly verifiedAt?: number;
  readonly finishedAt?: number;
}
