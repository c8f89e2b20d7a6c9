import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { lockDataDir, lockFileName } from './data-dir-lock.ts';

interface StoredFile {
  /** Within the data directory, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const format = 'bellwether-cloud-state-1';
const chunkBytes = 1024 * 1024;
/** Keys are among what a cloud keeps. */
const ownersAlone = 0o600;
/** Of the first line, which lists the files. */
const maxHeadBytes = 16 * 1024 * 1024;

/** What was named cannot be exported or imported: the message says which and why. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
}

/**
 * Writes everything that a stopped local cloud keeps in `dataDir` into the new file `file`: a line of JSON that
 * lists the files with their SHA-256, then their bytes one after the other.
 *
 * @throws StateFileError when the directory is missing or empty, and when `file` exists or cannot be created; Error when
 *   the directory is in use.
 */
export async function exportState(dataDir: string, file: string): Promise<void> {
  const entries = await readdir(dataDir).catch(() => []);
  if (entries.every((name) => name === lockFileName))
    throw new StateFileError(`${dataDir} holds no state to export`);
  if (!relative(resolve(dataDir), resolve(file)).startsWith('..')) {
    throw new StateFileError(`${file} lies in the data directory that it is to hold`);
  }
  const unlock = await lockDataDir(dataDir);
  try {
    const files: StoredFile[] = [];
    for (const path of await filesIn(dataDir)) files.push(await describe(dataDir, path));
    const target = await open(file, 'wx', ownersAlone).catch((error: unknown) => {
      throw new StateFileError(`${file} cannot be created`, { cause: error });
    });
    try {
      await target.write(`${JSON.stringify({ format, files })}\n`);
      for (const stored of files) await append(target, join(dataDir, stored.path), stored);
      await target.sync();
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await target.close();
    }
  } finally {
    await unlock();
  }
}

/**
 * Makes `dataDir` what it was when `exportState` wrote `file`; all of it, or nothing.
 *
 * @throws StateFileError when the directory exists and is not empty, and when the file is missing, cut, altered or
 *   something else.
 */
export async function importState(file: string, dataDir: string): Promise<void> {
  const target = resolve(dataDir);
  const entries = await readdir(target).catch(() => []);
  if (entries.length > 0) throw new StateFileError(`${dataDir} is not empty: import into a new directory`);
  const source = await open(file, 'r').catch((error: unknown) => {
    throw new StateFileError(`${file} cannot be read`, { cause: error });
  });
  await mkdir(dirname(target), { recursive: true });
  const building = await mkdtemp(join(dirname(target), `.${basename(target)}-import-`));
  try {
    const { files, headBytes } = await readHead(source, file);
    let position = headBytes;
    for (const stored of files) {
      await extract(source, position, stored, building, file);
      position += stored.bytes;
    }
    if ((await source.stat()).size !== position)
      throw new StateFileError(`${file} is longer than what it lists`);
    await rmdir(target).catch(() => undefined); // an empty one is in the way on some systems
    await rename(building, target);
  } finally {
    await source.close();
    await rm(building, { recursive: true, force: true });
  }
}

async function filesIn(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dataDir, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => path !== lockFileName)
    .toSorted();
}

async function describe(dataDir: string, path: string): Promise<StoredFile> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(join(dataDir, path))) hash.update(toBytes(chunk));
  return { path, bytes: (await stat(join(dataDir, path))).size, sha256: hash.digest('hex') };
}

async function append(target: FileHandle, path: string, { bytes }: StoredFile): Promise<void> {
  let written = 0;
  for await (const chunk of createReadStream(path)) {
    const part = toBytes(chunk);
    await target.writeFile(part);
    written += part.length;
  }
  if (written !== bytes) throw new Error(`${path} changed while it was exported`);
}

async function readHead(
  source: FileHandle,
  file: string,
): Promise<{ files: StoredFile[]; headBytes: number }> {
  const size = Math.min((await source.stat()).size, maxHeadBytes);
  try {
    const { buffer } = await source.read(Buffer.alloc(size), 0, size, 0);
    const end = buffer.indexOf('\n');
    const head: unknown = JSON.parse(buffer.toString('utf8', 0, end));
    if (isHead(head)) return { files: head.files, headBytes: end + 1 };
  } catch {
    // said below
  }
  throw new StateFileError(`${file} is no exported state of a local cloud`);
}

async function extract(
  source: FileHandle,
  from: number,
  stored: StoredFile,
  building: string,
  file: string,
): Promise<void> {
  const path = join(building, stored.path);
  await mkdir(dirname(path), { recursive: true });
  const target = await open(path, 'wx', ownersAlone);
  const hash = createHash('sha256');
  try {
    for (let done = 0; done < stored.bytes;) {
      const length = Math.min(chunkBytes, stored.bytes - done);
      const { bytesRead, buffer } = await source.read(Buffer.alloc(length), 0, length, from + done);
      if (bytesRead === 0) throw new StateFileError(`${file} is cut within ${stored.path}`);
      const part = buffer.subarray(0, bytesRead);
      hash.update(part);
      await target.writeFile(part);
      done += bytesRead;
    }
    await target.sync();
  } finally {
    await target.close();
  }
  if (hash.digest('hex') !== stored.sha256)
    throw new StateFileError(`${file} is damaged within ${stored.path}`);
}

function isHead(value: unknown): value is { files: StoredFile[] } {
  if (typeof value !== 'object' || value === null || !('format' in value) || !('files' in value))
    return false;
  return value.format === format && Array.isArray(value.files) && value.files.every(isStoredFile);
}

function isStoredFile(value: unknown): value is StoredFile {
  if (typeof value !== 'object' || value === null) return false;
  if (!('path' in value && 'bytes' in value && 'sha256' in value)) return false;
  const { path, bytes } = value;
  if (typeof path !== 'string' || typeof value.sha256 !== 'string') return false;
  const isInside = path !== '' && !path.startsWith('/') && !/(^|[/\\])\.\.([/\\]|$)/.test(path);
  return isInside && typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0;
}

function toBytes(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  throw new Error('a stream without an encoding brings bytes');
}
