import { Firestore } from '@google-cloud/firestore';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateFileError, exportState, importState, startCloud } from '../src/index.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function newDir() {
  const dir = await mkdtemp(join(tmpdir(), 'state-'));
  cleanups.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function withCloud(dataDir: string, use: (firestore: Firestore) => Promise<unknown>) {
  const cloud = await startCloud({ dataDir });
  const host = cloud.hosts.firestore;
  const firestore = new Firestore({ projectId: 'p', host, ssl: false, universeDomain: 'googleapis.com' });
  try {
    return await use(firestore);
  } finally {
    await firestore.terminate();
    await cloud.close();
  }
}

async function exported() {
  const dir = await newDir();
  await withCloud(join(dir, 'data'), (firestore) => firestore.doc('users/ada').set({ name: 'Ada' }));
  await exportState(join(dir, 'data'), join(dir, 'state'));
  return dir;
}

describe('an exported state', () => {
  it('is what a cloud on the imported directory continues from', async () => {
    const dir = await exported();
    await importState(join(dir, 'state'), join(dir, 'copy'));
    const read = await withCloud(join(dir, 'copy'), async (firestore) =>
      (await firestore.doc('users/ada').get()).data(),
    );
    expect(read).toEqual({ name: 'Ada' });
  });

  it("is its owner's alone, with all that it holds: keys may be among it", async () => {
    const dir = await newDir();
    const [data, copy] = [join(dir, 'data'), join(dir, 'copy')];
    await mkdir(data);
    await writeFile(join(data, 'channel-keys'), 'secret', { mode: 0o600 });
    await exportState(data, join(dir, 'state'));
    await importState(join(dir, 'state'), copy);
    const modes = [join(dir, 'state'), join(copy, 'channel-keys')].map(
      async (path) => (await stat(path)).mode & 0o077,
    );
    expect(await Promise.all(modes)).toEqual([0, 0]);
  });

  it('is refused when cut or altered, and leaves nothing behind', async () => {
    const dir = await exported();
    const whole = await readFile(join(dir, 'state'));
    const altered = Buffer.from(whole);
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    const attempts: readonly [Buffer, RegExp][] = [
      [whole.subarray(0, -1), /is cut within/],
      [altered, /is damaged within/],
      [Buffer.concat([whole, Buffer.from('x')]), /is longer than/],
      [Buffer.from('hello'), /is no exported state/],
      [Buffer.from(whole.toString('latin1').replace('"path":"', '"path":"../'), 'latin1'), /is no exported/],
    ];
    for (const [bytes, message] of attempts) {
      await writeFile(join(dir, 'broken'), bytes);
      await expect(importState(join(dir, 'broken'), join(dir, 'copy'))).rejects.toThrow(message);
    }
    expect((await readdir(dir)).toSorted()).toEqual(['broken', 'data', 'state']);
  });

  it('is told apart from what fails by itself, where it is misused', async () => {
    const dir = await exported();
    const [data, state, none] = [join(dir, 'data'), join(dir, 'state'), join(dir, 'none')];
    const misuses = [
      () => importState(none, join(dir, 'deep', 'copy')),
      () => importState(dir, join(dir, 'copy')),
      () => importState(state, data),
      () => exportState(none, join(dir, 'state2')),
      () => exportState(data, state),
      () => exportState(data, join(none, 'state')),
    ];
    for (const misuse of misuses) await expect(misuse()).rejects.toThrow(StateFileError);
    expect((await readdir(dir)).toSorted()).toEqual(['data', 'state']);
  });

  it('overwrites nothing, and is not taken from a running cloud', async () => {
    const dir = await exported();
    const [data, state] = [join(dir, 'data'), join(dir, 'state')];
    await expect(importState(state, data)).rejects.toThrow('is not empty');
    await expect(exportState(data, state)).rejects.toThrow(`${state} cannot be created`);
    await expect(exportState(data, join(data, 'state'))).rejects.toThrow('lies in the data directory');
    await expect(exportState(join(dir, 'none'), `${state}2`)).rejects.toThrow('holds no state');
    await withCloud(data, () => expect(exportState(data, `${state}2`)).rejects.toThrow('is in use'));
    await mkdir(join(dir, 'empty'));
    await importState(state, join(dir, 'empty'));
    expect(await readdir(join(dir, 'empty'))).toContain('firestore');
  });
});
