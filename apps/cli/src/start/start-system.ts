import { CommandClient, connectPubSub, provisionTopology } from '@bellwether/bus';
import { defaultShards, topologyOf } from '@bellwether/contracts';
import { demoTape } from '@bellwether/market-feed';
import {
  type Logger,
  Operations,
  createLogger,
  startTracing,
  systemClock,
  systemIds,
} from '@bellwether/observability';
import { connectFirestore } from '@bellwether/store';
import { join } from 'node:path';
import { addSinkChannel } from '../cloud/sink-channel.ts';
import type { CloudProcess } from '../processes/cloud-process.ts';
import { freePort } from '../processes/free-port.ts';
import { InProcessHost } from '../processes/in-process-host.ts';
import { ProcessHost } from '../processes/process-host.ts';
import type { ServiceHost } from '../processes/service-host.ts';
import { sayRunning } from '../stored/running-system.ts';
import { DemoDesk } from './demo-desk.ts';
import { demoTenant } from './demo-users.ts';
import { type LiveOutput, openJsonLines, openScreen } from './live-output.ts';
import { LiveState } from './live-state.ts';
import type { OperationsPorts } from './operations-ports.ts';
import type { StartOptions } from './run-start.ts';

/** The services, and what is shown of them. */
export interface System {
  readonly host: ServiceHost;
  /** Ends it, and the cloud after it. */
  close(): Promise<void>;
}

/** Starts everything on a local cloud; other commands find it from then on. @param given no tapes are the demo tape. */
export async function startSystem(
  cloud: CloudProcess,
  given: readonly string[],
  options: StartOptions & { readonly ports: OperationsPorts },
  {
    executor: executorDir,
    archive: archiveDir,
    logs: logDir,
  }: { readonly executor: string; readonly archive: string; readonly logs: string },
): Promise<System> {
  const tapes = given.length > 0 ? given : [demoTape];
  const pulsePort = await freePort();
  const environment = {
    ...cloud.environment,
    SHARDS: String(defaultShards),
    PULSE_PORT: String(pulsePort),
    EXECUTOR_DATA_DIR: executorDir,
    ARCHIVE_DIR: archiveDir,
  };
  const logger = loggerOf('start', logDir);
  const isSplit = options.split === true;
  const { ports } = options;
  const { all } = ports;
  const operations = isSplit || all === 'off' ? undefined : await Operations.open(all, logger);
  if (operations !== undefined)
    process.stderr.write(`Operators ask ${operations.url}: /livez, /readyz and /metrics.\n`);
  const tracing = isSplit ? undefined : await startTracing(process.env, 'bellwether');
  const host = openHost(options, logDir, operations);
  const pubsub = connectPubSub(environment);
  const firestore = connectFirestore(environment);
  await provisionTopology(pubsub, topologyOf(defaultShards));
  await addSinkChannel(firestore, environment, demoTenant);

  process.stderr.write('Starting the services…\n');
  const consumers = ['executor', 'ledger', 'pulse', 'history', 'notifier'] as const;
  await Promise.all(
    consumers.map(async (name) => host.start(name, { ...environment, OPERATIONS_PORT: ports.of(name) })),
  );
  const live = new LiveState({ firestore, pubsub, logger });
  await live.open();
  const commands = await CommandClient.connect(pubsub, { name: 'demo', ids: systemIds, logger });
  const desk = new DemoDesk({ commands, live, ids: systemIds, logger });
  if (options.demo) await desk.open();
  await host.start('market-feed', {
    ...environment,
    TAPES: tapes.join(','),
    TAPE_SPEED: options.speed,
    TAPE_LOOP: 'on',
    TAPE_REBASE: 'on',
    SANITY: 'on',
    FEED_NAME: 'tape',
    OPERATIONS_PORT: ports.of('market-feed'),
  });
  const output: LiveOutput = process.stdout.isTTY
    ? openScreen(process.stdout, live)
    : openJsonLines(process.stdout, live, systemClock);
  const takeBack = sayRunning(options.dataDir, {
    ...environment,
    PULSE_URL: `http://127.0.0.1:${pulsePort}`,
  });
  return {
    host,
    async close() {
      takeBack();
      output.close();
      await Promise.allSettled([desk.close(), live.close()]);
      await commands.close().catch(() => undefined);
      await host.stop();
      await Promise.allSettled([tracing?.close(), operations?.close()]);
      await Promise.allSettled([pubsub.close(), firestore.terminate()]);
      await cloud.stop();
    },
  };
}

function openHost({ split }: StartOptions, logDir: string, operations: Operations | undefined): ServiceHost {
  if (split === true)
    return new ProcessHost({ restart: true, logFile: (name) => join(logDir, `${name}.log`) });
  return new InProcessHost((name) => loggerOf(name, logDir), operations);
}

function loggerOf(service: string, logDir: string): Logger {
  return createLogger({ service, file: join(logDir, `${service}.log`) });
}
