import { defaultShards, mostShards } from '@bellwether/contracts';
import * as z from 'zod';

const Environment = z.object({
  SHARDS: z.coerce.number().int().min(1).max(mostShards).default(defaultShards),
  INSTANCE_ID: z.string().min(1).max(64).default('executor-0'),
  EXECUTOR_DATA_DIR: z.string().min(1).optional(),
});

export interface ExecutorConfig {
  readonly shards: number;
  /** Who holds the leases: stable over restarts, so that a restarted instance takes over at once. */
  readonly instanceId: string;
  /** Where snapshots of the books are kept; without it each start reads everything that is armed. */
  readonly dataDir?: string;
}

/** @throws Error that names each variable and what is wrong with it. */
export function readConfig(environment: NodeJS.ProcessEnv): ExecutorConfig {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad environment of executor\n${z.prettifyError(parsed.error)}`);
  const { SHARDS: shards, INSTANCE_ID: instanceId, EXECUTOR_DATA_DIR: dataDir } = parsed.data;
  return { shards, instanceId, ...(dataDir === undefined ? {} : { dataDir }) };
}
