import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Writes to stdout as fast as it is read. */
export async function printLines(lines: AsyncIterable<string>): Promise<void> {
  await pipeline(Readable.from(lines), process.stdout, { end: false });
}
