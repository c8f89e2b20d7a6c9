import * as z from 'zod';
import {
  DecimalText,
  Millis,
  PositiveDecimal,
  PriceSource,
  Side,
  Text,
  tradingSchemas,
} from './trading-schemas.ts';

// What events tell of: ticks, and the terms of positions, orders, triggers and signals.

export const Currency = z.string().min(1).max(32);
export const NotNegative = DecimalText.refine((text) => !text.startsWith('-'), {
  message: 'must not be negative',
});
export const Cash = z.record(Currency, DecimalText);

export const Tick = z.strictObject({
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
export const ArmedFrom = z.union([
  z.strictObject({ epoch: z.string().max(128), ordinal: z.int().nonnegative() }),
  z.strictObject({ at: Millis }),
]);
export const OrderSide = z.enum(['buy', 'sell']);
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
export const ExitReason = z.enum(exitReasons);
export const By = z.strictObject({ actor: Text, reason: z.string().max(512) });
export const inScope = {
  scope: z.enum(['account', 'user', 'tenant', 'global']).exactOptional(),
  scopeSeq: z.int().positive().exactOptional(),
};

export const Contract = z.strictObject({
  kind: z.enum(['linear', 'inverse']),
  multiplier: PositiveDecimal,
  currency: Currency,
});

export const trading = tradingSchemas(PositiveDecimal);

export const armed = { source: PriceSource.exactOptional(), armedFrom: ArmedFrom };
export const StopLoss = z.strictObject({ price: PositiveDecimal, ...armed });
export const TrailingStop = z.strictObject({
  distance: z.union([
    z.strictObject({ absolute: PositiveDecimal }),
    z.strictObject({ ppm: z.int().positive() }),
  ]),
  activation: PositiveDecimal.exactOptional(),
  start: PositiveDecimal,
  ...armed,
});
export const BreakEvenAfter = z.union([
  z.strictObject({ targets: z.int().positive() }),
  z.strictObject({ price: PositiveDecimal }),
]);
export const Exits = z.strictObject({
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
export const PositionTerms = z.strictObject({
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
export const OrderTerms = z.strictObject({
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
export const TriggerTerms = z.strictObject({
  ...trading.triggerSpec,
  action: trading.TriggerAction,
  armedFrom: ArmedFrom,
});

export const OrderOf = z.enum(['order', 'exit']);
export const ofOrder = { orderId: Text, symbol: Text };

export const Signal = z.strictObject({ ...trading.signalSpec, armedFrom: ArmedFrom, createdAt: Millis });
export const SignalOutcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('opened'), positionId: Text, orderId: Text }),
  z.strictObject({ kind: z.literal('armed'), positionId: Text, triggerId: Text }),
]);
export const BrokerDifference = z.discriminatedUnion('kind', [
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
