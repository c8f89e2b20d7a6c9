import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes to stdout as fast as it is read. A reader that has seen enough, such as `head`, is no failure. */
export async function printLines(lines: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}
