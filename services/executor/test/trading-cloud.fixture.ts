import { CommandClient, provisionTopology } from '@bellwether/bus';
import { topologyOf } from '@bellwether/contracts';
import { createLogger, systemIds } from '@bellwether/observability';
import { type TestCloud, startTestCloud } from '@bellwether/testing';

const indexesFile = new URL('../../../firestore.indexes.json', import.meta.url).pathname;

export const logger = createLogger({ service: 'test', level: 'silent' });
/** How the topology divides the symbols. */
export const shards = 2;

/** A cloud with its topology, for an executor, and somebody who sends it commands. */
export interface TradingCloud {
  readonly cloud: TestCloud;
  readonly commands: CommandClient;
  /** What an executor needs to be told. */
  readonly environment: Readonly<Record<string, string>>;
  /** To be called when the executor is closed. */
  close(): Promise<void>;
}

export async function startTradingCloud(): Promise<TradingCloud> {
  const cloud = await startTestCloud({ indexesFile });
  await provisionTopology(cloud.pubsub, topologyOf(shards));
  const commands = await CommandClient.connect(cloud.pubsub, { name: 'test', ids: systemIds, logger });
  return {
    cloud,
    commands,
    environment: { ...cloud.environment, SHARDS: String(shards) },
    async close() {
      await commands.close();
      await cloud.close();
    },
  };
}
