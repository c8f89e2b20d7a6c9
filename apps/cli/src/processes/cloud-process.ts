import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cliEntry } from './entry.ts';

/** What `bellwether cloud` prints when it is ready. */
export interface CloudReady {
  readonly ready: true;
  readonly pid: number;
  /** What a service's environment needs to find this cloud. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface CloudProcess extends CloudReady {
  /** Resolves when the process has ended, with its exit code. */
  readonly exited: Promise<number | null>;
  /** Lets it make everything durable and end; it is killed when that takes more than `graceMs`. */
  stop(graceMs?: number): Promise<void>;
}

/** Starts the local cloud as a process of its own and waits until it is ready. */
export async function startCloudProcess(args: readonly string[]): Promise<CloudProcess> {
  const child = spawn(process.execPath, [cliEntry, 'cloud', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A Ctrl-C in the terminal reaches the whole group: the cloud must outlive the services.
    detached: true,
    env: { ...process.env, BELLWETHER_PARENT_PID: String(process.pid) },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = await readReady(child, exited);
  return { ...ready, exited, stop: async (graceMs = 4_000) => stop(child, exited, graceMs) };
}

async function readReady(child: ChildProcess, exited: Promise<number | null>): Promise<CloudReady> {
  const { promise, resolve, reject } = Promise.withResolvers<CloudReady>();
  if (child.stdout === null) throw new Error('the local cloud has no output');
  createInterface({ input: child.stdout }).once('line', (line) => {
    try {
      // The line that our own command prints.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      resolve(JSON.parse(line) as CloudReady);
    } catch (error) {
      reject(new Error(`the local cloud said: ${line}`, { cause: error }));
    }
  });
  child.once('error', reject);
  const ended = exited.then((code) => {
    throw new Error(
      `the local cloud ended with code ${String(code)} before it was ready; see the lines above`,
    );
  });
  return Promise.race([promise, ended]);
}

async function stop(child: ChildProcess, exited: Promise<number | null>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}
