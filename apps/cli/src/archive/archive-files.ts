import { type ArchiveFiles, ArchivedTrades, openArchiveFiles } from '@bellwether/ledger';
import { InputError } from '../input-error.ts';

/** Where archives lie, as the environment says it. @throws InputError where nothing says it. */
export function requiredArchiveFiles(environment: NodeJS.ProcessEnv): ArchiveFiles {
  const files = openArchiveFiles(environment);
  if (files === undefined)
    throw new InputError('archive: needs --data-dir, ARCHIVE_DIR or ARCHIVE_BUCKET, where archives lie');
  return files;
}

export function archivedTradesOf(environment: NodeJS.ProcessEnv): ArchivedTrades {
  return new ArchivedTrades(openArchiveFiles(environment));
}
