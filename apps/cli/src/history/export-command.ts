import { queryTicks } from '@bellwether/history';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { counted } from '../counted.ts';
import { InputError } from '../input-error.ts';
import { writableFile } from '../writable-file.ts';
import { type Progress, openProgress } from '../replay/progress.ts';
import { type SelectionOptions, parseSelection } from './parse-selection.ts';
import { withStoredTicks } from './with-stored-ticks.ts';

export interface ExportOptions extends SelectionOptions {
  readonly kind: 'trade' | 'quote';
  readonly dataDir?: string;
}

/** `bellwether history export FILE`: the file is whole, or it is not there. Exit code 1 when there are no ticks. */
export async function runHistoryExport(file: string, options: ExportOptions): Promise<void> {
  const progress = openProgress(process.stderr, 'exported');
  try {
    if (!file.endsWith('.csv.gz')) throw new InputError(`${file}: the name of a tape ends in .csv.gz`);
    const path = await writableFile(file, file);
    const selection = parseSelection(options);
    const ticks = await withStoredTicks(options.dataDir, async (bigquery) =>
      writeTape(path, selection, bigquery, progress),
    );
    progress.end();
    process.stdout.write(`${path}: ${counted(ticks, 'tick')}\n`);
    process.exit(0);
  } catch (error) {
    progress.end();
    throw error;
  }
}

async function writeTape(
  path: string,
  selection: ReturnType<typeof parseSelection>,
  bigquery: Parameters<typeof queryTicks>[0],
  progress: Progress,
): Promise<number> {
  const { symbol, venue, kind } = selection.market;
  let done = 0;
  async function* lines(): AsyncGenerator<string, void, undefined> {
    yield kind === 'trade' ? 'ts_ms,symbol,venue,price,size\n' : 'ts_ms,symbol,venue,bid,ask\n';
    for await (const { ticks, total } of queryTicks(bigquery, selection)) {
      // A tape counts whole milliseconds.
      const rows = ticks.map(
        ({ at, first, second }) => `${Math.floor(at)},${symbol},${venue},${first},${second ?? ''}\n`,
      );
      yield rows.join('');
      done += ticks.length;
      progress.ticks(done, total);
    }
    if (done === 0) throw new Error(`no ${kind}s of ${symbol} at ${venue} are stored in that time`);
  }
  const partial = `${path}.partial`;
  try {
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(partial));
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
  return done;
}
