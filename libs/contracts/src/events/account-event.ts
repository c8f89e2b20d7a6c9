import { type AccountEvent, meteredCommands } from '@bellwether/domain';
import * as z from 'zod';
import { compiledLater } from './compiled.ts';
import {
  DecimalText,
  Millis,
  PositiveDecimal,
  PriceSource,
  Side,
  Text,
  tradingSchemas,
} from './trading-schemas.ts';

const Tick = z.strictObject({
  symbol: Text,
  venue: z.string().max(64),
  epoch: Text,
  ordinal: z.int().nonnegative(),
  series: z.enum(['trade', 'bid', 'ask', 'mark']),
  price: DecimalText,
  size: DecimalText.exactOptional(),
  exchangeAt: Millis,
  receivedAt: Millis,
});
const ArmedFrom = z.union([
  z.strictObject({ epoch: z.string().max(128), ordinal: z.int().nonnegative() }),
  z.strictObject({ at: Millis }),
]);
const OrderSide = z.enum(['buy', 'sell']);
/** By what a position is closed or reduced. */
export const exitReasons = [
  'stopLoss',
  'takeProfit',
  'trailingStop',
  'timeExit',
  'manual',
  'trigger',
  'order',
  'flatten',
  'reset',
] as const;
const ExitReason = z.enum(exitReasons);
const By = z.strictObject({ actor: Text, reason: z.string().max(512) });
const inScope = {
  scope: z.enum(['account', 'user', 'tenant', 'global']).exactOptional(),
  scopeSeq: z.int().positive().exactOptional(),
};
const Currency = z.string().min(1).max(32);
const Cash = z.record(Currency, DecimalText);

const Contract = z.strictObject({
  kind: z.enum(['linear', 'inverse']),
  multiplier: PositiveDecimal,
  currency: Currency,
});

const trading = tradingSchemas(PositiveDecimal);

const armed = { source: PriceSource.exactOptional(), armedFrom: ArmedFrom };
const StopLoss = z.strictObject({ price: PositiveDecimal, ...armed });
const TrailingStop = z.strictObject({
  distance: z.union([
    z.strictObject({ absolute: PositiveDecimal }),
    z.strictObject({ ppm: z.int().positive() }),
  ]),
  activation: PositiveDecimal.exactOptional(),
  start: PositiveDecimal,
  ...armed,
});
const BreakEvenAfter = z.union([
  z.strictObject({ targets: z.int().positive() }),
  z.strictObject({ price: PositiveDecimal }),
]);
const Exits = z.strictObject({
  stopLoss: StopLoss.exactOptional(),
  targets: z.array(
    z.strictObject({
      id: Text,
      price: PositiveDecimal,
      size: z
        .union([z.strictObject({ share: PositiveDecimal }), z.strictObject({ quantity: PositiveDecimal })])
        .exactOptional(),
      ...armed,
    }),
  ),
  trailing: TrailingStop.exactOptional(),
  breakEven: z.strictObject({ after: BreakEvenAfter, offset: DecimalText, ...armed }).exactOptional(),
  timeExit: z.strictObject({ at: Millis, armedFrom: ArmedFrom }).exactOptional(),
});
const PositionTerms = z.strictObject({
  id: Text,
  symbol: Text,
  side: Side,
  quantity: PositiveDecimal,
  entryPrice: PositiveDecimal,
  contract: Contract,
  lotSize: PositiveDecimal.exactOptional(),
  priceSource: PriceSource,
  exits: Exits,
  openedAt: Millis,
  broker: Text,
  ...trading.labels,
});
const OrderTerms = z.strictObject({
  id: Text,
  positionId: Text,
  symbol: Text,
  side: OrderSide,
  how: trading.OrderKind,
  quantity: PositiveDecimal,
  timeInForce: trading.TimeInForce,
  purpose: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('enter'),
      side: Side,
      exits: trading.ExitsSpec.exactOptional(),
      ...trading.labels,
    }),
    z.strictObject({ kind: z.literal('reduce') }),
  ]),
  contract: Contract,
  lotSize: PositiveDecimal.exactOptional(),
  tickSize: PositiveDecimal.exactOptional(),
  priceSource: PriceSource,
  broker: Text,
  armedFrom: ArmedFrom,
  placedAt: Millis,
  brokerClientId: Text.exactOptional(),
});
const TriggerTerms = z.strictObject({
  ...trading.triggerSpec,
  action: trading.TriggerAction,
  armedFrom: ArmedFrom,
});

/** An amount of a limit, in the account's currency. */
const Limit = PositiveDecimal.exactOptional();
const NotNegative = DecimalText.refine((text) => !text.startsWith('-'), { message: 'must not be negative' });
const Percent = NotNegative;
export const AccountSettings = z.strictObject({
  currency: Currency,
  limits: z.strictObject({
    maxOpenPositions: z.int().positive().max(1_000).exactOptional(),
    maxSymbolExposure: Limit,
    maxTotalExposure: Limit,
    maxOrdersPerMinute: z.int().positive().max(1_000).exactOptional(),
    maxDailyLoss: Limit,
    maxDrawdown: Limit,
    coolDownAfterStopMs: z.int().positive().exactOptional(),
    stopGuard: z
      .strictObject({
        stops: z.int().positive().max(100),
        windowMs: z.int().positive(),
        pauseMs: z.int().positive(),
      })
      .exactOptional(),
    collarPercent: PositiveDecimal.exactOptional(),
  }),
  /** Its adapter's name; `shadow` is the one inside. */
  broker: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits or "-"')
    .exactOptional(),
  /** A command that is absent costs nothing. */
  creditPrices: z.partialRecord(z.enum(meteredCommands), PositiveDecimal).exactOptional(),
  fills: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('exact') }),
    z.strictObject({
      kind: z.literal('modelled'),
      spreadPercent: Percent,
      slippagePercent: Percent,
      makerFeePercent: Percent,
      takerFeePercent: Percent,
      feeAsset: z.strictObject({ currency: Currency, rate: PositiveDecimal }).exactOptional(),
      maxShareOfTrade: PositiveDecimal.exactOptional(),
    }),
  ]),
});

const ExitOrder = z.strictObject({ clientOrderId: Text, side: OrderSide, quantity: DecimalText });
const exitTriggered = {
  positionId: Text,
  symbol: Text,
  level: DecimalText,
  tick: Tick,
  order: ExitOrder,
  late: z.boolean(),
  lagMs: z.number(),
  targetId: Text.exactOptional(),
};
const positionExit = {
  positionId: Text,
  symbol: Text,
  side: Side,
  clientOrderId: Text.exactOptional(),
  quantity: DecimalText,
  entryPrice: DecimalText,
  exitPrice: DecimalText,
  currency: Currency,
  realizedPnl: DecimalText,
  reason: ExitReason,
  targetId: Text.exactOptional(),
  ...trading.labels,
  broker: Text.exactOptional(),
  tick: Tick.exactOptional(),
};
const Rates = z
  .array(z.strictObject({ from: Currency, to: Currency, rate: DecimalText, symbols: z.array(Text).max(2) }))
  .max(64);
const EquityBase = z.strictObject({ day: Millis, dayEquity: DecimalText, peakEquity: DecimalText });
const OrderOf = z.enum(['order', 'exit']);
const ofOrder = { orderId: Text, symbol: Text };

const Signal = z.strictObject({ ...trading.signalSpec, armedFrom: ArmedFrom, createdAt: Millis });
const SignalOutcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('opened'), positionId: Text, orderId: Text }),
  z.strictObject({ kind: z.literal('armed'), positionId: Text, triggerId: Text }),
]);
const ofSignal = { signalId: Text, symbol: Text };

const ofCredits = { amount: NotNegative, available: NotNegative };

const BrokerDifference = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('orphan'), ...ofOrder, of: OrderOf, positionId: Text }),
  z.strictObject({
    kind: z.literal('externalOrder'),
    brokerOrderId: Text,
    brokerClientId: Text,
    symbol: Text,
    side: OrderSide,
    how: trading.OrderKind,
    quantity: DecimalText,
    filled: DecimalText,
  }),
  z.strictObject({
    kind: z.literal('position'),
    symbol: Text,
    ours: DecimalText,
    theirs: DecimalText,
    offer: z
      .strictObject({ side: Side, quantity: DecimalText, entryPrice: DecimalText.exactOptional() })
      .exactOptional(),
  }),
]);

const schemas = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('AccountOpened'), tenant: Text, uid: Text, accountId: Text }),
  z.strictObject({ type: z.literal('AccountConfigured'), settings: AccountSettings, ...By.shape }),
  z.strictObject({
    type: z.literal('TradingHalted'),
    ...By.shape,
    ...inScope,
    until: Millis.exactOptional(),
  }),
  z.strictObject({
    type: z.literal('TradingReduced'),
    ...By.shape,
    ...inScope,
    until: Millis.exactOptional(),
    flatten: z.boolean(),
  }),
  z.strictObject({ type: z.literal('TradingResumed'), ...By.shape, ...inScope }),
  z.strictObject({
    type: z.literal('FundsDeposited'),
    ...By.shape,
    currency: Currency,
    amount: DecimalText,
  }),
  z.strictObject({
    type: z.literal('DepositReversed'),
    ...By.shape,
    reverses: Text,
    currency: Currency,
    amount: DecimalText,
  }),
  z.strictObject({ type: z.literal('ShadowReset'), ...By.shape, before: Cash, cash: Cash }),
  z.strictObject({ type: z.literal('PositionAdopted'), position: PositionTerms }),
  z.strictObject({
    type: z.literal('PositionOpened'),
    orderId: Text,
    fees: Cash.exactOptional(),
    position: PositionTerms,
  }),
  z.strictObject({
    type: z.literal('PositionIncreased'),
    orderId: Text,
    positionId: Text,
    symbol: Text,
    quantity: PositiveDecimal,
    price: PositiveDecimal,
    newQuantity: PositiveDecimal,
    entryPrice: PositiveDecimal,
    rounding: DecimalText,
    exits: Exits.exactOptional(),
  }),
  z.strictObject({ type: z.literal('ExitsAmended'), positionId: Text, symbol: Text, exits: Exits, by: By }),
  z.strictObject({
    type: z.literal('StopMovedToBreakEven'),
    positionId: Text,
    symbol: Text,
    stopLoss: StopLoss,
    after: BreakEvenAfter,
    tick: Tick.exactOptional(),
  }),
  z.strictObject({
    type: z.literal('TrailingStopActivated'),
    positionId: Text,
    symbol: Text,
    trailing: TrailingStop,
    tick: Tick,
  }),
  z.strictObject({ type: z.literal('StopTriggered'), ...exitTriggered }),
  z.strictObject({ type: z.literal('TargetTriggered'), ...exitTriggered }),
  z.strictObject({ type: z.literal('TrailingStopTriggered'), ...exitTriggered }),
  z.strictObject({ type: z.literal('TimeExitTriggered'), ...exitTriggered }),
  z.strictObject({
    type: z.literal('CloseRequested'),
    positionId: Text,
    symbol: Text,
    order: ExitOrder,
    reason: ExitReason,
    by: By,
  }),
  z.strictObject({ type: z.literal('OrderPlaced'), order: OrderTerms, rates: Rates.exactOptional() }),
  z.strictObject({ type: z.literal('OrderTriggered'), ...ofOrder, tick: Tick }),
  z.strictObject({
    type: z.literal('OrderAccepted'),
    ...ofOrder,
    brokerOrderId: Text,
    positionId: Text.exactOptional(),
  }),
  z.strictObject({
    type: z.literal('OrderOutcomeUnknown'),
    ...ofOrder,
    reason: Text,
    positionId: Text.exactOptional(),
  }),
  z.strictObject({ type: z.literal('OrderCancelRequested'), ...ofOrder, by: By }),
  z.strictObject({
    type: z.literal('OrderFilled'),
    of: OrderOf,
    clientOrderId: Text,
    positionId: Text,
    symbol: Text,
    side: OrderSide,
    quantity: DecimalText,
    price: DecimalText,
    proceeds: DecimalText,
    currency: Currency,
    fee: DecimalText,
    feeCurrency: Currency,
    liquidity: z.enum(['maker', 'taker']),
    remaining: DecimalText.exactOptional(),
    tick: Tick.exactOptional(),
    brokerFillId: Text.exactOptional(),
    filledAt: Millis.exactOptional(),
  }),
  z.strictObject({ type: z.literal('OrderCancelled'), of: OrderOf, ...ofOrder, positionId: Text, by: By }),
  z.strictObject({
    type: z.literal('OrderExpired'),
    of: OrderOf,
    ...ofOrder,
    positionId: Text,
    tick: Tick.exactOptional(),
  }),
  z.strictObject({
    type: z.literal('OrderRejected'),
    of: OrderOf,
    ...ofOrder,
    positionId: Text,
    reason: Text,
  }),
  z.strictObject({ type: z.literal('PositionReduced'), ...positionExit, remaining: PositiveDecimal }),
  z.strictObject({
    type: z.literal('PositionClosed'),
    totals: z
      .strictObject({
        quantity: DecimalText,
        realizedPnl: DecimalText,
        fees: Cash,
        funding: DecimalText,
      })
      .exactOptional(),
    ...positionExit,
    openedAt: Millis,
    closedAt: Millis,
  }),
  z.strictObject({
    type: z.literal('FundingSettled'),
    positionId: Text,
    symbol: Text,
    rate: DecimalText,
    markPrice: PositiveDecimal,
    amount: DecimalText,
    currency: Currency,
    at: Millis,
  }),
  z.strictObject({ type: z.literal('TriggerArmed'), trigger: TriggerTerms }),
  z.strictObject({
    type: z.literal('TriggerFired'),
    triggerId: Text,
    symbol: Text,
    when: trading.Condition,
    tick: Tick,
    late: z.boolean(),
    lagMs: z.number(),
    rearmedFrom: ArmedFrom.exactOptional(),
  }),
  z.strictObject({
    type: z.literal('TriggerActionRefused'),
    triggerId: Text,
    symbol: Text,
    action: Text,
    reason: Text,
    detail: z.string().max(4_096),
  }),
  z.strictObject({ type: z.literal('TriggerDisarmed'), triggerId: Text, symbol: Text, by: By }),
  z.strictObject({ type: z.literal('TriggerExpired'), triggerId: Text, symbol: Text, tick: Tick }),
  z.strictObject({
    type: z.literal('SymbolLocked'),
    ...By.shape,
    symbol: Text,
    until: Millis.exactOptional(),
    at: Millis,
  }),
  z.strictObject({ type: z.literal('SymbolUnlocked'), ...By.shape, symbol: Text }),
  z.strictObject({
    type: z.literal('EquityMarked'),
    at: Millis,
    currency: Currency,
    equity: DecimalText.exactOptional(),
    base: EquityBase.exactOptional(),
    rates: Rates,
  }),
  z.strictObject({
    type: z.literal('LimitTripped'),
    limit: z.enum(['dailyLoss', 'drawdown', 'stopGuard']),
    allowed: DecimalText,
    reached: DecimalText,
    currency: Currency.exactOptional(),
    at: Millis,
    until: Millis.exactOptional(),
  }),
  z.strictObject({ type: z.literal('BrokerDifferenceFound'), difference: BrokerDifference }),
  z.strictObject({ type: z.literal('BrokerDifferenceSettled'), difference: BrokerDifference }),
  z.strictObject({ type: z.literal('SignalCreated'), signal: Signal }),
  z.strictObject({ type: z.literal('SignalActedOn'), ...ofSignal, outcome: SignalOutcome, by: By }),
  z.strictObject({ type: z.literal('SignalExpired'), ...ofSignal, tick: Tick }),
  z.strictObject({ type: z.literal('SignalClosed'), ...ofSignal, by: By }),
  z.strictObject({ type: z.literal('CreditsGranted'), ...By.shape, ...ofCredits }),
  z.strictObject({ type: z.literal('CreditsReserved'), reservationId: Text, purpose: Text, ...ofCredits }),
  z.strictObject({
    type: z.literal('CreditsSettled'),
    reservationId: Text.exactOptional(),
    purpose: Text,
    ...ofCredits,
  }),
  z.strictObject({ type: z.literal('CreditsReleased'), reservationId: Text, purpose: Text, ...ofCredits }),
  z.strictObject({
    type: z.literal('CreditsReversed'),
    ...By.shape,
    reverses: Text,
    of: z.enum(['grant', 'charge']),
    ...ofCredits,
  }),
]);

/** Every event as it is stored and published in commits of schema 2. A stored event never changes its shape. */
export const AccountEventSchema: z.ZodType<AccountEvent> = schemas;

const compiled = new Map<unknown, () => z.ZodType>(
  schemas.options.map((schema) => [schema.shape.type.value, compiledLater(schema)]),
);

/** Whether the schema takes it: told in a fraction of the time that it takes to make a copy, or to say what is wrong. */
export function isAccountEvent(value: unknown): value is AccountEvent {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  return compiled.get(value.type)?.().validate(value) === true;
}
