/** Which bytes of a file: from the first on, and before the second. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Where archives lie: whole files under names such as `acme/2026-11-28-4f1c.trades`. */
export interface ArchiveFiles {
  /** For people: a directory, or `gs://bucket`. */
  readonly where: string;
  /** Resolves when the file is there to stay. One of that name is replaced, as a whole. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** @throws ArchiveFileMissingError */
  read(name: string, range?: ByteRange): Promise<Uint8Array>;
  /** Without effect where there is none. */
  remove(name: string): Promise<void>;
}

export class ArchiveFileMissingError extends Error {
  override readonly name = 'ArchiveFileMissingError';

  constructor(where: string, name: string) {
    super(`${where} has no file ${name}`);
  }
}
