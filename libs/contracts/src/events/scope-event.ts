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

/**
 * What happened to a scope larger than an account, version 1: today, to one symbol for everybody. A stored event
 * never changes its shape.
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
]);
export type ScopeEvent = z.infer<typeof ScopeEvent>;
export type HealthPlace = z.infer<typeof HealthPlace>;
