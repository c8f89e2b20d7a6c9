import type {
  AccountEvent,
  AccountSettings,
  BrokerDifference,
  CreditsState,
  Order,
  Position,
  RiskState,
  ScopeSeqs,
  Signal,
  TickReference,
  TradingHold,
  TradingState,
  Trigger,
} from '@bellwether/domain';
import type { ScopeRef } from './events/scope-commit.ts';
import type { HealthPlace, ScopeEvent } from './events/scope-event.ts';
import type { SymbolHealth } from './frames/frame.ts';

/** What Firestore holds, as plain shapes. Amounts are decimal text, times epoch milliseconds. */

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

/** What the trigger book needs to find: the same of `openPositions/{id}`, `tradeTriggers/{id}`, `orders/{id}` and `signals/{id}`. */
export interface ArmedDocument<Details> {
  /** The shape of this document; absent in the first. */
  readonly schema: 2;
  readonly tenantId: string;
  readonly uid: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly shard: number;
  /** The journal sequence that last changed it. */
  readonly version: number;
  readonly changedAt: number;
  readonly details: Details;
}
export type PositionDocument = ArmedDocument<Position>;
export type TriggerDocument = ArmedDocument<Trigger>;
export type OrderDocument = ArmedDocument<Order>;
export type SignalDocument = ArmedDocument<Signal>;

/** `outbox/{shard}/pending/{accountId}:{seq}`: this commit is not yet known to be published. */
export interface OutboxPointer {
  readonly tenantId: string;
  readonly uid: string;
  readonly accountId: string;
  readonly seq: number;
}

/** The same of a scope larger than an account: `outbox/{shard}/pending/{scope id}:{seq}`. */
export interface ScopePointer {
  readonly scope: ScopeRef;
  readonly seq: number;
}

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
  readonly kind: 'grant' | 'reserve' | 'settle' | 'release';
  readonly amount: string;
  /** What is available after it. */
  readonly balance: string;
  readonly reservationId?: string;
  /** What it was spent or set aside for; of a grant, why and by whom. */
  readonly purpose: string;
  readonly actor?: string;
  /** When it was written, epoch milliseconds. */
  readonly changedAt: number;
}

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

/** `users/{uid}/accounts/{accountId}/commands/{key}`. */
export interface CommandRecord {
  readonly requestHash: string;
  readonly seq: number;
}

/** One point of a series of best prices: where the best price since it was seen, and what it is. */
export interface Extreme {
  readonly epoch: string;
  readonly ordinal: number;
  readonly exchangeAt: number;
  /** Decimal text. */
  readonly price: string;
}

/** `ops_shards/{shard}`: who executes the shard, and how far it has come. */
export interface ShardDocument {
  readonly owner: string;
  /** Rises with every change of owner. */
  readonly token: number;
  readonly leaseUntil: number;
  /** Absent before the first frame. */
  readonly checkpoint?: StoredShardCheckpoint;
}

/** The best prices as bytes of `encodeExtremes`; in documents of older versions as they are. */
export type StoredShardCheckpoint = Omit<ShardCheckpoint, 'extremes'> & {
  readonly extremes: Uint8Array | ShardCheckpoint['extremes'];
};

export interface ShardCheckpoint {
  readonly epoch: string;
  /** Every frame up to this number is evaluated and its commits are durable. */
  readonly frame: number;
  readonly isEpochOver: boolean;
  /** The ordinal after the last evaluated tick. */
  readonly nextOrdinal: number;
  /** The latest exchange time that was evaluated, epoch milliseconds. */
  readonly exchangeAt: number;
  /** The symbols that are paused; absent in documents of older versions. */
  readonly paused?: readonly string[];
  /** Extremes that live trailing stops, and windows of moves, still need. */
  readonly extremes: readonly SeriesExtremes[];
}

/** The best prices of one series, oldest first: of all time, or of the last `windowMs`. */
export interface SeriesExtremes {
  readonly symbol: string;
  readonly series: TickReference['series'];
  readonly direction: 'highest' | 'lowest';
  /** Absent for those that trailing stops follow. */
  readonly windowMs?: number;
  readonly points: readonly Extreme[];
}

/** `ops_feeds/{epoch}`: claimed by `create`, so that two feeds cannot share an epoch. */
export interface FeedDocument {
  readonly feed: string;
  readonly startedAt: number;
  readonly status: 'running' | 'closed';
  /** Frames and ticks published per shard name, known once it is closed; absent when the feed died. */
  readonly shards?: Readonly<Record<string, { readonly frames: number; readonly ticks: number }>>;
  /** Ticks that were not believed, per reason; kept up to date every few seconds while it runs. */
  readonly refused?: Readonly<Record<string, number>>;
  /** The first of them of each reason. */
  readonly refusedSamples?: readonly RefusedTick[];
  /** For a re-based tape: what was added to the tape's times, milliseconds. */
  readonly rebasedByMs?: number;
}

/** A tick that was not believed, as it came: numbers as text, since they may be none. */
export interface RefusedTick {
  readonly reason: string;
  readonly symbol: string;
  readonly venue: string;
  readonly kind: string;
  /** A trade's price, a quote's bid, counted in 10^-priceScale. */
  readonly first: string;
  /** A trade's size, a quote's ask. */
  readonly second: string;
  readonly priceScale: number;
  readonly exchangeAt: string;
  readonly sequence?: string;
  /** Epoch milliseconds, on the axis of exchange times. */
  readonly refusedAt: number;
}

/** `ops_gaps/{epoch}`: frames of this epoch that never come. */
export interface GapDocument {
  readonly feed: string;
  readonly epoch: string;
  /** `feedDied`: the epoch has no last frames, and its frames in flight may be missing. */
  readonly reason: 'feedDied';
  /** Epoch milliseconds. */
  readonly recordedAt: number;
}

/** `users/{uid}/accounts/{accountId}/projections/ledger`. */
export interface LedgerProjection {
  /** The last journal sequence that is booked. */
  readonly watermark: number;
  readonly entries: number;
  readonly trades: number;
  /** Decimal text by `{ledger account}|{currency}`: the sums of all postings. */
  readonly balances: Readonly<Record<string, string>>;
}

/** `tenants/{t}/ledger_entries/{eventId}`: immutable. */
export interface LedgerEntryDocument {
  readonly eventId: string;
  readonly accountId: string;
  readonly uid: string;
  readonly seq: number;
  readonly kind: string;
  /** Absent where no position is concerned. */
  readonly positionId?: string;
  readonly postings: readonly { ledgerAccount: string; currency: string; amount: string }[];
  readonly at: number;
}

/** `tenants/{t}/archives/{id}`: a file of trades that are not in Firestore any more, once it is `done`. */
export interface ArchiveDocument {
  readonly archiveId: string;
  readonly tenantId: string;
  /** Its name where archives lie. */
  readonly file: string;
  /**
   * `writing`: the file may not be whole, and nothing of it is deleted. `verified`: it was read back and is what was stored; its trades
   * are being deleted. `done`: they are.
   */
  readonly state: 'writing' | 'verified' | 'done';
  /** Between its first and its last trade, epoch milliseconds. */
  readonly fromAt: number;
  readonly toAt: number;
  readonly createdAt: number;
  /** From `verified` on: how long the file is, and SHA-256 over it, hex. */
  readonly bytes?: number;
  readonly sha256?: string;
  /** How many trades it holds, and exact sums over them by currency. */
  readonly sums?: {
    readonly rows: number;
    readonly proceeds: Readonly<Record<string, string>>;
    readonly realizedPnl: Readonly<Record<string, string>>;
    readonly fees: Readonly<Record<string, string>>;
  };
  readonly verifiedAt?: number;
  readonly finishedAt?: number;
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
  /** Epoch milliseconds: the deciding tick's exchange time, or the broker's. */
  readonly tradedAt: number;
}

/** `tenants/{t}/channels/{id}`: where a tenant's alerts go. */
export type ChannelDocument = ChannelSettings & {
  readonly status: 'active' | 'disabled';
  readonly disabledReason?: string;
};

/** By the kind of channel. */
export type ChannelSettings =
  | DiscordWebhookSettings
  | DiscordBotSettings
  | WebhookSettings
  | SlackSettings
  | TelegramSettings
  | EmailSettings;

/** The webhook's id and token, never a URL. */
export interface DiscordWebhookSettings {
  readonly kind: 'discordWebhook';
  readonly webhookId: string;
  readonly webhookToken: string;
}

/** A channel of Discord that a bot writes to. */
export interface DiscordBotSettings {
  readonly kind: 'discordBot';
  readonly channelId: string;
  readonly botToken: string;
}

/** A webhook that is signed by the rules of Standard Webhooks. */
export interface WebhookSettings {
  readonly kind: 'webhook';
  /** https, of a public host. */
  readonly url: string;
  /** `whsec_...`; each signs, so that one can take the place of another. */
  readonly secrets: readonly string[];
}

/** An incoming webhook of Slack. */
export interface SlackSettings {
  readonly kind: 'slack';
  readonly url: string;
}

export interface TelegramSettings {
  readonly kind: 'telegram';
  readonly botToken: string;
  readonly chatId: string;
}

export interface EmailSettings {
  readonly kind: 'email';
  readonly host: string;
  readonly port: number;
  /** From the first byte on, or by STARTTLS, without which nothing is sent; `none` on this machine alone. */
  readonly security: 'tls' | 'startTls' | 'none';
  readonly username?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: readonly string[];
}

/**
 * `tenants/{t}/rules/{id}`: what becomes of the alerts that match each condition it names. The first by `order`, then
 * id, decides; an alert without a rule is sent.
 */
export interface AlertRuleDocument {
  readonly order: number;
  readonly uid?: string;
  readonly eventTypes?: readonly string[];
  readonly severities?: readonly ('critical' | 'warning' | 'success' | 'info')[];
  readonly symbols?: readonly string[];
  readonly strategies?: readonly string[];
  readonly modes?: readonly ('shadow' | 'live')[];
  readonly delivery: 'on' | 'silent' | 'off';
  /** What is not critical waits for `to`, times of day `HH:MM` in an IANA time zone. */
  readonly quietHours?: { readonly from: string; readonly to: string; readonly zone: string };
  /** More alerts than `after` within so many seconds go into a digest at their end; 0 seconds: each is sent by itself. */
  readonly grouping?: { readonly seconds: number; readonly after: number };
  /**
   * Of the message that told of an opening, where the channel can edit it: `both`, it is edited when the position closes, and
   * that is told, too (the default); `edit`, it is edited alone; `none`, it stays as it is.
   */
  readonly updates?: 'both' | 'edit' | 'none';
}

/** What alerts are about that no account's journal tells of. */
export type ToldType =
  | ScopeEvent['type']
  /** A channel answered an alert so that it was disabled. */
  | 'ChannelDisabled'
  /** Somebody wants to see whether a channel takes alerts. It is the document of no delivery. */
  | 'ChannelTested'
  /** A digest: many alerts in one. */
  | 'AlertsGrouped'
  /** A message that was delivered ten times and never processed. */
  | 'MessageDead'
  /** Something that operators look after is not as it should be, or is again. */
  | 'AlarmRaised'
  | 'AlarmCleared'
  /** What a tenant traded in a day or a week. */
  | 'DaySummarized'
  | 'WeekSummarized';

/** An alert in words, before any channel's markup: plain text, nothing of it escaped or cut. */
export interface ToldDocument {
  readonly severity: 'critical' | 'warning' | 'success' | 'info';
  /** Readable in a phone's preview. */
  readonly headline: string;
  readonly details: readonly { readonly name: string; readonly value: string }[];
  /** What it lists, a line for each. */
  readonly lines?: readonly string[];
  /** Where it is about one alone. */
  readonly symbol?: string;
  /** No money moved: the shadow broker filled all of it. */
  readonly isShadow?: boolean;
  /** A running sum to be drawn, where the channel shows pictures. */
  readonly chart?: {
    readonly title: string;
    /** At equal distances in time. */
    readonly points: readonly number[];
    readonly from: string;
    readonly to: string;
  };
}

/** `tenants/{t}/templates/{eventType}`: the first line of the tenant's alerts of that type. */
export interface TemplateDocument {
  /** With names in braces, such as `{symbol} {side}: {pnl}`. Nothing of it is markup. */
  readonly text: string;
}

/** `tenants/{t}/summaries/{id}`: the tenant is told on its channels what it traded, the day before or the week before. */
export interface SummaryDocument {
  readonly isActive: boolean;
  readonly period: 'day' | 'week';
  /** Days and the time are those of an IANA time zone; weeks begin and are told on Mondays. */
  readonly zone: string;
  /** When it is told, `HH:MM`. */
  readonly at: string;
  /** What was due before is not told, epoch milliseconds; since the document is there, where it says nothing. */
  readonly since?: number;
}

/** `tenants/{t}/deliveries/{eventId}_{channelId}`: claimed before the first attempt. */
export interface DeliveryDocument {
  readonly eventId: string;
  /** One of `timeShards`, by the event's id. */
  readonly shard: number;
  readonly channelId: string;
  readonly accountId: string;
  readonly uid: string;
  readonly seq: number;
  readonly eventType: AccountEvent['type'] | ToldType;
  readonly subjectId: string;
  /**
   * `pending` waits in its document alone, for `dueAt`; a rule said that the `suppressed` is not sent; the `grouped` is told
   * by the digest that it names.
   */
  readonly status: 'claimed' | 'pending' | 'grouped' | 'sent' | 'retrying' | 'dead' | 'suppressed';
  /** The digest that tells it: the event id of that delivery, on the same channel. */
  readonly digestId?: string;
  /** Of a digest, how many deliveries name it. */
  readonly grouped?: number;
  /** What becomes of the message of the position's opening, by the rule; `both` where it is absent. */
  readonly updates?: 'both' | 'edit' | 'none';
  /** Its message tells nothing else, so that it may be edited. */
  readonly isAlone?: boolean;
  /** What it says, where no account's journal does. */
  readonly told?: ToldDocument;
  /** The rule that suppressed it. */
  readonly rule?: string;
  /** Sent without a sound. */
  readonly isSilent?: boolean;
  /** Its message is acknowledged although it is not over: a notifier takes it up at `dueAt`. */
  readonly isParked?: boolean;
  /** Epoch milliseconds. */
  readonly dueAt?: number;
  /** A notifier has taken it up; if it is due once more, nobody knows what that one did. */
  readonly isHeld?: boolean;
  /** Of `ChannelDisabled`, what the channel had answered. */
  readonly answer?: string;
  readonly attempts: number;
  readonly possibleRepeat: boolean;
  readonly traceId: string;
  /** Epoch milliseconds with fraction, by the services that hold them: Firestore, Pub/Sub, Discord. */
  readonly committedAt: number;
  readonly publishedAt: number;
  /** When market-feed received the deciding tick; absent where no tick decided. */
  readonly tickReceivedAt?: number;
  readonly sentAt?: number;
  readonly messageId?: string;
  readonly reason?: string;
  readonly claimedAt: number;
  /** When it died; absent once somebody has retried or discarded it. */
  readonly diedAt?: number;
}

/**
 * `users/{uid}/accounts/{accountId}/projections/history`, and `ops_history/scope-{id}` of a scope: how far its events have a
 * place in BigQuery.
 */
export interface HistoryProjection {
  readonly watermark: number;
}

/** `ops_history/{stream}`: the batch that is being appended; written before the append, so it can be repeated. */
export interface HistoryStreamDocument {
  /** BigQuery's name of the write stream. */
  readonly writeStream: string;
  /** Where the batch starts. */
  readonly offset: number;
  /** Rows of the batch: the next batch starts at `offset + rows`. */
  readonly rows: number;
  readonly commits: readonly ((
    | { readonly tenantId: string; readonly uid: string; readonly accountId: string }
    | { readonly scope: ScopeRef }
  ) & {
    readonly seq: number;
    /** What the rows show as their time, epoch milliseconds: kept, so that a repeated batch has equal rows. */
    readonly publishedAt: number;
  })[];
}

/** `ops_history/ticks-{shard}-{epoch}`: the write streams that hold the ticks of a shard and epoch. */
export interface HistoryTicksDocument {
  readonly shard: string;
  readonly epoch: string;
  /** By first ordinal. One from ordinal 0, and one more for each gap that was given up. */
  readonly streams: readonly {
    /** BigQuery's name of the write stream. */
    readonly writeStream: string;
    /** The ordinal of the tick at offset 0. */
    readonly firstOrdinal: number;
  }[];
}

/** `ops_gaps/history-{shard}-{epoch}-{toOrdinal}`: ticks that history waited for in vain. They are taken if they come. */
export interface HistoryGapDocument {
  readonly consumer: 'history';
  readonly shard: string;
  readonly epoch: string;
  /** The first missing ordinal; absent when what came before a restart is not known. */
  readonly fromOrdinal?: number;
  /** The first ordinal that is here again. */
  readonly toOrdinal: number;
  /** Epoch milliseconds. */
  readonly recordedAt: number;
}

/**
 * `users/{uid}/accounts/{accountId}/projections/pulse`: what the account was worth when that last changed materially. Amounts in
 * its currency; null, all of them, while something has no price.
 */
export interface PulseSnapshotDocument {
  readonly tenantId: string;
  readonly currency: string;
  /** The journal sequence whose holdings were valued. */
  readonly version: number;
  readonly openPositions: number;
  readonly worth: {
    readonly equity: string;
    readonly cash: string;
    readonly unrealizedPnl: string;
    readonly exposure: string;
  } | null;
  /** The highest equity since the account began anew, deposits counted in, rounded; null before the first. */
  readonly peakEquity: string | null;
  /** Symbols without a price, and rates such as `BTC/USD`: the first of them. */
  readonly unpriced: readonly string[];
  /** When it was valued, epoch milliseconds. */
  readonly at: number;
}

/** `users/{uid}/shadowTradeHistory/{tradeId}`: created OPEN with the position, CLOSED once with it. */
export type ShadowTradeDocument = ShadowTradeTerms & ({ readonly status: 'OPEN' } | ShadowTradeClose);

export interface ShadowTradeTerms {
  readonly tenantId: string;
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
}

/** What a process has written in bulk since it started. Rates and limits are of that process alone. */
export interface BatchPerformance {
  /** When the process started, epoch milliseconds. */
  readonly since: number;
  readonly reportedAt: number;
  /** Of `WRITE_LIMITS`. */
  readonly profile: string;
  /** What the circuit breaker holds back. */
  readonly state: 'closed' | 'shedsBackground' | 'shedsCommands' | 'probing';
  /** Batches that wait for their turn. */
  readonly waiting: number;
  /** Batches of commands and of background work, and their writes. */
  readonly batches: number;
  readonly writes: number;
  /** Writes of executions, which never wait. */
  readonly executions: number;
  /** Batches that were refused. */
  readonly shed: number;
  /** Answers of RESOURCE_EXHAUSTED. */
  readonly exhausted: number;
  /** How often the circuit breaker opened. */
  readonly opened: number;
  readonly longestWaitMs: number;
}

/** `ops/batch_performance`: each process writes its own field. */
export interface BatchPerformanceDocument {
  /** By the name of the process. */
  readonly processes: Readonly<Record<string, BatchPerformance>>;
}

/** What a process has written for one user since it started, counted as `BatchPerformance` does. */
export type UserWrites = Pick<BatchPerformance, 'since' | 'batches' | 'writes' | 'executions' | 'shed'>;

/** `ops/write_rates/users/{uid}`: each process writes its own field. */
export interface WriteRatesDocument {
  readonly tenantId: string;
  /** By the name of the process. */
  readonly processes: Readonly<Record<string, UserWrites>>;
}

/** `ops_alarms/{name}`: what operators were told last of something that they look after. */
export interface AlarmDocument {
  /** It is not as it should be. */
  readonly isRaised: boolean;
  /** How often it was told that it is not. */
  readonly episode: number;
  /** What was counted then; 0 where nothing is. */
  readonly count: number;
  /** Epoch milliseconds. */
  readonly changedAt: number;
}

/** `tenants/{t}`. */
export interface TenantDocument {
  readonly tenantId: string;
  readonly status: 'active';
}

/** `tenants/{t}/users/{uid}`. */
export interface MembershipDocument {
  readonly uid: string;
  readonly role: 'owner';
}

/** `users/{uid}`. */
export interface UserDocument {
  readonly uid: string;
  readonly tenantId: string;
}

/** `quarantine/{consumer}:{messageId}`: a message that never will parse. */
export interface QuarantineDocument {
  readonly consumer: string;
  readonly reason: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
  /** The data was longer. */
  readonly isCut: boolean;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
}

/**
 * `ops_dead_letters/{id}:{number}`: what somebody did to a dead letter, numbered from 1; by the dead letter's id, which is
 * `delivery:{tenant}:{eventId}_{channelId}` or `message:{consumer}:{messageId}`.
 */
export interface DeadLetterActionDocument {
  readonly action: 'retried' | 'edited' | 'discarded';
  readonly actor: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly reason?: string;
  /** JSON of what was changed or given up. */
  readonly before?: string;
  readonly after?: string;
}
