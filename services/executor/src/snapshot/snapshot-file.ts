import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The file's bytes; `undefined` where there is none. */
export async function readSnapshotFile(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Puts a whole new file in the place of the old one, or leaves the old one: written beside it, flushed to the
 * disk, then renamed. The chunks are asked for one by one, with a turn of the event loop after each.
 *
 * @returns its size in bytes.
 */
export async function replaceSnapshotFile(path: string, chunks: Iterable<Uint8Array>): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.tmp`;
  const file = await open(beside, 'w');
  let size = 0;
  try {
    for (const chunk of chunks) {
      await file.writeFile(chunk);
      size += chunk.length;
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(beside, { force: true });
    throw error;
  }
  await file.close();
  await rename(beside, path);
  await syncDirectory(dirname(path));
  return size;
}

export async function removeSnapshotFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
