import { defaultShards } from '@bellwether/contracts';
import * as z from 'zod';
import type { TapeSpeed } from './pacing/tape-pace.ts';

export interface MarketFeedConfig {
  /** Paths; of ticks with equal times those of the tape named first come first. */
  readonly tapes: readonly string[];
  readonly speed: TapeSpeed;
  readonly isLooped: boolean;
  readonly isRebased: boolean;
  readonly isSanityOn: boolean;
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
    feed: data.FEED_NAME,
    shards: data.SHARDS,
  };
}

const OnOff = z.enum(['on', 'off']);

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
  // Without a dash, so that no feed's epochs lie between those of another.
  FEED_NAME: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,31}$/, 'must be a letter and up to 31 letters or digits')
    .default('tape'),
  SHARDS: z.coerce.number().int().min(1).max(99).default(defaultShards),
});

function isAboveZero(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}
