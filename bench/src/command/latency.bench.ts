import { mainAccount } from '@bellwether/contracts';
import { setTimeout as delay } from 'node:timers/promises';
import { type ExecutorOnCloud, startExecutorOnCloud } from '../loop/executor-on-cloud.ts';
import { type AnyBenchmark, benchmark } from '../runner/benchmark.ts';
import { percentile } from '../runner/statistics.ts';

const commands = 200;
/** Below what an executor lets through by itself: 500 writes a second in all and 50 to a document, a command being five. */
const perSecond = 40;
const accounts = Array.from({ length: 10 }, (_, index) => mainAccount('acme', `user${index}`));

export default [
  latencyBenchmark({ together: 1 }),
  latencyBenchmark({ variant: 'ten-at-once', together: 10 }),
];

/** Commands come in their time, whether those before are answered or not; those that come together are of as many accounts. */
function latencyBenchmark({
  together,
  ...names
}: {
  readonly variant?: string;
  readonly together: number;
}): AnyBenchmark {
  return benchmark({
    ...names,
    question: `Within how long are 99 of 100 commands committed and answered, ${together} at once, ${perSecond} a second?`,
    unit: 'ms',
    target: { value: { atMost: 50 } },
    latency: true,
    samples: 5,
    timeLimitSeconds: 300,
    async setup() {
      const system = await startExecutorOnCloud();
      for (const account of accounts) await system.openAccount(account);
      return system;
    },
    async subject(system) {
      const answered: Promise<number>[] = [];
      const start = performance.now();
      for (let due = start; answered.length < commands; due += (together * 1000) / perSecond) {
        await delay(Math.max(0, due - performance.now()));
        for (let each = 0; each < together; each += 1) answered.push(deposit(system));
      }
      return percentile(await Promise.all(answered), 0.99);
    },
    close: async (system) => system.close(),
  });
}

/** Milliseconds from the request to its answer. */
async function deposit(system: ExecutorOnCloud): Promise<number> {
  sent += 1;
  const account = accounts[sent % accounts.length];
  if (account === undefined) throw new Error('no account');
  const start = performance.now();
  await system.command({
    name: 'DepositFunds',
    key: `deposit-${sent}`,
    ...account,
    actor: 'bench',
    reason: 'latency',
    currency: 'USDT',
    amount: '1',
  });
  return performance.now() - start;
}
let sent = 0;
