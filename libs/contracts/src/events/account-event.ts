import type { AccountEvent } from '@bellwether/domain';
import * as z from 'zod';

const Text = z.string().min(1).max(512);
export const DecimalText = z.string().regex(/^-?\d{1,40}(\.\d{1,40})?$/, 'must be plain decimal text');
/** A price, quantity or distance: more than zero. */
export const PositiveDecimal = DecimalText.refine((text) => !text.startsWith('-') && /[1-9]/.test(text), {
  message: 'must be more than zero',
});
const Millis = z.number().nonnegative();

const Tick = z.strictObject({
  symbol: Text,
  venue: z.string().max(64),
  epoch: Text,
  ordinal: z.int().nonnegative(),
  series: z.enum(['trade', 'bid', 'ask']),
  price: DecimalText,
  exchangeAt: Millis,
  receivedAt: Millis,
});
const ArmedFrom = z.union([
  z.strictObject({ epoch: z.string().max(128), ordinal: z.int().nonnegative() }),
  z.strictObject({ at: Millis }),
]);
const PriceSource = z.enum(['trade', 'quote']);
const Side = z.enum(['long', 'short']);
const OrderSide = z.enum(['buy', 'sell']);
const ExitReason = z.enum(['stopLoss', 'takeProfit', 'trailingStop']);
const Actor = { actor: Text, reason: z.string().max(512) };

export const Exits = z.strictObject({
  stopLoss: PositiveDecimal.exactOptional(),
  takeProfit: PositiveDecimal.exactOptional(),
  trailing: z.strictObject({ distance: PositiveDecimal }).exactOptional(),
});
export const PositionTerms = z.strictObject({
  id: Text,
  symbol: Text,
  side: Side,
  quantity: PositiveDecimal,
  entryPrice: PositiveDecimal,
  quoteCurrency: Text,
  priceSource: PriceSource,
  exits: Exits,
  armedFrom: ArmedFrom,
  openedAt: Millis,
});
export const PriceCondition = z.strictObject({
  direction: z.enum(['above', 'below']),
  price: PositiveDecimal,
});
export const TriggerTerms = z.strictObject({
  id: Text,
  symbol: Text,
  priceSource: PriceSource,
  when: PriceCondition,
  action: z.strictObject({ notify: z.literal(true) }),
  armedFrom: ArmedFrom,
});

const exitTriggered = {
  positionId: Text,
  symbol: Text,
  level: DecimalText,
  tick: Tick,
  order: z.strictObject({ clientOrderId: Text, side: OrderSide, quantity: DecimalText }),
  late: z.boolean(),
  lagMs: z.number(),
};

/** Every event as it is stored and published, version 1. A stored event never changes its shape. */
export const AccountEventSchema: z.ZodType<AccountEvent> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('AccountOpened'), tenant: Text, uid: Text, accountId: Text }),
  z.strictObject({ type: z.literal('TradingHalted'), ...Actor }),
  z.strictObject({ type: z.literal('TradingResumed'), ...Actor }),
  z.strictObject({ type: z.literal('PositionAdopted'), position: PositionTerms }),
  z.strictObject({ type: z.literal('StopTriggered'), ...exitTriggered }),
  z.strictObject({ type: z.literal('TargetTriggered'), ...exitTriggered }),
  z.strictObject({ type: z.literal('TrailingStopTriggered'), ...exitTriggered }),
  z.strictObject({
    type: z.literal('OrderFilled'),
    clientOrderId: Text,
    positionId: Text,
    symbol: Text,
    side: OrderSide,
    quantity: DecimalText,
    price: DecimalText,
    fee: DecimalText,
    currency: Text,
  }),
  z.strictObject({
    type: z.literal('PositionClosed'),
    positionId: Text,
    symbol: Text,
    side: Side,
    quantity: DecimalText,
    entryPrice: DecimalText,
    exitPrice: DecimalText,
    currency: Text,
    realizedPnl: DecimalText,
    reason: ExitReason,
    openedAt: Millis,
    closedAt: Millis,
    tick: Tick,
  }),
  z.strictObject({ type: z.literal('TriggerArmed'), trigger: TriggerTerms }),
  z.strictObject({
    type: z.literal('TriggerFired'),
    triggerId: Text,
    symbol: Text,
    when: PriceCondition,
    tick: Tick,
    late: z.boolean(),
    lagMs: z.number(),
  }),
]);
