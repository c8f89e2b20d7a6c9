import type { Frame } from '@bellwether/contracts';
import { type Logger, systemClock } from '@bellwether/observability';
import { connectFirestore } from '@bellwether/store';
import { connectBigQuery, connectWriteApi } from '../bigquery/connect.ts';
import { provisionTables } from '../bigquery/tables.ts';
import { readConfig } from '../config.ts';
import { openTickArchive } from '../ticks/open-tick-archive.ts';

/** Writes ticks that no feed published. */
export interface TickImport {
  /**
   * Writes an epoch's frames, which come in order and from the first, each tick once, however often and however far
   * an import of them came before.
   *
   * @param onTicks how many are in BigQuery so far.
   */
  write(frames: AsyncIterable<Frame>, onTicks?: (done: number) => void): Promise<void>;
  close(): Promise<void>;
}

/** Frames on their way at a time: what fills the appends that a write stream has in flight. */
const framesUnderWay = 128;

/** It creates the tables where they are missing. @throws Error for a bad environment, or when BigQuery cannot be reached. */
export async function openTickImport(environment: NodeJS.ProcessEnv, logger: Logger): Promise<TickImport> {
  const config = readConfig(environment);
  await provisionTables(connectBigQuery(config));
  const firestore = connectFirestore(environment);
  const writeApi = connectWriteApi(config);
  const archive = openTickArchive({
    project: config.project,
    firestore,
    writeApi,
    clock: systemClock,
    logger,
  });
  return {
    async write(frames, onTicks) {
      let done = 0;
      let failure: unknown;
      const underWay = new Set<Promise<void>>();
      const append = async (frame: Frame): Promise<void> => {
        try {
          await archive.append(frame);
          done += frame.length;
          onTicks?.(done);
        } catch (error) {
          failure ??= error;
        }
      };
      try {
        for await (const frame of frames) {
          if (failure !== undefined) break;
          const appended = append(frame).finally(() => underWay.delete(appended));
          underWay.add(appended);
          if (underWay.size >= framesUnderWay) await Promise.race(underWay);
        }
      } finally {
        await Promise.all(underWay);
      }
      if (failure !== undefined) throw failure;
    },
    async close() {
      archive.close();
      await Promise.all([firestore.terminate(), writeApi.close()]);
    },
  };
}
