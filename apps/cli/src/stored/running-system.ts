import { isAlive } from '@bellwether/observability';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { InputError } from '../input-error.ts';
import { checkDirectory } from './data-directory.ts';

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
  return systemIn(dataDir)?.environment;
}

/** @throws InputError where the directory is a file, or another process runs a system over it: this one would be taken for it. */
export function refuseRunning(dataDir: string): void {
  checkDirectory(dataDir);
  const { pid = process.pid } = systemIn(dataDir) ?? {};
  if (pid !== process.pid)
    throw new InputError(
      `--data-dir: process ${pid} runs a system over ${dataDir}: stop it first (or delete ${join(dataDir, fileName)} if that process is something else)`,
    );
}

function systemIn(dataDir: string): z.infer<typeof RunningSystem> | undefined {
  let said: string;
  try {
    said = readFileSync(join(dataDir, fileName), 'utf8');
  } catch {
    return undefined;
  }
  const system = RunningSystem.parse(JSON.parse(said));
  return isAlive(system.pid) ? system : undefined;
}
