import { TapeError, type TapeSummary, inspectTape } from '@bellwether/market-feed';
import { InputError } from './input-error.ts';

/**
 * Checks every row of every tape of a feed.
 *
 * @throws InputError that names the file, the line and the reason.
 */
export async function inspectTapes(paths: readonly string[]): Promise<readonly TapeSummary[]> {
  const divided = paths.find((path) => path.includes(','));
  if (divided !== undefined)
    throw new InputError(`--tape: ${divided}: a feed takes no path with a comma, which divides its tapes`);
  try {
    return await Promise.all(paths.map(async (path) => inspectTape(path)));
  } catch (error) {
    if (error instanceof TapeError) throw new InputError(error.message, { cause: error.cause });
    throw error;
  }
}
