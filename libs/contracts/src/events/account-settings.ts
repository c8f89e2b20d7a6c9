import { meteredCommands } from '@bellwether/domain';
import * as z from 'zod';
import { Currency, NotNegative } from './event-terms.ts';
import { PositiveDecimal } from './trading-schemas.ts';

/** An amount of a limit, in the account's currency. */
const Limit = PositiveDecimal.exactOptional();
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
      spreadPercent: NotNegative,
      slippagePercent: NotNegative,
      makerFeePercent: NotNegative,
      takerFeePercent: NotNegative,
      feeAsset: z.strictObject({ currency: Currency, rate: PositiveDecimal }).exactOptional(),
      maxShareOfTrade: PositiveDecimal.exactOptional(),
    }),
  ]),
});
