import { MarketSymbol, defaultShards, mostShards } from '@bellwether/contracts';
import * as z from 'zod';
import { type HealthRules, defaultHealthRules } from './health/symbol-health.ts';
import type { TapeSpeed } from './pacing/tape-pace.ts';
import { type SanityRules, defaultSanityRules } from './sanity/sanity-rules.ts';

export interface MarketFeedConfig {
  /** Paths; of ticks with equal times those of the tape named first come first. */
  readonly tapes: readonly string[];
  readonly speed: TapeSpeed;
  readonly isLooped: boolean;
  readonly isRebased: boolean;
  readonly isSanityOn: boolean;
  readonly sanity: SanityRules;
  readonly health: HealthRules;
  readonly feed: string;
  readonly shards: number;
}

/** @throws Error that says which variable is wrong, and how. */
export function readConfig(environment: NodeJS.ProcessEnv): MarketFeedConfig {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad environment\n${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  return {
    tapes: data.TAPES,
    speed: data.TAPE_SPEED,
    isLooped: data.TAPE_LOOP === 'on',
    isRebased: data.TAPE_REBASE === 'on',
    isSanityOn: data.SANITY === 'on',
    sanity: {
      ...defaultSanityRules,
      band: data.SANITY_BAND,
      bands: data.SANITY_BANDS,
      confirmations: data.CONFIRMATIONS,
      confirmWithinMs: data.CONFIRM_WITHIN_MS,
      staleAfterMs: data.STALE_AFTER_MS,
    },
    health: { ...defaultHealthRules, silentAfterMs: data.SILENT_AFTER_MS },
    feed: data.FEED_NAME,
    shards: data.SHARDS,
  };
}

const OnOff = z.enum(['on', 'off']);
const Share = z.coerce.number().gt(0, 'must be a share above 0').lt(1, 'must be a share below 1');
const Milliseconds = z.coerce.number().int().min(1).max(86_400_000);

const Environment = z.object({
  TAPES: z
    .string()
    .transform((paths) => paths.split(',').filter((path) => path !== ''))
    .refine((paths) => paths.length > 0, 'must name at least one tape'),
  TAPE_SPEED: z
    .string()
    .default('1')
    .refine((text) => text === 'max' || isAboveZero(Number(text)), 'must be "max" or a number above 0')
    .transform((text): TapeSpeed => (text === 'max' ? 'max' : Number(text))),
  TAPE_LOOP: OnOff.default('off'),
  TAPE_REBASE: OnOff.default('off'),
  SANITY: OnOff.default('on'),
  SANITY_BAND: Share.default(defaultSanityRules.band),
  SANITY_BANDS: z
    .string()
    .default('')
    .transform((text, context) => {
      const bands = new Map<string, number>();
      for (const entry of text.split(',').filter((each) => each !== '')) {
        const [, symbol = '', share = ''] = /^(.+):(.+)$/.exec(entry) ?? [];
        const band = Share.safeParse(share);
        if (band.success && MarketSymbol.safeParse(symbol).success) bands.set(symbol, band.data);
        else context.addIssue(`must be "SYMBOL:SHARE,...", and is not at "${entry}"`);
      }
      return bands;
    }),
  CONFIRMATIONS: z.coerce.number().int().min(1).max(100).default(defaultSanityRules.confirmations),
  CONFIRM_WITHIN_MS: Milliseconds.default(defaultSanityRules.confirmWithinMs),
  STALE_AFTER_MS: Milliseconds.default(defaultSanityRules.staleAfterMs),
  SILENT_AFTER_MS: Milliseconds.default(defaultHealthRules.silentAfterMs),
  // Without a dash, so that no feed's epochs lie between those of another.
  FEED_NAME: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,31}$/, 'must be a letter and up to 31 letters or digits')
    .default('tape'),
  SHARDS: z.coerce.number().int().min(1).max(mostShards).default(defaultShards),
});

function isAboveZero(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}
