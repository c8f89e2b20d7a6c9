import { exportState, importState } from '@bellwether/local-cloud';
import { fail } from '../fail.ts';
import { userPath } from '../processes/entry.ts';

export interface StateOptions {
  readonly dataDir?: string;
}

/** `bellwether cloud export --data-dir DIR FILE` */
export async function runExport(file: string, { dataDir }: StateOptions): Promise<void> {
  try {
    await exportState(dirOf(dataDir), userPath(file));
    process.stdout.write(`exported to ${file}\n`);
  } catch (error) {
    fail(error);
  }
}

/** `bellwether cloud import --data-dir DIR FILE` */
export async function runImport(file: string, { dataDir }: StateOptions): Promise<void> {
  try {
    await importState(userPath(file), dirOf(dataDir));
    process.stdout.write(`imported ${file}\n`);
  } catch (error) {
    fail(error);
  }
}

function dirOf(dataDir: string | undefined): string {
  if (dataDir === undefined) throw new Error('--data-dir: says which data directory is meant');
  return userPath(dataDir);
}
