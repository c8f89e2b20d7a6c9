import { TapeError, type TapeSummary, inspectTape } from '@bellwether/market-feed';
import { InputError } from './input-error.ts';

/** Checks every row of every tape. @throws InputError that names the file, the line and the reason. */
export async function inspectTapes(paths: readonly string[]): Promise<readonly TapeSummary[]> {
  try {
    return await Promise.all(paths.map(async (path) => inspectTape(path)));
  } catch (error) {
    if (error instanceof TapeError) throw new InputError(error.message, { cause: error.cause });
    throw error;
  }
}
