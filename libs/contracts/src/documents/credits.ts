/** `users/{uid}/status/credits_balance`: a projection, written with the commits that move credits. */
export interface CreditsBalanceDocument {
  readonly tenantId: string;
  readonly uid: string;
  /** By account id. */
  readonly accounts: Readonly<
    Record<
      string,
      {
        readonly available: string;
        /** Set aside, all reservations together. */
        readonly reserved: string;
        /** The journal sequence that last moved them. */
        readonly version: number;
        readonly changedAt: number;
      }
    >
  >;
}

/** `users/{uid}/credit_transactions/{eventId}`: immutable, created in the commit of its event. */
export interface CreditTransactionDocument {
  readonly eventId: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly seq: number;
  readonly kind: 'grant' | 'reserve' | 'settle' | 'release' | 'reverse';
  readonly amount: string;
  /** What is available after it. */
  readonly balance: string;
  readonly reservationId?: string;
  /** The transaction that it takes back, a grant or what was spent. */
  readonly reverses?: string;
  /** What it was spent or set aside for; of a grant or a reversal, why and by whom. */
  readonly purpose: string;
  readonly actor?: string;
  /** When it was written, epoch milliseconds. */
  readonly changedAt: number;
}
