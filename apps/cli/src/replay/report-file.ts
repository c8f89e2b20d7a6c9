import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { InputError } from '../input-error.ts';
import { writableFile } from '../writable-file.ts';

/** Whom the process lets read and write its new files. */
const anyone = 0o666;

/**
 * The path of a report that can be written.
 *
 * @param inputs of the run: none of them is written over.
 * @throws InputError before a long run is in vain.
 */
export async function checkReportFile(report: string, inputs: readonly string[]): Promise<string> {
  const file = await writableFile('--report', report);
  for (const input of inputs)
    if ((await realpath(input).catch(() => undefined)) === file)
      throw new InputError(`--report: ${file} is an input of the run, which would be lost`);
  return file;
}

/** The file is whole, or it is as before, and no more may read it; a pipe or device takes the report as it comes. */
export async function writeReport(file: string, report: object): Promise<void> {
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && !found.isFile()) {
    await writeFile(file, text);
    return;
  }
  const partial = `${file}.partial`;
  try {
    await writeFile(partial, text, { mode: found?.mode ?? anyone });
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}
