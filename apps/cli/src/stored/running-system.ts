import { isAlive } from '@bellwether/observability';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** A system that runs over a data directory, as it has said there. */
const RunningSystem = z.object({
  pid: z.int().positive(),
  /** What another process needs to find it. */
  environment: z.record(z.string(), z.string()),
});

const fileName = 'running.json';

/** Says in a data directory that this process runs a system over it. @returns what takes it back. */
export function sayRunning(dataDir: string, environment: Readonly<Record<string, string>>): () => void {
  const file = join(dataDir, fileName);
  mkdirSync(dataDir, { recursive: true });
  const said = JSON.stringify({ pid: process.pid, environment }, undefined, 2);
  writeFileSync(file, `${said}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** The environment of the system that runs over a data directory; `undefined` where none does, or what it said is no more true. */
export function runningIn(dataDir: string): Readonly<Record<string, string>> | undefined {
  let said: string;
  try {
    said = readFileSync(join(dataDir, fileName), 'utf8');
  } catch {
    return undefined;
  }
  const { pid, environment } = RunningSystem.parse(JSON.parse(said));
  return isAlive(pid) ? environment : undefined;
}
