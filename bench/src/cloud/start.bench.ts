import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchmark } from '../runner/benchmark.ts';

const shared = { unit: 'ms', latency: true, target: { value: { atMost: 400 } } } as const;

export default [
  benchmark({
    ...shared,
    question: 'How long does the local cloud take from loaded modules until every server listens?',
    setup: () => undefined,
    subject: () => startOnce([]),
  }),
  benchmark({
    ...shared,
    variant: 'durable',
    question: 'And with a data directory that is new?',
    setup: () => mkdtemp(join(tmpdir(), 'bellwether-bench-')),
    async subject(directory) {
      const milliseconds = await startOnce([join(directory, 'cloud')]);
      await rm(join(directory, 'cloud'), { recursive: true });
      return milliseconds;
    },
    close: (directory) => rm(directory, { recursive: true }),
  }),
];

async function startOnce(args: readonly string[]): Promise<number> {
  const child = fork(join(import.meta.dirname, 'start-once.js'), args, { stdio: ['ignore', 2, 2, 'ipc'] });
  const ended = once(child, 'exit');
  let milliseconds: number | undefined;
  child.on('message', (message) => (milliseconds = Number(message)));
  await ended;
  if (milliseconds === undefined) throw new Error('the cloud did not start');
  return milliseconds;
}
