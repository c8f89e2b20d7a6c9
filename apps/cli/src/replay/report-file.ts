import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';

/**
 * The path of a report that can be written.
 *
 * @param inputs of the run: none of them is written over.
 * @throws InputError before a long run is in vain.
 */
export async function checkReportFile(report: string, inputs: readonly string[]): Promise<string> {
  const named = userPath(report);
  const file = await realpath(named).catch(() => named);
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true) throw new InputError(`--report: ${named} is a folder, not a file`);
  await access(dirname(file), constants.W_OK).catch((error: unknown) => {
    throw new InputError(`--report: the folder of ${named} is not there or cannot be written to`, {
      cause: error,
    });
  });
  for (const input of inputs)
    if (found !== undefined && (await realpath(input).catch(() => input)) === file)
      throw new InputError(`--report: ${named} is an input of the run, which would be lost`);
  return file;
}

/** The file is whole, or it is as before; a pipe or device takes the report as it comes. */
export async function writeReport(file: string, report: object): Promise<void> {
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && !found.isFile()) {
    await writeFile(file, text);
    return;
  }
  const partial = `${file}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}
