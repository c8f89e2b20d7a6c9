import { defaultShards, mostShards } from '@bellwether/contracts';
import * as z from 'zod';

const Environment = z.object({
  SHARDS: z.coerce.number().int().min(1).max(mostShards).default(defaultShards),
  PULSE_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
});

export interface PulseConfig {
  /** How the topology divides symbols. */
  readonly shards: number;
  /** Of its server on 127.0.0.1; 0 takes any free one. */
  readonly port: number;
}

/** @throws Error that names each variable and what is wrong with it. */
export function readPulseConfig(environment: NodeJS.ProcessEnv): PulseConfig {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad environment of the pulse\n${z.prettifyError(parsed.error)}`);
  return { shards: parsed.data.SHARDS, port: parsed.data.PULSE_PORT };
}
