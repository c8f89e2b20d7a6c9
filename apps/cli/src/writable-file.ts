import { access, constants, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from './input-error.ts';
import { userPath } from './processes/entry.ts';

/**
 * The path of a file that can be written.
 *
 * @param option that names it, for messages.
 * @throws InputError before long work is in vain.
 */
export async function writableFile(option: string, given: string): Promise<string> {
  const named = userPath(given);
  const file = await realpath(named).catch(() => named);
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true) throw new InputError(`${option}: ${named} is a folder, not a file`);
  await access(dirname(file), constants.W_OK).catch((error: unknown) => {
    throw new InputError(`${option}: the folder of ${named} is not there or cannot be written to`, {
      cause: error,
    });
  });
  return file;
}
