import { meteredCommands } from '@bellwether/domain';
import * as z from 'zod';
import { Currency, NotNegative } from './event-terms.ts';
import { PositiveDecimal } from './trading-schemas.ts';

type TextSchema = z.ZodType<string, string>;

/** The schema of settings, over the amounts that a place takes: events take more than commands. */
export function accountSettings({
  currency,
  amount,
  percent,
  rate,
}: {
  readonly currency: TextSchema;
  readonly amount: TextSchema;
  readonly percent: TextSchema;
  readonly rate: TextSchema;
}) {
  /** In the account's currency. */
  const Limit = amount.exactOptional();
  return z.strictObject({
    currency,
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
      collarPercent: amount.exactOptional(),
    }),
    /** Its adapter's name; `shadow` is the one inside. */
    broker: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits or "-"')
      .exactOptional(),
    /** A command that is absent costs nothing. */
    creditPrices: z.partialRecord(z.enum(meteredCommands), amount).exactOptional(),
    fills: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('exact') }),
      z.strictObject({
        kind: z.literal('modelled'),
        spreadPercent: percent,
        slippagePercent: percent,
        makerFeePercent: percent,
        takerFeePercent: percent,
        feeAsset: z.strictObject({ currency, rate }).exactOptional(),
        maxShareOfTrade: amount.exactOptional(),
      }),
    ]),
  });
}

export const AccountSettings = accountSettings({
  currency: Currency,
  amount: PositiveDecimal,
  percent: NotNegative,
  rate: PositiveDecimal,
});
