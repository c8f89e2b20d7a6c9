import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** In a data directory, while a process uses it. */
export const lockFileName = 'cloud.lock';

/** The directories that this process holds: its pid in a lock file may also be left from an earlier process. */
const held = new Set<string>();

/**
 * Creates `dataDir` and makes the caller its only user, until the returned function is called.
 *
 * `cloud.lock` in it names the process. The lock of a process that is gone is taken over. Throws, naming the
 * holder, when another local cloud uses the directory.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  const dir = await realpath(dataDir);
  if (held.has(dir)) throw inUse(dir, process.pid);
  held.add(dir);
  try {
    await takeLock(dir);
  } catch (error) {
    held.delete(dir);
    throw error;
  }
  return async () => {
    if (!held.has(dir)) return;
    await rm(lockPath(dir), { force: true });
    held.delete(dir);
  };
}

function lockPath(dir: string): string {
  return join(dir, lockFileName);
}

function inUse(dir: string, pid: number): Error {
  return new Error(
    `the data directory ${dir} is in use by the local cloud of process ${pid}: ` +
      `stop it first (or delete ${lockPath(dir)} if process ${pid} is something else)`,
  );
}

async function takeLock(dir: string): Promise<void> {
  const path = lockPath(dir);
  while (!(await create(path))) {
    const holder = await readHolder(path);
    if (holder !== undefined && holder !== process.pid && isRunning(holder)) throw inUse(dir, holder);
    await removeStale(path, holder);
  }
}

/** False when the file exists. */
async function create(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Undefined when the file is gone or names nobody. */
async function readHolder(path: string): Promise<number | undefined> {
  const read = () => readFile(path, 'utf8').catch(() => '');
  let content = await read();
  if (content === '') {
    await delay(50); // its process may be about to write the pid
    content = await read();
  }
  const pid = Number.parseInt(content, 10);
  return pid > 0 ? pid : undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}

/** Moves the lock aside before deleting it: a fresh lock that came in between is put back. */
async function removeStale(path: string, holder: number | undefined): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readHolder(aside)) === holder) await rm(aside);
  else await rename(aside, path);
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
