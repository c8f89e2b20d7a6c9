import type { Instrument as DomainInstrument } from '@bellwether/domain';
import * as z from 'zod';
import { Amount, Currency, Rate } from './commands/amounts.ts';
import { MarketSymbol } from './ids.ts';

/** `instruments/{symbol}`: what may be traded, and in which steps. A symbol without one is plain. */
export const Instrument: z.ZodType<DomainInstrument, DomainInstrument> = z.strictObject({
  symbol: MarketSymbol,
  contract: z.strictObject({
    kind: z.enum(['linear', 'inverse']),
    multiplier: Rate,
    currency: Currency,
  }),
  quoteCurrency: Currency,
  tickSize: Amount.exactOptional(),
  lotSize: Amount.exactOptional(),
  minNotional: Amount.exactOptional(),
  isPerpetual: z.boolean().exactOptional(),
});
