import type { AccountEvent } from '@bellwether/domain';
import * as z from 'zod';
import { AccountSettings } from './account-settings.ts';
import { compiledLater } from './compiled.ts';
import {
  Currency,
  NotNegative,
  Cash,
  Tick,
  ArmedFrom,
  OrderSide,
  ExitReason,
  By,
  inScope,
  trading,
  StopLoss,
  TrailingStop,
  BreakEvenAfter,
  Exits,
  PositionTerms,
  OrderTerms,
  TriggerTerms,
  OrderOf,
  ofOrder,
  Signal,
  SignalOutcome,
  BrokerDifference,
} from './event-terms.ts';
import { DecimalText, Millis, PositiveDecimal, Side, Text } from './trading-schemas.ts';

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
const ofSignal = { signalId: Text, symbol: Text };

const ofCredits = { amount: NotNegative, available: NotNegative };

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
