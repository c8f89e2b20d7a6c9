import type { BrokerDifference, TradingHold, TradingState } from '@bellwether/domain';

/** `users/{uid}/status/trading`: a projection, written with the commits that switch trading. */
export interface TradingStatusDocument {
  readonly tenantId: string;
  readonly uid: string;
  /** By account id. */
  readonly accounts: Readonly<
    Record<
      string,
      {
        readonly trading: TradingState;
        readonly holds: readonly TradingHold[];
        /** The journal sequence that last switched it. */
        readonly version: number;
        readonly changedAt: number;
      }
    >
  >;
}

/** `users/{uid}/status/broker`: a projection, written with the commits that find or settle a difference. */
export interface BrokerStatusDocument {
  readonly tenantId: string;
  readonly uid: string;
  /** By account id. */
  readonly accounts: Readonly<
    Record<
      string,
      {
        /** Where the account and its broker do not agree now. */
        readonly differences: readonly BrokerDifference[];
        /** The journal sequence that last changed them. */
        readonly version: number;
        readonly changedAt: number;
      }
    >
  >;
}
