import { CommandClient, connectPubSub, provisionTopology } from '@bellwether/bus';
import { type ChannelDocument, defaultShards, paths, topologyOf } from '@bellwether/contracts';
import { demoTape } from '@bellwether/market-feed';
import { readChannelKeys, sealChannel } from '@bellwether/notifier';
import {
  type Logger,
  Operations,
  createLogger,
  startTracing,
  systemClock,
  systemIds,
} from '@bellwether/observability';
import { connectFirestore } from '@bellwether/store';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../fail.ts';
import { InputError } from '../input-error.ts';
import { inspectTapes } from '../inspect-tapes.ts';
import { type CloudProcess, startCloudProcess } from '../processes/cloud-process.ts';
import { indexesFile, userPath } from '../processes/entry.ts';
import { freePort } from '../processes/free-port.ts';
import { InProcessHost } from '../processes/in-process-host.ts';
import { ProcessHost } from '../processes/process-host.ts';
import type { ServiceHost } from '../processes/service-host.ts';
import { stopRequested } from '../processes/stop-requested.ts';
import { sayRunning } from '../stored/running-system.ts';
import { usualDataDir } from '../stored/usual-data-dir.ts';
import { DemoDesk } from './demo-desk.ts';
import { demoTenant } from './demo-users.ts';
import { type LiveOutput, openJsonLines, openScreen } from './live-output.ts';
import { LiveState } from './live-state.ts';
import { type OperationsPorts, operationsPorts } from './operations-ports.ts';

export interface StartOptions {
  readonly tape: readonly string[];
  readonly speed: string;
  readonly dataDir: string;
  readonly fresh?: boolean;
  readonly demo: boolean;
  readonly split?: boolean;
  /** A port of 127.0.0.1, 0 for any free one, or `off`. */
  readonly operationsPort: string;
}

/** `bellwether start`: everything on this machine until Ctrl-C. */
export async function runStart(options: StartOptions): Promise<void> {
  const stop = stopRequested();
  try {
    if (!(Number(options.speed) > 0))
      throw new InputError(`--speed: must be a number above 0, not "${options.speed}"`);
    const ports = operationsPorts(options.operationsPort);
    const tapes = options.tape.length > 0 ? options.tape.map(userPath) : [demoTape];
    await inspectTapes(tapes);
    const dataDir = userPath(options.dataDir);
    const folders = {
      cloud: join(dataDir, 'cloud'),
      executor: join(dataDir, 'executor'),
      // Where the other commands look for it, too.
      archive: join(dataDir, 'cloud', 'archive'),
      logs: join(dataDir, 'logs'),
    };
    if (options.fresh === true)
      for (const folder of Object.values(folders)) await rm(folder, { recursive: true, force: true });
    await mkdir(folders.logs, { recursive: true });

    process.stderr.write('Starting the local cloud…\n');
    const cloud = await startCloudProcess(['--data-dir', folders.cloud, '--indexes', indexesFile]);
    process.stderr.write(`Its ops server listens at ${cloud.environment['CLOUD_OPS_URL'] ?? ''}.\n`);
    const system = await startSystem(cloud, tapes, { ...options, ports }, folders);
    const takeBack = sayRunning(dataDir, system.environment);
    process.stderr.write(
      `Other commands find it: bellwether verify, kill, pulse, ledger…${options.dataDir === usualDataDir ? '' : `, here with --data-dir ${options.dataDir}`}\n`,
    );
    await Promise.race([
      stop,
      system.host.failed,
      cloud.exited.then((code) => {
        throw new Error(`the local cloud ended unexpectedly with code ${String(code)}`);
      }),
    ]);
    takeBack();
    await system.close();
    process.stderr.write(`Stopped; nothing is lost. "npm start" goes on from ${dataDir}.\n`);
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

interface System {
  readonly host: ServiceHost;
  /** What another process needs to find it. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function startSystem(
  cloud: CloudProcess,
  tapes: readonly string[],
  options: StartOptions & { readonly ports: OperationsPorts },
  {
    executor: executorDir,
    archive: archiveDir,
    logs: logDir,
  }: { readonly executor: string; readonly archive: string; readonly logs: string },
): Promise<System> {
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
  const keys = readChannelKeys({ ...process.env, ...environment });
  await provisionTopology(pubsub, topologyOf(defaultShards));
  await firestore
    .doc(paths.channel(demoTenant, 'discord'))
    .set(sealChannel(sinkChannel, { tenant: demoTenant, id: 'discord' }, keys));

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
  return {
    host,
    environment: { ...environment, PULSE_URL: `http://127.0.0.1:${pulsePort}` },
    async close() {
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

/** The local Discord sink takes any webhook. */
const sinkChannel: ChannelDocument = {
  kind: 'discordWebhook',
  webhookId: '100000000000000001',
  webhookToken: 'local-demo',
  status: 'active',
};
