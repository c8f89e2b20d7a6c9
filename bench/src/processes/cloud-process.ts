import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as z from 'zod';
import { nextMessage } from './next-message.ts';

/** A `bellwether cloud` in a process of its own. */
export interface CloudProcess {
  /** `127.0.0.1:PORT` of each server. */
  readonly hosts: Readonly<z.infer<typeof ReadyLine>['hosts']>;
  readonly project: string;
  /** What a service's environment needs to find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Its memory now, and the processor time that it has used since it began. */
  cost(): Promise<Readonly<z.infer<typeof Cost>>>;
  /** Ends it as Ctrl-C does. */
  close(): Promise<void>;
}

const command = fileURLToPath(new URL('../bin/bellwether.mjs', import.meta.resolve('@bellwether/cli')));
const probe = pathToFileURL(join(import.meta.dirname, 'probe.js')).href;

const ReadyLine = z.object({
  hosts: z.object({
    pubsub: z.string(),
    firestore: z.string(),
    bigquery: z.string(),
    bigqueryStorage: z.string(),
    discord: z.string(),
  }),
  environment: z.record(z.string(), z.string()),
});
const Cost = z.object({ rssBytes: z.number(), cpuMs: z.number() });

/** Starts it with these options of the command, on free ports and without an index file. Throws when it ends before it is ready. */
export async function startCloudProcess(options: readonly string[] = []): Promise<CloudProcess> {
  const child = fork(command, ['cloud', '--indexes', 'off', ...options], {
    stdio: ['ignore', 'pipe', 2, 'ipc'],
    execArgv: ['--import', probe],
  });
  const ended = once(child, 'exit');
  if (child.stdout === null) throw new Error('the output of the cloud cannot be read');
  const { hosts, environment } = await readReadyLine(child.stdout);
  return {
    hosts,
    project: environment['GOOGLE_CLOUD_PROJECT'] ?? '',
    environment,
    async cost() {
      child.send('cost');
      return Cost.parse(await nextMessage(child));
    },
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function readReadyLine(output: Readable): Promise<z.infer<typeof ReadyLine>> {
  for await (const line of createInterface(output)) return ReadyLine.parse(JSON.parse(line));
  throw new Error('the cloud ended before it was ready');
}
