import { defaultShards, mostShards } from '@bellwether/contracts';
import * as z from 'zod';

const HostAndPort = z.string().regex(/^[^:/]+:\d{1,5}$/, 'must be "host:port"');

const Environment = z.object({
  SHARDS: z.coerce.number().int().min(1).max(mostShards).default(defaultShards),
  GOOGLE_CLOUD_PROJECT: z.string().min(1),
  BIGQUERY_EMULATOR_HOST: z.url().optional(),
  BIGQUERY_STORAGE_HOST: HostAndPort.optional(),
});

export interface HistoryConfig {
  readonly shards: number;
  readonly project: string;
  /** Base URL of a local BigQuery; without it Google's. */
  readonly bigqueryUrl: string | undefined;
  /** A local Storage Write API, which is reached without TLS; without it Google's. */
  readonly storageHost: { readonly host: string; readonly port: number } | undefined;
}

/** @throws Error that names each variable and what is wrong with it. */
export function readConfig(environment: NodeJS.ProcessEnv): HistoryConfig {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad environment of history\n${z.prettifyError(parsed.error)}`);
  const { SHARDS, GOOGLE_CLOUD_PROJECT, BIGQUERY_EMULATOR_HOST, BIGQUERY_STORAGE_HOST } = parsed.data;
  const [host = '', port] = BIGQUERY_STORAGE_HOST?.split(':') ?? [];
  return {
    shards: SHARDS,
    project: GOOGLE_CLOUD_PROJECT,
    bigqueryUrl: BIGQUERY_EMULATOR_HOST,
    storageHost: BIGQUERY_STORAGE_HOST === undefined ? undefined : { host, port: Number(port) },
  };
}
