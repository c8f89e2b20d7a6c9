import {
  type AccountDocument,
  type AlarmDocument,
  type AlertRuleDocument,
  type ArchiveDocument,
  type BatchPerformanceDocument,
  type BrokerStatusDocument,
  type ChannelDocument,
  type CollectionName,
  type CommandRecord,
  type CreditTransactionDocument,
  type CreditsBalanceDocument,
  type DeadLetterActionDocument,
  type DeliveryDocument,
  type FeedDocument,
  type GapDocument,
  type HistoryGapDocument,
  type HistoryProjection,
  type HistoryStreamDocument,
  type HistoryTicksDocument,
  type LedgerEntryDocument,
  type LedgerProjection,
  type LedgerSumsDocument,
  type LedgerTradeDocument,
  type MembershipDocument,
  type OrderDocument,
  type OutboxPointer,
  type PositionDocument,
  type PulseSnapshotDocument,
  type QuarantineDocument,
  type ScopeCommit,
  type ScopeHeadDocument,
  type ScopePointer,
  type ScopeTradingDocument,
  type SealedChannelDocument,
  type ShadowTradeDocument,
  type ShardDocument,
  type SignalDocument,
  type SummaryDocument,
  type SymbolDocument,
  type TemplateDocument,
  type TenantDocument,
  type TradingStatusDocument,
  type TriggerDocument,
  type UserDocument,
  type WriteRatesDocument,
  Commit,
  collections,
  currentAccount,
  currentPosition,
  currentTrigger,
} from '@bellwether/contracts';
import type { Instrument } from '@bellwether/domain';
import type { Firestore } from '@google-cloud/firestore';
import { ImmutableRepository, Repository } from './repository.ts';

/** What each collection holds. */
export interface CollectionDocuments {
  readonly tenants: TenantDocument;
  readonly memberships: MembershipDocument;
  readonly users: UserDocument;
  readonly accounts: AccountDocument;
  readonly journal: Commit;
  readonly commands: CommandRecord;
  readonly ledgerProjections: LedgerProjection;
  readonly historyProjections: HistoryProjection;
  readonly pulseSnapshots: PulseSnapshotDocument;
  readonly tradingStatus: TradingStatusDocument;
  readonly brokerStatus: BrokerStatusDocument;
  readonly creditsBalance: CreditsBalanceDocument;
  readonly creditTransactions: CreditTransactionDocument;
  readonly openPositions: PositionDocument;
  readonly tradeTriggers: TriggerDocument;
  readonly orders: OrderDocument;
  readonly signals: SignalDocument;
  readonly shadowTradeHistory: ShadowTradeDocument;
  readonly ledgerTrades: LedgerTradeDocument;
  readonly ledgerSums: LedgerSumsDocument;
  readonly archives: ArchiveDocument;
  readonly ledgerEntries: LedgerEntryDocument;
  readonly channels: ChannelDocument | SealedChannelDocument;
  readonly rules: AlertRuleDocument;
  readonly templates: TemplateDocument;
  readonly summaries: SummaryDocument;
  readonly deliveries: DeliveryDocument;
  readonly outbox: OutboxPointer | ScopePointer;
  readonly systemTrading: ScopeTradingDocument;
  readonly systemSafety: ScopeHeadDocument;
  readonly systemSafetyJournal: ScopeCommit;
  readonly systemSafetyCommands: CommandRecord;
  readonly tenantTrading: ScopeTradingDocument;
  readonly tenantSafety: ScopeHeadDocument;
  readonly tenantSafetyJournal: ScopeCommit;
  readonly tenantSafetyCommands: CommandRecord;
  readonly userTrading: ScopeTradingDocument;
  readonly userSafety: ScopeHeadDocument;
  readonly userSafetyJournal: ScopeCommit;
  readonly userSafetyCommands: CommandRecord;
  readonly instruments: Instrument;
  readonly symbols: SymbolDocument;
  readonly executorShards: ShardDocument;
  readonly feeds: FeedDocument;
  readonly gaps: GapDocument | HistoryGapDocument;
  readonly historyStreams: HistoryStreamDocument | HistoryTicksDocument | HistoryProjection;
  readonly alarms: AlarmDocument;
  readonly batchPerformance: BatchPerformanceDocument;
  readonly writeRates: WriteRatesDocument;
  readonly quarantine: QuarantineDocument;
  readonly deadLetterActions: DeadLetterActionDocument;
}

type Immutable = {
  [Name in CollectionName]: (typeof collections)[Name]['isImmutable'] extends true ? Name : never;
}[CollectionName];

/** One repository for each collection: of those that are immutable, one that changes nothing. */
export type Repositories = {
  readonly [Name in CollectionName]: Name extends Immutable
    ? ImmutableRepository<CollectionDocuments[Name]>
    : Repository<CollectionDocuments[Name]>;
};

export function repositoriesOf(firestore: Firestore): Repositories {
  const repositories = Object.entries(collections).map(([name, { isImmutable }]) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of an object that nothing extends
    const collection = name as CollectionName;
    const kind = isImmutable ? ImmutableRepository : Repository;
    return [name, new kind(firestore, collection, inShape.get(collection))];
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one entry for each name, of the kind it says
  return Object.fromEntries(repositories) as Repositories;
}

/** Documents in today's shape, whichever they were written in, where there was another. */
const inShape = new Map<CollectionName, (stored: never) => object>([
  ['accounts', currentAccount],
  ['openPositions', currentPosition],
  ['tradeTriggers', currentTrigger],
  ['journal', (stored: unknown) => Commit.parse(stored)],
]);
