import { account, startExecutorOnCloud } from '../loop/executor-on-cloud.ts';
import { benchmark } from '../runner/benchmark.ts';
import { inFlight } from '../runner/in-flight.ts';
import { percentile } from '../runner/statistics.ts';

const commands = 200;

export default [latencyBenchmark({ width: 1 }), latencyBenchmark({ variant: 'ten-at-once', width: 10 })];

function latencyBenchmark({ width, ...names }: { readonly variant?: string; readonly width: number }) {
  return benchmark({
    ...names,
    question: `Within how long are 99 of 100 commands committed and answered, ${width} under way?`,
    unit: 'ms',
    target: { value: { atMost: 50 } },
    latency: true,
    samples: 5,
    timeLimitSeconds: 300,
    setup: async () => startExecutorOnCloud(),
    async subject(system) {
      const taken: number[] = [];
      await inFlight(width, commands, async () => {
        sent += 1;
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
        taken.push(performance.now() - start);
      });
      return percentile(taken, 0.99);
    },
    close: async (system) => system.close(),
  });
}
let sent = 0;
