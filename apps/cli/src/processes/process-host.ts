import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceEntry } from './entry.ts';
import { type ServiceHost, type ServiceName, stopOrder } from './service-host.ts';

export interface ProcessHostOptions {
  /** Starts a service again when its process dies. */
  readonly restart: boolean;
  /** Where each service's log goes; standard error when absent. */
  readonly logFile?: (name: ServiceName) => string;
  /** Hears of every start, also after a death. */
  readonly onStart?: (name: ServiceName, pid: number, starts: number) => void;
}

interface Child {
  process: ChildProcess;
  starts: number;
  readonly environment: Readonly<Record<string, string>>;
}

const restartPauseMs = 200;
const stopGraceMs = 6_000;
const readyWithinMs = 30_000;

/** Each service as a process of its own, watched and, where asked for, started again when it dies. */
export class ProcessHost implements ServiceHost {
  readonly failed: Promise<never>;
  readonly #options: ProcessHostOptions;
  readonly #children = new Map<ServiceName, Child>();
  readonly #stopping = new Set<ServiceName>();
  #fail: (error: Error) => void = () => undefined;

  constructor(options: ProcessHostOptions) {
    this.#options = options;
    this.failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => undefined);
  }

  get pids(): ReadonlyMap<ServiceName, number> {
    return new Map(
      [...this.#children].flatMap(
        ([
          name,
          {
            process: { pid },
          },
        ]) => (pid ? [[name, pid]] : []),
      ),
    );
  }

  async start(name: ServiceName, environment: Readonly<Record<string, string>>): Promise<void> {
    this.#stopping.delete(name);
    await this.#spawn(name, environment, 1);
  }

  async stop(): Promise<void> {
    for (const group of stopOrder) await Promise.all(group.map(async (name) => this.#stopOne(name)));
  }

  async #spawn(
    name: ServiceName,
    environment: Readonly<Record<string, string>>,
    starts: number,
  ): Promise<void> {
    const logFile = this.#options.logFile?.(name);
    const child = spawn(process.execPath, ['--enable-source-maps', serviceEntry(name)], {
      // The service says on its fourth descriptor, an IPC channel, that it is ready.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: true,
      env: {
        ...process.env,
        ...environment,
        BELLWETHER_PARENT_PID: String(process.pid),
        ...(logFile === undefined ? {} : { LOG_FILE: logFile }),
      },
    });
    this.#children.set(name, { process: child, starts, environment });
    if (child.pid !== undefined) this.#options.onStart?.(name, child.pid, starts);
    const ready = new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => reject(new Error(`${name} ended before it was ready`)));
      setTimeout(() => reject(new Error(`${name} was not ready in time`)), readyWithinMs).unref();
    });
    child.once('exit', (code, signal) => void this.#onExit(name, code, signal));
    await ready;
  }

  async #onExit(name: ServiceName, code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    const child = this.#children.get(name);
    if (child === undefined || this.#stopping.has(name)) return;
    const cause = signal ?? `code ${String(code)}`;
    if (!this.#options.restart) {
      this.#fail(new Error(`${name} ended unexpectedly (${cause})`));
      return;
    }
    await sleep(restartPauseMs);
    if (this.#stopping.has(name)) return;
    try {
      await this.#spawn(name, child.environment, child.starts + 1);
    } catch (error) {
      if (child.starts > 20) this.#fail(new Error(`${name} keeps ending (${cause})`, { cause: error }));
    }
  }

  async #stopOne(name: ServiceName): Promise<void> {
    this.#stopping.add(name);
    const child = this.#children.get(name)?.process;
    this.#children.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
    await exited;
    clearTimeout(timer);
  }
}
