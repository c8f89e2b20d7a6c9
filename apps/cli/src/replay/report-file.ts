import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';

/** The path of a report that can be written. @throws InputError before a long run is in vain. */
export async function checkReportFolder(report: string): Promise<string> {
  const file = userPath(report);
  await access(dirname(file), constants.W_OK).catch((error: unknown) => {
    throw new InputError(`--report: the folder of ${file} is not there or cannot be written to`, {
      cause: error,
    });
  });
  return file;
}
