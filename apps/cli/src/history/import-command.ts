import { type TickImport, connectHistory, countTicks, openTickImport } from '@bellwether/history';
import { TapeError, TapeFrames } from '@bellwether/market-feed';
import { createLogger } from '@bellwether/observability';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { counted } from '../counted.ts';
import { InputError } from '../input-error.ts';
import { userPath } from '../processes/entry.ts';
import { withCloud } from '../stored/with-cloud.ts';
import { type Progress, openProgress } from '../replay/progress.ts';

export interface ImportOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

/** What became of a tape. */
interface Imported {
  readonly path: string;
  readonly epoch: string;
  readonly ticks: number;
  /** How many of them were not there before. */
  readonly added: number;
}

/**
 * `bellwether history import TAPE...`: every tape is checked from end to end before anything is written. A tape is an epoch
 * named by what it holds, so one that is imported again, under whatever name, adds nothing.
 */
export async function runHistoryImport(files: readonly string[], options: ImportOptions): Promise<void> {
  const progress = openProgress(process.stderr, 'imported');
  try {
    progress.stage('checking the tapes');
    const tapes: TapeFrames[] = [];
    for (const file of files) tapes.push(await checkTape(userPath(file)));
    const outcome = await withCloud(
      {
        command: 'history',
        dataDir: options.dataDir,
        needs: ['BIGQUERY_EMULATOR_HOST', 'BIGQUERY_STORAGE_HOST', 'FIRESTORE_EMULATOR_HOST'],
      },
      async ({ environment }) => importTapes(tapes, environment, progress),
    );
    progress.end();
    process.stdout.write(
      options.json === true ? `${JSON.stringify(outcome)}\n` : outcome.map(lineOf).join(''),
    );
    process.exit(0);
  } catch (error) {
    progress.end();
    throw error;
  }
}

async function checkTape(path: string): Promise<TapeFrames> {
  try {
    return await TapeFrames.check([path]);
  } catch (error) {
    if (error instanceof TapeError) throw new InputError(error.message, { cause: error.cause });
    throw error;
  }
}

async function importTapes(
  tapes: readonly TapeFrames[],
  environment: NodeJS.ProcessEnv,
  progress: Progress,
): Promise<readonly Imported[]> {
  const logger = createLogger({ service: 'history-import', level: 'warn' });
  const ticks = await openTickImport(environment, logger);
  progress.stage('importing');
  try {
    const total = tapes.reduce((sum, tape) => sum + rowsOf(tape), 0);
    const outcome: Imported[] = [];
    let before = 0;
    for (const tape of tapes) {
      const start = before;
      outcome.push(await importTape(tape, ticks, environment, (done) => progress.ticks(start + done, total)));
      before += rowsOf(tape);
      progress.ticks(before, total);
    }
    return outcome;
  } finally {
    await ticks.close();
  }
}

async function importTape(
  frames: TapeFrames,
  ticks: TickImport,
  environment: NodeJS.ProcessEnv,
  onTicks: (done: number) => void,
): Promise<Imported> {
  const [tape] = frames.tapes;
  if (tape === undefined) throw new Error('no tape');
  const { path, rows, firstAt, lastAt } = tape;
  const epoch = `import-${await fingerprintOf(path)}`;
  const bigquery = connectHistory(environment);
  const span = { from: new Date(firstAt), to: new Date(lastAt + 1) };
  const countStored = async (): Promise<number> => countTicks(bigquery, { epochs: [epoch], span });
  const before = await countStored();
  if (before === rows) return { path, epoch, ticks: rows, added: 0 };
  await ticks.write(frames.read({ epoch, shards: 1 }), onTicks);
  const after = await countStored();
  if (after !== rows) throw new Error(`${path}: BigQuery holds ${after} of its ${rows} ticks`);
  return { path, epoch, ticks: rows, added: after - before };
}

/** Of what the tape holds, however it is compressed. */
async function fingerprintOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), createGunzip(), hash);
  return hash.digest('hex').slice(0, 24);
}

function rowsOf({ tapes }: TapeFrames): number {
  return tapes.reduce((sum, { rows }) => sum + rows, 0);
}

function lineOf({ path, ticks, added }: Imported): string {
  return `${path}: ${counted(ticks, 'tick')}, ${added === 0 ? 'all there before' : `${added} new`}\n`;
}
