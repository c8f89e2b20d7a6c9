import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../input-error.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { userPath } from '../processes/entry.ts';
import { type LocalHost, cloudNamedBy } from './cloud-named-by.ts';
import { cloudFolderIn } from './data-directory.ts';
import { runningIn } from './running-system.ts';
import { usualDataDir } from './usual-data-dir.ts';

export interface CloudWanted {
  /** For messages. */
  readonly command: string;
  readonly dataDir?: string | undefined;
  /** The servers that it asks. */
  readonly needs: readonly LocalHost[];
}

export interface OpenCloud {
  /** Of this process, with what finds the cloud. */
  readonly environment: NodeJS.ProcessEnv;
  /** Nothing else runs over what is stored. */
  readonly isAlone: boolean;
}

/**
 * Finds the cloud that a command works on. With a data directory it is that of the system that runs there, or a local cloud of
 * its own where none does; without one the environment's, local or Google's, and else that of `npm start`.
 *
 * @throws InputError when the directory is not there, nothing is named, or half of it.
 */
export async function withCloud<Value>(
  { command, dataDir, needs }: CloudWanted,
  use: (cloud: OpenCloud) => Promise<Value>,
): Promise<Value> {
  if (dataDir !== undefined) return withDirectory(userPath(dataDir), use);
  const named = cloudNamedBy(process.env, needs);
  if (named.kind === 'google')
    process.stderr.write(`${command}: works on project ${named.project} of Google Cloud\n`);
  if (named.kind !== 'none') return use({ environment: process.env, isAlone: false });
  const running = runningIn(userPath(usualDataDir));
  if (running === undefined)
    throw new InputError(
      `${command}: needs a cloud: run "npm start", or name one by --data-dir, by the environment that "bellwether cloud" prints, or as Google's by GOOGLE_CLOUD_PROJECT`,
    );
  return use({ environment: { ...process.env, ...running }, isAlone: false });
}

async function withDirectory<Value>(path: string, use: (cloud: OpenCloud) => Promise<Value>): Promise<Value> {
  if (!existsSync(path)) throw new InputError(`--data-dir: ${path} is not there`);
  const running = runningIn(path);
  if (running !== undefined) return use({ environment: { ...process.env, ...running }, isAlone: false });
  const folder = cloudFolderIn(path);
  const cloud = await startCloudProcess(['--data-dir', folder]);
  try {
    const archive =
      process.env['ARCHIVE_BUCKET'] === undefined ? { ARCHIVE_DIR: join(folder, 'archive') } : {};
    return await use({ environment: { ...archive, ...process.env, ...cloud.environment }, isAlone: true });
  } finally {
    await cloud.stop();
  }
}
