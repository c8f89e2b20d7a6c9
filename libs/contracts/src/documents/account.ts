import type {
  AccountSettings,
  BrokerDifference,
  CreditsState,
  RiskState,
  ScopeSeqs,
  TradingHold,
  TradingState,
} from '@bellwether/domain';

/** `users/{uid}/accounts/{accountId}`. */
export interface AccountDocument {
  /** The shape of this document; absent in the first. */
  readonly schema: 2;
  readonly tenantId: string;
  readonly uid: string;
  readonly accountId: string;
  /** The journal's last sequence. */
  readonly version: number;
  readonly headHash: string;
  readonly trading: TradingState;
  readonly holds: readonly TradingHold[];
  /** Absent before a wider scope has switched its trading. */
  readonly scopeSeqs?: ScopeSeqs;
  /** True while a hold ends by itself or closes positions: executors watch such accounts. */
  readonly hasPendingHold?: boolean;
  readonly settings: AccountSettings;
  readonly cash: Readonly<Record<string, string>>;
  /** Absent in documents of older versions. */
  readonly risk?: RiskState;
  /** Absent in documents from before accounts were compared with their brokers. */
  readonly brokerDifferences?: readonly BrokerDifference[];
  /** Absent where it never had any. */
  readonly credits?: CreditsState;
  readonly openPositionIds: readonly string[];
  readonly activeTriggerIds: readonly string[];
  readonly workingOrderIds: readonly string[];
  /** Absent in documents from before there were signals. */
  readonly activeSignalIds?: readonly string[];
}

/** `users/{uid}/accounts/{accountId}/commands/{key}`. */
export interface CommandRecord {
  readonly requestHash: string;
  readonly seq: number;
}
