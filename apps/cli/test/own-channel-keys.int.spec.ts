import { readChannelKeys } from '@bellwether/notifier';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownChannelKeys } from '../src/cloud/own-channel-keys.ts';

describe('the keys of a local cloud', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keys-'));
  });
  afterAll(async () => rm(folder, { recursive: true }));

  it('are made once in its data directory, for its user alone', async () => {
    const dataDir = join(folder, 'cloud');
    const file = join(dataDir, 'channel-keys');
    expect(ownChannelKeys(dataDir, {})).toEqual({ CHANNEL_KEYS_FILE: file });
    const first = await readFile(file, 'utf8');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(readChannelKeys(ownChannelKeys(dataDir, {})).current?.id).toBe('local');
    expect(await readFile(file, 'utf8')).toBe(first);
  });

  it('are in memory without one, and others where the environment names them', () => {
    const [one, other] = [ownChannelKeys(undefined, {}), ownChannelKeys(undefined, {})];
    expect(readChannelKeys(one).current?.id).toBe('local');
    expect(one).not.toEqual(other);
    expect(ownChannelKeys(folder, { CHANNEL_KEYS: 'a:b' })).toEqual({});
    expect(ownChannelKeys(folder, { CHANNEL_KEYS_FILE: '/x' })).toEqual({});
  });
});
