import * as z from 'zod';

/** Amounts are decimal text, rounded to eight digits after the point: to be shown, never booked. */
const Amount = z.string();
const Currency = z.string();
/** Symbols without a price, and rates such as `BTC/USD`: the first of them. */
const Unpriced = z.array(z.string());

const worth = {
  /** Open profit and loss. */
  pnl: Amount,
  equity: Amount,
  /** Notional, long and short alike. */
  exposure: Amount,
  /** How far the equity is below its peak; of several accounts, the sum over them. */
  drawdown: Amount,
};

/** What accounts of one currency come to: sums over those that can be valued. */
export const PulseTotals = z.strictObject({
  currency: Currency,
  accounts: z.int(),
  /** How many of them something without a price belongs to: they are in no sum. */
  unvalued: z.int(),
  ...worth,
});
export type PulseTotals = z.infer<typeof PulseTotals>;

const ofAccount = {
  tenant: z.string(),
  uid: z.string(),
  accountId: z.string(),
  currency: Currency,
  openPositions: z.int(),
  /** Absent while something of the account has no price. */
  worth: z.strictObject(worth).exactOptional(),
};
export const AccountPulse = z.strictObject(ofAccount);
export type AccountPulse = z.infer<typeof AccountPulse>;

/** A position at the last prices; what nobody can say is absent. `pnl` and `exposure` in the account's currency. */
export const PositionPulse = z.strictObject({
  positionId: z.string(),
  symbol: z.string(),
  side: z.enum(['long', 'short']),
  quantity: z.string(),
  entryPrice: z.string(),
  price: z.string().exactOptional(),
  pnl: Amount.exactOptional(),
  exposure: Amount.exactOptional(),
  /** Its P&L in the currency in which it is settled, which needs no rate. */
  settled: z.strictObject({ currency: Currency, pnl: Amount }).exactOptional(),
});
export type PositionPulse = z.infer<typeof PositionPulse>;

const seen = {
  /** When it was valued, epoch milliseconds. */
  at: z.number(),
  /** When the latest price that counts came from market-feed, epoch milliseconds; 0 before the first. */
  pricedAt: z.number(),
  unpriced: Unpriced,
};

/** What the pulse tells a subscriber: of everything, of a tenant, or of an account. Lists are bounded, the greatest exposure first. */
export const PulseView = z.discriminatedUnion('of', [
  z.strictObject({
    of: z.literal('house'),
    ...seen,
    totals: z.array(PulseTotals),
    tenants: z.array(z.strictObject({ tenant: z.string(), ...PulseTotals.shape })),
  }),
  z.strictObject({
    of: z.literal('tenant'),
    ...seen,
    tenant: z.string(),
    totals: z.array(PulseTotals),
    accounts: z.array(AccountPulse),
  }),
  z.strictObject({
    of: z.literal('account'),
    ...seen,
    ...ofAccount,
    positions: z.array(PositionPulse),
  }),
]);
export type PulseView = z.infer<typeof PulseView>;
