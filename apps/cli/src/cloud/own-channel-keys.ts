import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fileName = 'channel-keys';

/**
 * What seals the secrets of channels in a local cloud: nothing where the environment names keys already, else a file of its data
 * directory that this user alone reads, made with the first start; in memory without a directory.
 *
 * @returns what to put into the environment of who works on the cloud.
 */
export function ownChannelKeys(
  dataDir: string | undefined,
  environment: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  if (environment['CHANNEL_KEYS'] !== undefined || environment['CHANNEL_KEYS_FILE'] !== undefined) return {};
  const key = `local:${randomBytes(32).toString('base64')}`;
  if (dataDir === undefined) return { CHANNEL_KEYS: key };
  const file = join(dataDir, fileName);
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return { CHANNEL_KEYS_FILE: file };
}
