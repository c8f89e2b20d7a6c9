import {
  Amount,
  ConfigureAccount,
  DepositFunds,
  Id,
  Side,
  SignedAmount,
  tradingSchemas,
} from '@bellwether/contracts';
import { defaultSettings } from '@bellwether/domain';
import * as z from 'zod';

const { Condition, ExitsSpec, OrderKind, TimeInForce, labels } = tradingSchemas(Amount, SignedAmount);

const whose = { uid: Id, tenant: Id.default('replay') };
const Symbol = z.string().min(1).max(32);
/** Epoch milliseconds of the tapes' time. */
const TapeTime = z.int().nonnegative();
const subject = { id: Id, ...whose, symbol: Symbol };

const entryTerms = {
  side: Side,
  quantity: Amount,
  how: OrderKind.default({ kind: 'market' }),
  timeInForce: TimeInForce.default('gtc'),
  exits: ExitsSpec.exactOptional(),
  ...labels,
};

/** Exits are given in short, or in full under `exits`. */
const Position = z
  .strictObject({
    ...subject,
    armedAt: TapeTime,
    side: Side,
    quantity: Amount,
    entryPrice: Amount,
    stopLoss: Amount.exactOptional(),
    takeProfit: Amount.exactOptional(),
    trailing: z.strictObject({ distance: Amount }).exactOptional(),
    exits: ExitsSpec.exactOptional(),
    ...labels,
  })
  .refine(
    ({ exits, stopLoss, takeProfit, trailing }) =>
      exits === undefined || (stopLoss === undefined && takeProfit === undefined && trailing === undefined),
    { path: ['exits'], message: 'must not stand beside stopLoss, takeProfit or trailing' },
  );

/** A price in short, or any condition. */
const When = z.union([z.strictObject({ direction: z.enum(['above', 'below']), price: Amount }), Condition]);
const rearming = {
  rearm: z
    .strictObject({
      coolDownMs: z.int().nonnegative(),
      times: z.int().min(2).max(1_000_000).exactOptional(),
    })
    .exactOptional(),
  expiresAt: TapeTime.exactOptional(),
};

export interface ArmedByTrigger {
  readonly id: string;
  /** That of the trigger that arms it, where none is named. */
  readonly symbol?: string;
  readonly when: z.infer<typeof When>;
  readonly then: Action;
  readonly rearm?: { readonly coolDownMs: number; readonly times?: number };
  readonly expiresAt?: number;
}
const Entry = z.strictObject({ position: Id, symbol: Symbol.exactOptional(), ...entryTerms });
export type Action =
  | { readonly notify: true }
  | { readonly kind: 'notify' }
  | { readonly kind: 'open'; readonly entry: z.infer<typeof Entry> }
  | { readonly kind: 'close'; readonly position: string; readonly share?: string }
  | { readonly kind: 'amend'; readonly position: string; readonly exits: z.infer<typeof ExitsSpec> }
  | { readonly kind: 'arm'; readonly trigger: ArmedByTrigger };

const Action: z.ZodType<Action> = z.union([
  z.strictObject({ notify: z.literal(true) }),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('notify') }),
    z.strictObject({ kind: z.literal('open'), entry: Entry }),
    z.strictObject({
      kind: z.literal('close'),
      position: Id,
      share: Amount.exactOptional(),
    }),
    z.strictObject({ kind: z.literal('amend'), position: Id, exits: ExitsSpec }),
    z.strictObject({
      kind: z.literal('arm'),
      get trigger(): z.ZodType<ArmedByTrigger> {
        return NestedTrigger;
      },
    }),
  ]),
]);
// `then` is the word of the file format, of plain objects that nobody awaits.
// oxlint-disable-next-line unicorn/no-thenable
const firing = { when: When, then: Action, ...rearming };
const NestedTrigger = z.strictObject({ id: Id, symbol: Symbol.exactOptional(), ...firing });
const Trigger = z.strictObject({ ...subject, armedAt: TapeTime, ...firing });

/** Enters at the symbol's first tick at or after `at`, into the position that is named, or one of its own name. */
const Order = z.strictObject({ ...subject, at: TapeTime, position: Id.exactOptional(), ...entryTerms });

const { settings: Whole } = ConfigureAccount.shape;
const Settings = Whole.extend({
  currency: Whole.shape.currency.default(defaultSettings.currency),
  limits: Whole.shape.limits.default({}),
  fills: Whole.shape.fills.default({ kind: 'exact' }),
});

/** How a user's account is set up before anything is armed. */
const AccountSetup = z.strictObject({
  ...whose,
  settings: Settings.exactOptional(),
  deposits: z.record(DepositFunds.shape.currency, Amount).exactOptional(),
});

/** What an orders file holds. */
export const Orders = z.strictObject({
  accounts: z.array(AccountSetup).default([]),
  positions: z.array(Position).default([]),
  triggers: z.array(Trigger).default([]),
  orders: z.array(Order).default([]),
});
export type Orders = z.infer<typeof Orders>;
export type ReplayAccount = Orders['accounts'][number];
export type ReplayPosition = Orders['positions'][number];
export type ReplayTrigger = Orders['triggers'][number];
export type ReplayOrder = Orders['orders'][number];
