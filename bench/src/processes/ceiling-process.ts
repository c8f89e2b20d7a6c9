import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod';
import { nextMessage } from './next-message.ts';

/** A server that does the least that its client needs: what the client itself can do at most. */
export interface CeilingProcess {
  readonly host: string;
  /** What it has counted since it began, by what its module counts. */
  counts(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

const Counts = z.record(z.string(), z.number());

/** Runs a module that calls `serveCeiling` in a process of its own. */
export async function startCeiling(module: string): Promise<CeilingProcess> {
  const child = fork(module, { stdio: ['ignore', 2, 2, 'ipc'] });
  const ended = once(child, 'exit');
  const port = Number(await nextMessage(child));
  return {
    host: `127.0.0.1:${port}`,
    async counts() {
      child.send('counts');
      return Counts.parse(await nextMessage(child));
    },
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
