import * as z from 'zod';

const Text = z.string().min(1).max(512);
const Millis = z.number().nonnegative();

/** Where in a shard's frames a symbol's health changed: the change at `index` of that frame. */
const HealthPlace = z.strictObject({
  shard: z.int().nonnegative(),
  epoch: Text,
  frame: z.int().positive(),
  index: z.int().nonnegative(),
  /** The first tick that it holds for. */
  ordinal: z.int().nonnegative(),
});

const By = { actor: Text, reason: z.string().max(512) };

/**
 * What happened to a scope larger than an account, version 1: to one symbol for everybody, or to trading in all
 * accounts of the scope. A stored event never changes its shape.
 */
export const ScopeEvent = z.discriminatedUnion('type', [
  /** Nothing fires on the symbol's ticks from that place on. */
  z.strictObject({
    type: z.literal('SymbolPaused'),
    symbol: Text,
    health: z.enum(['stale', 'suspect']),
    reason: z.string().max(512),
    since: Millis,
    place: HealthPlace,
  }),
  z.strictObject({
    type: z.literal('SymbolResumed'),
    symbol: Text,
    reason: z.string().max(512),
    since: Millis,
    place: HealthPlace,
  }),
  /** Every account of the scope is to be halted: nothing executes. */
  z.strictObject({ type: z.literal('TradingHalted'), ...By, until: Millis.exactOptional() }),
  /** Every account may only make positions smaller; with `flatten` all are closed, and it is halted then. */
  z.strictObject({
    type: z.literal('TradingReduced'),
    ...By,
    until: Millis.exactOptional(),
    flatten: z.boolean(),
  }),
  /** What is stored does not add up. The first differences are told in words. */
  z.strictObject({
    type: z.literal('ReconciliationDiffered'),
    /** How many accounts were verified, and how many of them differ. */
    accounts: z.int().nonnegative(),
    differing: z.int().positive(),
    differences: z.int().positive(),
    examples: z
      .array(
        z.strictObject({
          accountId: Text,
          about: z.enum(['journal', 'state', 'books', 'booking']),
          what: Text,
          repair: Text,
        }),
      )
      .min(1)
      .max(20),
  }),
  /** The hold of this scope ends: by the actor `expiry` where it was to end by itself. */
  z.strictObject({ type: z.literal('TradingResumed'), ...By }),
]);
export type ScopeEvent = z.infer<typeof ScopeEvent>;
export type HealthPlace = z.infer<typeof HealthPlace>;
