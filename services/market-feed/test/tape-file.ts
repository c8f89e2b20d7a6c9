import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const tradesHeader = 'ts_ms,symbol,venue,price,size\n';
export const quotesHeader = 'ts_ms,symbol,venue,bid,ask\n';

/** A folder for the tapes of one spec. */
export interface TapeFolder {
  /** Writes a tape and answers its path. */
  write(name: string, text: string): Promise<string>;
  writeBytes(name: string, bytes: Uint8Array): Promise<string>;
  remove(): Promise<void>;
}

export async function makeTapeFolder(): Promise<TapeFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-tapes-'));
  const writeBytes = async (name: string, bytes: Uint8Array): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  };
  return {
    writeBytes,
    write: async (name, text) => writeBytes(name, gzipSync(text)),
    remove: async () => rm(folder, { recursive: true }),
  };
}
