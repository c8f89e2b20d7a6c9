import { ShardBook, loadStartPath } from '@bellwether/executor';
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { benchmark } from '../runner/benchmark.ts';
import { armedFrom, checkpoint, coveredUntil, frameOf, shardIn } from './shard.ts';

const armed = 1_000_000;
const symbols = 1_000;
const accounts = 10_000;
const Started = z.object({ milliseconds: z.number(), armed: z.number(), fired: z.number() });

export default benchmark({
  question:
    'How long after its start has an executor judged a tick, with a million exits from a snapshot; against only importing its packages?',
  unit: 'ms',
  latency: true,
  samples: 5,
  timeLimitSeconds: 600,
  target: { value: { atMost: 1_500 }, ratio: { atMost: 2.5 } },
  async setup() {
    const directory = await mkdtemp(join(tmpdir(), 'bellwether-bench-'));
    const { ShardSnapshots } = await loadStartPath();
    const snapshots = new ShardSnapshots(shardIn(directory, { token: 1 }));
    const book = filledBook();
    await snapshots.write(() => ({ coveredUntil, checkpoint, book }));
    return directory;
  },
  async check(directory) {
    const { armed: held, fired } = await startOnce(directory, [directory]);
    assert.deepEqual({ held, fired }, { held: armed - 1, fired: 1 });
  },
  baseline: async (directory) => (await startOnce(directory, [])).milliseconds,
  subject: async (directory) => (await startOnce(directory, [directory])).milliseconds,
  close: async (directory) => rm(directory, { recursive: true }),
});

/** The book of a shard that has judged a frame of all symbols, and been told of all stops since. */
function filledBook(): ShardBook {
  const book = new ShardBook();
  const traded = Array.from({ length: symbols }, (_, i) => `S${i}-USDT`);
  book.evaluate(frameOf(1, traded, 10_000));
  for (const stop of stops()) book.note(stop);
  return book;
}

/** A stop of each of as many positions: the first at 90, the others below. */
function* stops() {
  for (let i = 0; i < armed; i += 1) {
    const uid = `user-${i % accounts}`;
    const accountId = `${uid}.main`;
    const account = { tenant: `tenant-${i % 10}`, uid, accountId };
    const id = `position-${i.toString().padStart(12, '0')}`;
    const symbol = `S${i % symbols}-USDT`;
    const subject = { account, kind: 'position', id, symbol, version: 1 + (i % 500) } as const;
    const units = i === 0 ? 9_000n : BigInt(1_000 + ((i * 7919) % 7_999));
    const price = { units, scale: 2 };
    const line = { kind: 'fixed', reason: 'stopLoss', series: 'trade', fires: 'atOrBelow', price } as const;
    yield { ...subject, armed: [{ key: `${accountId}/position/${id}/stop`, symbol, armedFrom, line }] };
  }
}

/** Starts one as `npm start` does: with a cache of compiled code, which the first one fills. */
async function startOnce(directory: string, args: readonly string[]): Promise<z.infer<typeof Started>> {
  const child = fork(join(import.meta.dirname, 'start-once.js'), args, {
    stdio: ['ignore', 2, 2, 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled') },
  });
  const ended = once(child, 'exit');
  let started: unknown;
  child.on('message', (message) => (started = message));
  await ended;
  return Started.parse(started);
}
