import * as z from 'zod';
import { accountSettings } from '../events/account-settings.ts';
import { PriceSource, Side, tradingSchemas } from '../events/trading-schemas.ts';
import { AccountId, EventId, Id, MarketSymbol } from '../ids.ts';
import { Amount, Currency, Percent, Rate, SignedAmount } from './amounts.ts';

const account = { tenant: Id, uid: Id, accountId: AccountId };
/** The id of a document: Firestore takes neither dots alone nor `__...__`. */
const Key = z
  .string()
  .regex(
    /^(?!__.*__$)(?!\.{1,2}$)[A-Za-z0-9_.:-]{1,128}$/,
    'must be 1 to 128 letters, digits or "_.:-", not dots alone, not "__...__"',
  );
const by = { actor: z.string().min(1).max(128), reason: z.string().max(512) };
/** Epoch milliseconds of the feed's time; without it, the next tick. */
const ArmedAt = z.number().nonnegative().exactOptional();

export const OpenAccount = z.strictObject({ name: z.literal('OpenAccount'), key: Key, ...account });
export const ResumeTrading = z.strictObject({
  name: z.literal('ResumeTrading'),
  key: Key,
  ...account,
  ...by,
});
/** `halted`: nothing executes. `reducing`: only what makes positions smaller. */
export const HaltTrading = z.strictObject({
  name: z.literal('HaltTrading'),
  key: Key,
  ...account,
  ...by,
  state: z.enum(['halted', 'reducing']).exactOptional(),
  /** When it ends by itself, epoch milliseconds. */
  until: z.number().positive().exactOptional(),
  /** Closes every position first, and halts then. */
  flatten: z.boolean().exactOptional(),
});
export const ConfigureAccount = z.strictObject({
  name: z.literal('ConfigureAccount'),
  key: Key,
  ...account,
  ...by,
  settings: accountSettings({ currency: Currency, amount: Amount, percent: Percent, rate: Rate }),
});
export const DepositFunds = z.strictObject({
  name: z.literal('DepositFunds'),
  key: Key,
  ...account,
  ...by,
  currency: Currency,
  amount: SignedAmount,
});
/** Takes back what was deposited, taken out, granted or charged by mistake: once, by an entry of its own. */
export const ReverseEntry = z.strictObject({
  name: z.literal('ReverseEntry'),
  key: Key,
  ...account,
  ...by,
  /** Of what was booked. */
  eventId: EventId,
});
export const ResetShadow = z.strictObject({
  name: z.literal('ResetShadow'),
  key: Key,
  ...account,
  ...by,
  cash: z.record(Currency, Amount),
});

/**
 * How many triggers one may arm, each the next: a document holds twenty levels of maps, and each trigger takes two, after its first and
 * before the size of a rung of what the last one opens.
 */
export const mostArmed = 6;
const trading = tradingSchemas(Amount, SignedAmount, { id: Id, symbol: MarketSymbol, mostArmed });
const tradingId = { id: Id, symbol: MarketSymbol };

export const AdoptPosition = z.strictObject({
  name: z.literal('AdoptPosition'),
  key: Key,
  ...account,
  position: z.strictObject({
    ...tradingId,
    side: Side,
    quantity: Amount,
    entryPrice: Amount,
    priceSource: PriceSource,
    exits: trading.ExitsSpec,
    armedAt: ArmedAt,
    ...trading.labels,
  }),
});
export const ArmTrigger = z.strictObject({
  name: z.literal('ArmTrigger'),
  key: Key,
  ...account,
  trigger: z.strictObject({
    ...trading.triggerSpec,
    ...tradingId,
    action: trading.TriggerAction,
    armedAt: ArmedAt,
  }),
});

const entry = {
  positionId: Id,
  symbol: MarketSymbol,
  how: trading.OrderKind,
  quantity: Amount,
  timeInForce: trading.TimeInForce.default('gtc'),
};
/** Opens a position or adds to it. The order's name is its id within the account. */
export const OpenPosition = z.strictObject({
  name: z.literal('OpenPosition'),
  key: Key,
  ...account,
  order: Id,
  entry: z.strictObject({
    ...entry,
    side: Side,
    priceSource: PriceSource,
    exits: trading.ExitsSpec.exactOptional(),
    ...trading.labels,
  }),
});
/** An order that makes a position smaller, beside its exits. */
export const ReducePosition = z.strictObject({
  name: z.literal('ReducePosition'),
  key: Key,
  ...account,
  order: Id,
  exit: z.strictObject(entry),
});
export const AmendExits = z.strictObject({
  name: z.literal('AmendExits'),
  key: Key,
  ...account,
  ...by,
  positionId: Id,
  symbol: MarketSymbol,
  exits: trading.ExitsSpec,
});
/** At the market: all of it, a share of what is open, or a quantity. */
export const ClosePosition = z.strictObject({
  name: z.literal('ClosePosition'),
  key: Key,
  ...account,
  ...by,
  positionId: Id,
  symbol: MarketSymbol,
  size: z
    .union([z.literal('all'), z.strictObject({ share: Amount }), z.strictObject({ quantity: Amount })])
    .default('all'),
});
export const CancelOrder = z.strictObject({
  name: z.literal('CancelOrder'),
  key: Key,
  ...account,
  ...by,
  /** Its name, as it was placed. */
  order: Id,
});
/** An id as a broker gives it. */
const BrokerId = z.string().min(1).max(128);
/** Takes over an order that is shown as the broker's own: its fills open the position or add to it. */
export const AdoptOrder = z.strictObject({
  name: z.literal('AdoptOrder'),
  key: Key,
  ...account,
  order: Id,
  adoption: z.strictObject({
    brokerOrderId: BrokerId,
    symbol: MarketSymbol,
    positionId: Id,
    priceSource: PriceSource,
    exits: trading.ExitsSpec.exactOptional(),
  }),
});
/** Gives up a closing order that is shown as unknown at the broker: the position is protected again. */
export const AbandonExit = z.strictObject({
  name: z.literal('AbandonExit'),
  key: Key,
  ...account,
  ...by,
  positionId: Id,
  /** The client order id, as the difference says it. */
  orderId: z.string().min(1).max(512),
});
export const DisarmTrigger = z.strictObject({
  name: z.literal('DisarmTrigger'),
  key: Key,
  ...account,
  ...by,
  triggerId: Id,
});
/** A view of a symbol, until it is acted on, closed or over. */
export const CreateSignal = z.strictObject({
  name: z.literal('CreateSignal'),
  key: Key,
  ...account,
  signal: z.strictObject({ ...trading.signalSpec, ...tradingId, expiresAt: z.number().positive() }),
});
/** Opens what the signal says, or arms the trigger that will. */
export const ActOnSignal = z.strictObject({
  name: z.literal('ActOnSignal'),
  key: Key,
  ...account,
  ...by,
  signalId: Id,
  symbol: MarketSymbol,
  /** The name of the order, or of the trigger. */
  as: Id,
  /** Instead of the signal's own. */
  entry: trading.EntrySpec.exactOptional(),
});
export const CloseSignal = z.strictObject({
  name: z.literal('CloseSignal'),
  key: Key,
  ...account,
  ...by,
  signalId: Id,
});

/** Lets nothing enter into a symbol until it is unlocked, or until a moment (epoch milliseconds). */
export const LockSymbol = z.strictObject({
  name: z.literal('LockSymbol'),
  key: Key,
  ...account,
  ...by,
  symbol: MarketSymbol,
  until: z.number().positive().exactOptional(),
});
export const UnlockSymbol = z.strictObject({
  name: z.literal('UnlockSymbol'),
  key: Key,
  ...account,
  ...by,
  symbol: MarketSymbol,
});
/** One interval of a perpetual's funding, for all positions of the symbol that were open at its end. */
export const SettleFunding = z.strictObject({
  name: z.literal('SettleFunding'),
  key: Key,
  ...account,
  symbol: MarketSymbol,
  /** Of the notional; positive: longs pay shorts. */
  rate: SignedAmount,
  markPrice: Amount,
  /** The interval's end, epoch milliseconds. */
  at: z.number().nonnegative(),
});

/** Gives the account credits, which metered commands and reservations cost. */
export const GrantCredits = z.strictObject({
  name: z.literal('GrantCredits'),
  key: Key,
  ...account,
  ...by,
  amount: Amount,
});
const reservation = { reservationId: Id, purpose: z.string().min(1).max(512) };
/** Sets credits aside for what is metered later. */
export const ReserveCredits = z.strictObject({
  name: z.literal('ReserveCredits'),
  key: Key,
  ...account,
  ...reservation,
  amount: Amount,
});
/** Spends of what was set aside, zero at least, and gives back the rest. */
export const SettleCredits = z.strictObject({
  name: z.literal('SettleCredits'),
  key: Key,
  ...account,
  ...reservation,
  amount: SignedAmount.refine((text) => !text.startsWith('-'), { message: 'must not be negative' }),
});
export const ReleaseCredits = z.strictObject({
  name: z.literal('ReleaseCredits'),
  key: Key,
  ...account,
  ...reservation,
});

/**
 * What may be asked of an account. `key` makes it idempotent: the same key with the same content answers
 * the stored result, with other content it is a conflict.
 */
export const Command = z
  .discriminatedUnion('name', [
    OpenAccount,
    ConfigureAccount,
    ResumeTrading,
    HaltTrading,
    DepositFunds,
    ReverseEntry,
    ResetShadow,
    AdoptPosition,
    OpenPosition,
    ReducePosition,
    AmendExits,
    ClosePosition,
    CancelOrder,
    AdoptOrder,
    AbandonExit,
    ArmTrigger,
    DisarmTrigger,
    LockSymbol,
    UnlockSymbol,
    SettleFunding,
    CreateSignal,
    ActOnSignal,
    CloseSignal,
    GrantCredits,
    ReserveCredits,
    SettleCredits,
    ReleaseCredits,
  ])
  .refine(({ uid, accountId }) => accountId.startsWith(`${uid}.`), {
    path: ['accountId'],
    message: 'must be an account of the user',
  })
  .refine(
    (command) => command.name !== 'ReverseEntry' || command.eventId.startsWith(`${command.accountId}:`),
    {
      path: ['eventId'],
      message: 'must be an event of the account',
    },
  )
  .refine((command) => command.name !== 'HaltTrading' || !command.flatten || command.state !== 'reducing', {
    path: ['flatten'],
    message: 'ends halted: state must be "halted"',
  });
/** A command as it is sent: what has a default may be left out. */
export type CommandInput = z.input<typeof Command>;
export type Command = z.infer<typeof Command>;
export type CommandName = Command['name'];

/** The answer to a command, once it is committed or refused for good. */
export const CommandReply = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('committed'), accountId: z.string(), seq: z.int().nonnegative() }),
  z.strictObject({
    status: z.literal('refused'),
    /**
     * For example `ACCOUNT_EXISTS`; `INVALID` for a command that does not parse, `CONFLICT` for a reused key,
     * `OVERLOADED` when Firestore has no quota left: nothing is done, and the same key may be sent again.
     */
    reason: z.string(),
    detail: z.string(),
  }),
]);
export type CommandReply = z.infer<typeof CommandReply>;

/** Attributes of a command's message. */
export const commandAttributes = {
  /** The topic that the reply goes to. */
  replyTo: 'reply-to',
  /** Chosen by the asker, returned with the reply. */
  correlation: 'correlation',
  traceparent: 'ce-traceparent',
} as const;
