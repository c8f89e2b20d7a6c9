import { strict as assert } from 'node:assert';
import { benchmark } from '../runner/benchmark.ts';
import { type NestOnMessages, nestOnMessages } from './nest-on-messages.ts';

const ticksPerFrame = 1_000;
const frames = 20_000;
const backlog = 100_000;
/** How many are on their way together where nothing waits. */
const few = 10;

export default [
  benchmark({
    question:
      'What does a frame of 1,000 ticks cost more, a tick, by way of the transport and Nest than by a call?',
    unit: 'ns/tick',
    target: { value: { atMost: 10 } },
    setup: nestOnMessages,
    check: async (nest) => {
      const before = nest.work.handled;
      await nest.deliver(100).acknowledged;
      await nest.direct(100);
      assert.equal(nest.work.handled - before, 200);
    },
    subject: async (nest) => {
      const direct = await nanoseconds(async () => inTurns(frames, async (some) => nest.direct(some)));
      const through = await nanoseconds(async () => throughNest(nest, frames));
      return (through - direct) / (frames * ticksPerFrame);
    },
    close: async (nest) => nest.close(),
  }),
  benchmark({
    variant: 'backlog',
    question: 'And does a message cost more while 100,000 wait for their handlers than while ten do?',
    unit: 'ns/message',
    target: { ratio: { atMost: 1.5 } },
    setup: nestOnMessages,
    check: async (nest) => {
      nest.work.waiting = [];
      const { acknowledged } = nest.deliver(1_000);
      await settled(nest, 1_000);
      nest.work.finishWaiting();
      await acknowledged;
      nest.work.waiting = undefined;
    },
    baseline: async (nest) => (await nanoseconds(async () => throughNest(nest, backlog))) / backlog,
    subject: async (nest) => {
      nest.work.waiting = [];
      globalThis.gc?.();
      const spent = await nanoseconds(async () => {
        const { acknowledged } = nest.deliver(backlog);
        await settled(nest, backlog);
        nest.work.finishWaiting();
        await acknowledged;
      });
      nest.work.waiting = undefined;
      return spent / backlog;
    },
    close: async (nest) => nest.close(),
  }),
];

async function throughNest(nest: NestOnMessages, count: number): Promise<void> {
  await inTurns(count, async (some) => nest.deliver(some).acknowledged);
}

/** So many, a few at a time. */
async function inTurns(count: number, work: (some: number) => Promise<void>): Promise<void> {
  for (let done = 0; done < count; done += few) await work(few);
}

/** Resolves when that many handlers wait. */
async function settled({ work }: NestOnMessages, count: number): Promise<void> {
  while ((work.waiting?.length ?? 0) < count) await new Promise(setImmediate);
}

async function nanoseconds(work: () => Promise<void>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start);
}
