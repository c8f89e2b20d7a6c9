import {
  type AccountEvent,
  type Exits,
  type PositionTerms,
  type TriggerTerms,
  decimal,
  formatDecimal,
  multiply,
} from '@bellwether/domain';
import * as z from 'zod';

/**
 * Commits of schema 1, as they were stored and published: positions with one stop, one target and one
 * trailing stop that all count from the same place, and triggers that notify once.
 */
const Text = z.string().min(1).max(512);
const DecimalText = z.string().regex(/^-?\d{1,40}(\.\d{1,40})?$/, 'must be plain decimal text');
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
const ArmedFromV1 = z.union([
  z.strictObject({ epoch: z.string().max(128), ordinal: z.int().nonnegative() }),
  z.strictObject({ at: Millis }),
]);
const Actor = { actor: Text, reason: z.string().max(512) };
const Condition = z.strictObject({ direction: z.enum(['above', 'below']), price: DecimalText });
const Side = z.enum(['long', 'short']);
const OrderSide = z.enum(['buy', 'sell']);
const Position = z.strictObject({
  id: Text,
  symbol: Text,
  side: Side,
  quantity: DecimalText,
  entryPrice: DecimalText,
  quoteCurrency: Text,
  priceSource: z.enum(['trade', 'quote']),
  exits: z.strictObject({
    stopLoss: DecimalText.exactOptional(),
    takeProfit: DecimalText.exactOptional(),
    trailing: z.strictObject({ distance: DecimalText }).exactOptional(),
  }),
  armedFrom: ArmedFromV1,
  openedAt: Millis,
});
const Trigger = z.strictObject({
  id: Text,
  symbol: Text,
  priceSource: z.enum(['trade', 'quote']),
  when: Condition,
  action: z.strictObject({ notify: z.literal(true) }),
  armedFrom: ArmedFromV1,
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

export const AccountEventV1 = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('AccountOpened'), tenant: Text, uid: Text, accountId: Text }),
  z.strictObject({ type: z.literal('TradingHalted'), ...Actor }),
  z.strictObject({ type: z.literal('TradingResumed'), ...Actor }),
  z.strictObject({ type: z.literal('PositionAdopted'), position: Position }),
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
    reason: z.enum(['stopLoss', 'takeProfit', 'trailingStop']),
    openedAt: Millis,
    closedAt: Millis,
    tick: Tick,
  }),
  z.strictObject({ type: z.literal('TriggerArmed'), trigger: Trigger }),
  z.strictObject({
    type: z.literal('TriggerFired'),
    triggerId: Text,
    symbol: Text,
    when: Condition,
    tick: Tick,
    late: z.boolean(),
    lagMs: z.number(),
  }),
]);
type AccountEventV1 = z.infer<typeof AccountEventV1>;

/** What an event of schema 1 says in the words of today. */
export function upcastEventV1(event: AccountEventV1): AccountEvent {
  switch (event.type) {
    case 'PositionAdopted':
      return { type: 'PositionAdopted', position: upcastPosition(event.position) };
    case 'OrderFilled': {
      const { quantity, price, side } = event;
      const proceeds = formatDecimal(multiply(decimal(quantity), decimal(price)));
      return {
        ...event,
        of: 'exit',
        proceeds: side === 'sell' || proceeds === '0' ? proceeds : `-${proceeds}`,
        feeCurrency: event.currency,
        liquidity: 'taker',
      };
    }
    case 'TriggerArmed':
      return { type: 'TriggerArmed', trigger: upcastTrigger(event.trigger) };
    case 'TriggerFired':
      return { ...event, when: { kind: 'price', ...event.when } };
    case 'AccountOpened':
    case 'TradingHalted':
    case 'TradingResumed':
    case 'StopTriggered':
    case 'TargetTriggered':
    case 'TrailingStopTriggered':
    case 'PositionClosed':
      return event;
  }
}

export type PositionTermsV1 = z.infer<typeof Position>;
export type TriggerTermsV1 = z.infer<typeof Trigger>;

export function upcastPosition(position: PositionTermsV1): PositionTerms {
  const { id, symbol, side, quantity, entryPrice, priceSource, openedAt } = position;
  return {
    id,
    symbol,
    side,
    quantity,
    entryPrice,
    contract: { kind: 'linear', multiplier: '1', currency: position.quoteCurrency },
    priceSource,
    exits: upcastExits(position),
    openedAt,
    broker: 'shadow',
  };
}

export function upcastTrigger({ id, symbol, priceSource, when, armedFrom }: TriggerTermsV1): TriggerTerms {
  return { id, symbol, priceSource, when: { kind: 'price', ...when }, action: { kind: 'notify' }, armedFrom };
}

function upcastExits({ exits, entryPrice, armedFrom }: PositionTermsV1): Exits {
  const { stopLoss, takeProfit, trailing } = exits;
  return {
    targets: takeProfit === undefined ? [] : [{ id: '1', price: takeProfit, armedFrom }],
    ...(stopLoss === undefined ? {} : { stopLoss: { price: stopLoss, armedFrom } }),
    ...(trailing === undefined
      ? {}
      : { trailing: { distance: { absolute: trailing.distance }, start: entryPrice, armedFrom } }),
  };
}
