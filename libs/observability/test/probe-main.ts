// A `main.ts` for the spec beside: fails to start when told to, tells what happens to it.
import { ServiceMetrics, runMain } from '../src/index.ts';

await runMain('probe', async (environment) => {
  const failure = environment['PROBE_FAILURE'];
  if (failure !== undefined) throw new Error(failure);
  process.stdout.write('started\n');
  setInterval(() => undefined, 1_000); // as an open connection would, it keeps the process alive
  return {
    name: 'probe',
    metrics: new ServiceMetrics('probe'),
    unready: () => [],
    async close() {
      process.stdout.write('closed\n');
    },
  };
});
