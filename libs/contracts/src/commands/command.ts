import * as z from 'zod';
import { PositiveDecimal } from '../events/account-event.ts';
import { AccountId, Id, MarketSymbol } from '../ids.ts';

const account = { tenant: Id, uid: Id, accountId: AccountId };
/** The id of a document: Firestore takes neither dots alone nor `__...__`. */
const Key = z
  .string()
  .regex(
    /^(?!__.*__$)(?!\.{1,2}$)[A-Za-z0-9_.:-]{1,128}$/,
    'must be 1 to 128 letters, digits or "_.:-", not dots alone, not "__...__"',
  );
/** So few digits that all products and sums of what is asked for fit the amounts of events. */
const Amount = PositiveDecimal.regex(
  /^\d{1,18}(\.\d{1,18})?$/,
  'must have at most 18 digits before the point and 18 after it',
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
export const HaltTrading = z.strictObject({ name: z.literal('HaltTrading'), key: Key, ...account, ...by });
export const AdoptPosition = z.strictObject({
  name: z.literal('AdoptPosition'),
  key: Key,
  ...account,
  position: z.strictObject({
    id: Id,
    symbol: MarketSymbol,
    side: z.enum(['long', 'short']),
    quantity: Amount,
    entryPrice: Amount,
    priceSource: z.enum(['trade', 'quote']),
    exits: z.strictObject({
      stopLoss: Amount.exactOptional(),
      takeProfit: Amount.exactOptional(),
      trailing: z.strictObject({ distance: Amount }).exactOptional(),
    }),
    armedAt: ArmedAt,
  }),
});
export const ArmTrigger = z.strictObject({
  name: z.literal('ArmTrigger'),
  key: Key,
  ...account,
  trigger: z.strictObject({
    id: Id,
    symbol: MarketSymbol,
    priceSource: z.enum(['trade', 'quote']),
    when: z.strictObject({ direction: z.enum(['above', 'below']), price: Amount }),
    action: z.strictObject({ notify: z.literal(true) }),
    armedAt: ArmedAt,
  }),
});

/**
 * What may be asked of an account. `key` makes it idempotent: the same key with the same content answers
 * the stored result, with other content it is a conflict.
 */
export const Command = z
  .discriminatedUnion('name', [OpenAccount, ResumeTrading, HaltTrading, AdoptPosition, ArmTrigger])
  .refine(({ uid, accountId }) => accountId.startsWith(`${uid}.`), {
    path: ['accountId'],
    message: 'must be an account of the user',
  });
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
