import { isAlive } from './is-alive.ts';
import { createLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { Operations } from './operations/operations.ts';
import { operationsPort } from './operations/operations-port.ts';
import type { RunningService } from './running-service.ts';
import { startTracing } from './tracing/start-tracing.ts';

const parentPollMs = 500;

/**
 * What every `main.ts` does: starts the service, closes it on the first SIGTERM or SIGINT, and ends the process. The
 * same signal again ends it at once.
 *
 * A failed start is told on stderr and ends the process with code 1, as does a failed close. Reads `LOG_LEVEL`
 * and `LOG_FILE`; with `BELLWETHER_PARENT_PID` the service also stops when that process is gone. A
 * parent that opened an IPC channel is told `{ ready: name }` when the service has started.
 *
 * Before anything else it answers operators on `OPERATIONS_PORT`, and traces where `startTracing` is told to.
 */
export async function runMain(
  name: string,
  start: (environment: NodeJS.ProcessEnv, logger: Logger) => Promise<RunningService>,
): Promise<void> {
  const environment = process.env;
  const { LOG_LEVEL: level, LOG_FILE: file } = environment;
  const logger = createLogger({
    service: name,
    ...(level === undefined ? {} : { level }),
    ...(file === undefined ? {} : { file }),
  });
  const stop = stopRequested(environment['BELLWETHER_PARENT_PID']);
  try {
    const operations = await openOperations(environment, name, logger);
    const tracing = await startTracing(environment, name);
    const service = await start(environment, logger);
    operations?.started(service);
    logger.info('started');
    process.send?.({ ready: name });
    logger.info({ reason: await stop }, 'stopping');
    await service.close();
    await Promise.all([tracing.close(), operations?.close()]);
    logger.info('stopped');
    process.exit(0);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    logger.fatal({ err: error }, 'failed');
    process.stderr.write(`${name}: ${reason}\n`);
    process.exit(1);
  }
}

async function openOperations(
  environment: NodeJS.ProcessEnv,
  name: string,
  logger: Logger,
): Promise<Operations | undefined> {
  const port = operationsPort(environment, name);
  if (port === 'off') return undefined;
  const operations = await Operations.open(port, logger);
  operations.starting(name);
  return operations;
}

/** Resolves, once, with why the process should end. */
function stopRequested(parentPid: string | undefined): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
    // The timer also keeps a service alive that waits for nothing: signals and idle connections do not.
    setInterval(() => {
      if (parentPid !== undefined && !isAlive(Number(parentPid))) resolve('parent gone');
    }, parentPollMs);
  });
}
