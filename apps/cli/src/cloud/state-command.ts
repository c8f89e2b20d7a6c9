import { StateFileError, exportState, importState } from '@bellwether/local-cloud';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';
import { checkDirectory } from '../stored/data-directory.ts';
import { refuseRunning } from '../stored/running-system.ts';

export interface StateOptions {
  readonly dataDir?: string;
}

/** `bellwether cloud export --data-dir DIR FILE` */
export async function runExport(file: string, { dataDir }: StateOptions): Promise<void> {
  const directory = dirOf(dataDir);
  refuseRunning(directory);
  await asInput(exportState(directory, userPath(file)));
  process.stdout.write(`exported to ${file}\n`);
}

/** `bellwether cloud import --data-dir DIR FILE` */
export async function runImport(file: string, { dataDir }: StateOptions): Promise<void> {
  const directory = dirOf(dataDir);
  checkDirectory(directory);
  await asInput(importState(userPath(file), directory));
  process.stdout.write(`imported ${file}\n`);
}

function dirOf(dataDir: string | undefined): string {
  if (dataDir === undefined) throw new InputError('--data-dir: say which data directory is meant');
  return userPath(dataDir);
}

/** @throws InputError for what was named and is not fit for it. */
async function asInput(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (error instanceof StateFileError) throw new InputError(error.message, { cause: error.cause });
    throw error;
  }
}
