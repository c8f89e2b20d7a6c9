import { startBigQuery } from '../src/bigquery/index.ts';
import { systemClock } from '../src/core/clock.ts';
import { Meter } from '../src/core/meter.ts';

// A server in a process of its own, for a test that kills it. Tells its parent the ports.
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('usage: bigquery-process.ts DATA_DIR');
const { port, storagePort } = await startBigQuery({
  port: 0,
  storagePort: 0,
  defaultProject: 'demo',
  dataDir,
  clock: systemClock(),
  meter: new Meter(),
});
process.send?.({ port, storagePort });
