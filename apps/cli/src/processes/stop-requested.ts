import { isAlive } from '@bellwether/observability';

const parentPollMs = 500;

/** Resolves once, when the process is asked to stop: by a signal, or because the process that started it is gone. */
export async function stopRequested(environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve());
    const parent = Number(environment['BELLWETHER_PARENT_PID'] ?? 0);
    if (parent > 0) setInterval(() => isAlive(parent) || resolve(), parentPollMs).unref();
  });
}
