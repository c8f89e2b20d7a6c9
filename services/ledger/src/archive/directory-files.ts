import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArchiveFileMissingError, type ArchiveFiles, type ByteRange } from './archive-files.ts';

/** Archives in a directory of this machine. */
export class DirectoryFiles implements ArchiveFiles {
  readonly where: string;

  constructor(directory: string) {
    this.where = directory;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.where, name);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    const partial = `${path}.partial`;
    const file = await open(partial, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    const entries = await open(folder, 'r'); // the new name must last as well
    try {
      await entries.sync();
    } finally {
      await entries.close();
    }
  }

  async read(name: string, range?: ByteRange): Promise<Uint8Array> {
    const file = await open(join(this.where, name), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new ArchiveFileMissingError(this.where, name) : error;
    });
    try {
      if (range === undefined) return await file.readFile();
      const bytes = new Uint8Array(range.to - range.from);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, range.from);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.where, name), { force: true });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
