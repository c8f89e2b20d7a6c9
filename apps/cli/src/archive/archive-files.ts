import { type ArchiveFiles, ArchivedTrades, DirectoryFiles, openArchiveFiles } from '@bellwether/ledger';
import { join } from 'node:path';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';

/** Where archives lie: as the environment says it, else in the folder `archive` of the data directory; else `undefined`. */
export function archiveFilesOf(dataDir: string | undefined): ArchiveFiles | undefined {
  const named = openArchiveFiles(process.env);
  if (named !== undefined || dataDir === undefined) return named;
  return new DirectoryFiles(join(userPath(dataDir), 'archive'));
}

/** @throws InputError where nothing says it. */
export function requiredArchiveFiles(dataDir: string | undefined): ArchiveFiles {
  const files = archiveFilesOf(dataDir);
  if (files === undefined)
    throw new InputError('archive: needs --data-dir, ARCHIVE_DIR or ARCHIVE_BUCKET, where archives lie');
  return files;
}

export function archivedTradesOf(dataDir: string | undefined): ArchivedTrades {
  return new ArchivedTrades(archiveFilesOf(dataDir));
}
