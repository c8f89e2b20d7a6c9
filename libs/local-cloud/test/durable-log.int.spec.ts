import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDurableLog } from '../src/log/durable-log.ts';

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'durable-log-'));
  path = join(dir, 'pubsub.log');
});

afterEach(() => rm(dir, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** What a process finds that opens the log now, whoever else still holds it. */
async function contents(): Promise<{ snapshot: string | undefined; records: string[] }> {
  const { log, snapshot, records } = await openDurableLog(dir, 'pubsub');
  await log.close();
  return { snapshot: snapshot && text(snapshot), records: records.map(text) };
}

describe('the durable log', () => {
  it('starts empty in a directory that does not exist', async () => {
    dir = join(dir, 'a', 'b');
    expect(await contents()).toEqual({ snapshot: undefined, records: [] });
  });

  it('holds, in order, every record whose append resolved, without being closed', async () => {
    const { log } = await openDurableLog(dir, 'pubsub');
    const written = Array.from({ length: 500 }, (_, index) => `record ${index}`);
    await Promise.all(written.map((record) => log.append(bytes(record))));
    expect(await contents()).toEqual({ snapshot: undefined, records: written });
    await log.close();
  });

  it('cut at any byte opens with exactly the whole records and goes on after them', async () => {
    const { log } = await openDurableLog(dir, 'pubsub');
    const ends: number[] = [];
    for (const record of ['one', '', 'three', 'four']) {
      await log.append(bytes(record));
      ends.push((await stat(path)).size);
    }
    await log.close();
    const whole = await readFile(path);
    for (let cut = 0; cut <= whole.length; cut++) {
      await writeFile(path, whole.subarray(0, cut));
      const { log: reopened, records } = await openDurableLog(dir, 'pubsub');
      expect(records).toHaveLength(ends.filter((end) => end <= cut).length);
      await reopened.append(bytes('next'));
      await reopened.close();
      expect((await contents()).records.slice(records.length)).toEqual(['next']);
    }
  });

  it('replaces what was written before a compaction and keeps what came during it', async () => {
    const { log } = await openDurableLog(dir, 'pubsub');
    await log.append(bytes('old'));
    const appended = [log.append(bytes('old too'))];
    const compacted = log.compact(bytes('old, old too'));
    appended.push(log.append(bytes('new')));
    await Promise.all([...appended, compacted]);
    expect(log.size).toBe(8 + 'new'.length);
    await log.append(bytes('newer'));
    expect(await contents()).toEqual({ snapshot: 'old, old too', records: ['new', 'newer'] });
    await log.close();
  });

  it('loses nothing when appends and compactions run together', async () => {
    const { log } = await openDurableLog(dir, 'pubsub');
    let count = 0;
    const compactions: Promise<void>[] = [];
    for (let round = 0; round < 40; round++) {
      const appends = Array.from({ length: 25 }, () => log.append(bytes(String(++count))));
      if (round % 4 === 0) compactions.push(log.compact(bytes(String(count))));
      await (round % 3 === 0 ? appends[0] : Promise.all(appends));
    }
    await Promise.all(compactions);
    await log.close();
    const { snapshot, records } = await contents();
    const first = Number(snapshot) + 1;
    expect(records).toEqual(Array.from({ length: count - first + 1 }, (_, index) => String(first + index)));
  });

  it('opens as before a compaction that a crash cut short', async () => {
    const { log } = await openDurableLog(dir, 'pubsub');
    await log.append(bytes('kept'));
    await log.close();
    await writeFile(`${path}.next`, 'half a snapsh');
    expect(await contents()).toEqual({ snapshot: undefined, records: ['kept'] });
  });

  it('refuses a damaged snapshot instead of guessing', async () => {
    const { log } = await openDurableLog(dir, 'pubsub');
    await log.compact(bytes('the state'));
    await log.close();
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length - 1));
    await expect(openDurableLog(dir, 'pubsub')).rejects.toThrow('damaged');
  });

  it('refuses appends after close', async () => {
    const { log } = await openDurableLog(dir, 'pubsub');
    await log.close();
    await expect(log.append(bytes('late'))).rejects.toThrow('closed');
  });
});
