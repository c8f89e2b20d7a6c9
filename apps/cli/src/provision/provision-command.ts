import { connectPubSub, provisionTopology } from '@bellwether/bus';
import { topologyOf } from '@bellwether/contracts';
import { connectHistory, provisionTables } from '@bellwether/history';
import { shardsOf } from '../shards-of.ts';
import { withCloud } from '../stored/with-cloud.ts';

export interface ProvisionOptions {
  readonly shards?: string;
  readonly dataDir?: string;
  readonly json?: boolean;
}

interface Provisioned {
  /** Those that were not there. */
  readonly topics: readonly string[];
  readonly subscriptions: readonly string[];
  /** The dataset, and `dataset.table`. */
  readonly tables: readonly string[];
}

/** `bellwether provision`: creates what the services need of Pub/Sub and BigQuery and is not there; what is there stays. */
export async function runProvision(options: ProvisionOptions): Promise<void> {
  const shards = shardsOf(options.shards);
  const { dataDir, json = false } = options;
  const needs = ['PUBSUB_EMULATOR_HOST', 'BIGQUERY_EMULATOR_HOST'] as const;
  const created = await withCloud({ command: 'provision', dataDir, needs }, async ({ environment }) =>
    provision(environment, shards),
  );
  process.stdout.write(json ? `${JSON.stringify(created)}\n` : told(created, shards));
  process.exit(0);
}

async function provision(environment: NodeJS.ProcessEnv, shards: number): Promise<Provisioned> {
  const pubsub = connectPubSub(environment);
  try {
    const { topics, subscriptions } = await provisionTopology(pubsub, topologyOf(shards));
    return { topics, subscriptions, tables: await provisionTables(connectHistory(environment)) };
  } finally {
    await pubsub.close();
  }
}

function told({ topics, subscriptions, tables }: Provisioned, shards: number): string {
  const lines = [
    ...topics.map((name) => `topic ${name}`),
    ...subscriptions.map((name) => `subscription ${name}`),
    ...tables.map((name) => (name.includes('.') ? `table ${name}` : `dataset ${name}`)),
  ].map((what) => `created ${what}\n`);
  const sum = lines.length === 0 ? 'Everything was there' : `${lines.length} created, the rest was there`;
  return `${lines.join('')}${sum}: a topology of ${shards} shards, and BigQuery's tables.\n`;
}
