import { startExecutor } from '@bellwether/executor';
import { startHistory } from '@bellwether/history';
import { startLedger, startPulse } from '@bellwether/ledger';
import { startMarketFeed } from '@bellwether/market-feed';
import { startNotifier } from '@bellwether/notifier';
import type { Logger, Operations, RunningService } from '@bellwether/observability';
import { type LoggerFor, type ServiceHost, type ServiceName, stopOrder } from './service-host.ts';

const starters: Record<ServiceName, (env: NodeJS.ProcessEnv, logger: Logger) => Promise<RunningService>> = {
  'market-feed': startMarketFeed,
  executor: startExecutor,
  ledger: startLedger,
  pulse: startPulse,
  history: startHistory,
  notifier: startNotifier,
};

/** All services in this process, each with its own clients: they meet only on the bus. */
export class InProcessHost implements ServiceHost {
  readonly pids: ReadonlyMap<ServiceName, number> = new Map();
  readonly failed: Promise<never>;
  readonly #loggerFor: LoggerFor;
  readonly #operations: Operations | undefined;
  readonly #running = new Map<ServiceName, RunningService>();
  #fail: (error: unknown) => void = () => undefined;

  /** @param operations where operators ask how the services are; nobody can unless given. */
  constructor(loggerFor: LoggerFor, operations?: Operations) {
    this.#loggerFor = loggerFor;
    this.#operations = operations;
    this.failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => undefined);
  }

  async start(name: ServiceName, environment: Readonly<Record<string, string>>): Promise<void> {
    this.#operations?.starting(name);
    const service = await starters[name]({ ...process.env, ...environment }, this.#loggerFor(name));
    this.#running.set(name, service);
    this.#operations?.started(service);
    if ('finished' in service && service.finished instanceof Promise)
      service.finished.catch((error: unknown) => this.#fail(error));
  }

  async stop(): Promise<void> {
    for (const group of stopOrder) await Promise.all(group.map(async (name) => this.#stopOne(name)));
  }

  async #stopOne(name: ServiceName): Promise<void> {
    const service = this.#running.get(name);
    this.#running.delete(name);
    await service?.close();
  }
}
