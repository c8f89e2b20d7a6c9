import { setTimeout as delay } from 'node:timers/promises';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { fillWithPositions } from './documents.ts';
import { connectIdleClients } from './idle-clients.ts';

const shared = { unit: '% of a core', target: { value: { atMost: 1 } }, samples: 5 } as const;

export default [
  benchmark({
    ...shared,
    question: 'How much processor time does `bellwether cloud` use when nobody asks it anything?',
    async setup() {
      const cloud = await startCloudProcess();
      await fillWithPositions(cloud, 10_000);
      return { cloud };
    },
    subject: ({ cloud }) => percentOfCore(cloud),
    close: ({ cloud }) => cloud.close(),
  }),
  benchmark({
    ...shared,
    variant: 'connected',
    question: 'And with 20 subscribers and 20 listeners that wait?',
    async setup() {
      const cloud = await startCloudProcess();
      return { cloud, clients: await connectIdleClients(cloud) };
    },
    subject: ({ cloud }) => percentOfCore(cloud),
    async close({ cloud, clients }) {
      await clients.close();
      await cloud.close();
    },
  }),
];

async function percentOfCore(cloud: Awaited<ReturnType<typeof startCloudProcess>>): Promise<number> {
  const start = performance.now();
  const before = await cloud.cost();
  await delay(5000);
  const after = await cloud.cost();
  return ((after.cpuMs - before.cpuMs) * 100) / (performance.now() - start);
}
