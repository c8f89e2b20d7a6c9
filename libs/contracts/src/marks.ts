import * as z from 'zod';

/** Last prices, conflated four times a second: for screens and P&L, never for triggers. JSON. */
export const Marks = z.strictObject({
  epoch: z.string(),
  /** Ticks published in this epoch so far, all shards. */
  ticks: z.int().nonnegative(),
  /** Epoch milliseconds. */
  at: z.number(),
  marks: z.array(
    z.strictObject({
      symbol: z.string(),
      venue: z.string(),
      /** Decimal text: the last trade; of a quote, bid and ask. */
      trade: z.string().exactOptional(),
      bid: z.string().exactOptional(),
      ask: z.string().exactOptional(),
      /** The venue's mark price. */
      mark: z.string().exactOptional(),
      exchangeAt: z.number(),
    }),
  ),
});
export type Marks = z.infer<typeof Marks>;
