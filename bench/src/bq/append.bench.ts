import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { makeScratchDirectory } from '../processes/scratch-directory.ts';
import { benchmark } from '../runner/benchmark.ts';
import { inFlight } from '../runner/in-flight.ts';
import { perSecond } from '../runner/timing.ts';
import { connectBigQuery, createTickTable, encodeTicks, openTickStream } from './tick-table.ts';

const rowsPerAppend = 5000;
const appends = 100;
const width = 4;

export default benchmark({
  question: 'How many encoded ticks a second does BigQuery store, each on the disk before its answer?',
  unit: 'rows/s',
  target: { value: { atLeast: 200_000 } },
  async setup() {
    const scratch = await makeScratchDirectory();
    const cloud = await startCloudProcess(['--data-dir', join(scratch.path, 'cloud')]);
    const bigquery = connectBigQuery(cloud);
    await createTickTable(bigquery);
    const stream = await openTickStream(cloud);
    const ticks = encodeTicks(0, rowsPerAppend);
    return { scratch, cloud, bigquery, stream, append: () => stream.append(ticks) };
  },
  async check({ append, stream, bigquery }) {
    await inFlight(width, 4, append);
    const [rows] = await bigquery.query(
      'SELECT COUNT(*) AS n, MIN(ordinal) AS first, MAX(ordinal) AS last FROM market.ticks',
    );
    assert.deepEqual(rows, [{ n: stream.rows, first: 0, last: rowsPerAppend - 1 }]);
  },
  subject: ({ append }) => perSecond(appends * rowsPerAppend, () => inFlight(width, appends, append)),
  async close({ scratch, cloud, stream }) {
    await stream.close();
    await cloud.close();
    await scratch.remove();
  },
});
