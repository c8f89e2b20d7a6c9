import type { Instrument as DomainInstrument } from '@bellwether/domain';
import * as z from 'zod';
import { PositiveDecimal } from './events/trading-schemas.ts';
import { MarketSymbol } from './ids.ts';

const Currency = z.string().regex(/^[A-Z0-9]{2,16}$/, 'must be a currency such as USD or USDT');

/** `instruments/{symbol}`: what may be traded, and in which steps. A symbol without one is plain. */
export const Instrument: z.ZodType<DomainInstrument, DomainInstrument> = z.strictObject({
  symbol: MarketSymbol,
  contract: z.strictObject({
    kind: z.enum(['linear', 'inverse']),
    multiplier: PositiveDecimal,
    currency: Currency,
  }),
  quoteCurrency: Currency,
  tickSize: PositiveDecimal.exactOptional(),
  lotSize: PositiveDecimal.exactOptional(),
  minNotional: PositiveDecimal.exactOptional(),
  isPerpetual: z.boolean().exactOptional(),
});
