import { existsSync } from 'node:fs';
import { InputError } from '../input-error.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { userPath } from '../processes/entry.ts';

/**
 * With a data directory over a local cloud of its own, which must not be running; without one over what the environment
 * of this process names.
 *
 * @param needs the variable without which nothing is named.
 * @throws InputError when the directory is not there, or nothing is named.
 */
export async function withCloud<Value>(
  {
    command,
    dataDir,
    needs,
  }: { readonly command: string; readonly dataDir?: string; readonly needs: string },
  use: (environment: NodeJS.ProcessEnv) => Promise<Value>,
): Promise<Value> {
  if (dataDir === undefined) {
    if (process.env[needs] === undefined)
      throw new InputError(`${command}: needs --data-dir, or ${needs} of a running cloud`);
    return use(process.env);
  }
  const path = userPath(dataDir);
  if (!existsSync(path)) throw new InputError(`--data-dir: ${path} is not there`);
  const cloud = await startCloudProcess(['--data-dir', path]);
  try {
    return await use({ ...process.env, ...cloud.environment });
  } finally {
    await cloud.stop();
  }
}
