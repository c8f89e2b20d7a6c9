import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { makeScratchDirectory } from '../processes/scratch-directory.ts';
import { benchmark } from '../runner/benchmark.ts';
import { inFlight } from '../runner/in-flight.ts';
import { connectBigQuery, createTickTable, encodeTicks, openTickStream } from './tick-table.ts';

const ticks = 10_000_000;
const rowsPerAppend = 5000;

/** Candles of one minute: open, high, low, close and volume of a symbol, over all its ticks. */
const candles = `
  SELECT
    TIMESTAMP_TRUNC(exchange_ts, MINUTE) AS minute,
    ARRAY_AGG(price ORDER BY exchange_ts, ordinal LIMIT 1)[OFFSET(0)] AS open,
    MAX(price) AS high,
    MIN(price) AS low,
    ARRAY_AGG(price ORDER BY exchange_ts DESC, ordinal DESC LIMIT 1)[OFFSET(0)] AS close,
    SUM(size) AS volume,
    COUNT(*) AS trades
  FROM market.ticks
  WHERE symbol = 'SYM-7'
  GROUP BY minute
  ORDER BY minute`;

export default benchmark({
  question: "How long does it take to make a symbol's candles of a minute from ten million ticks?",
  unit: 'ms',
  target: { value: { atMost: 1000 } },
  latency: true,
  timeLimitSeconds: 400,
  async setup(progress) {
    const scratch = await makeScratchDirectory();
    const cloud = await startCloudProcess(['--data-dir', join(scratch.path, 'cloud')]);
    const bigquery = connectBigQuery(cloud);
    await createTickTable(bigquery);
    const stream = await openTickStream(cloud);
    await inFlight(4, ticks / rowsPerAppend, async (chunk) => {
      const from = chunk * rowsPerAppend;
      if (from % 1_000_000 === 0) progress(`writes ticks from ${from} on`);
      await stream.append(encodeTicks(from, from + rowsPerAppend));
    });
    await stream.close();
    return { scratch, cloud, bigquery };
  },
  async check({ bigquery }) {
    const [[counted]] = await bigquery.query('SELECT COUNT(*) AS n FROM market.ticks');
    assert.deepEqual(counted, { n: ticks });
    const [rows] = await bigquery.query(candles);
    const minutes = ticks / 60_000; // a tick a millisecond
    assert.equal(rows.length, Math.ceil(minutes));
    assert.equal(
      rows.slice(0, -1).every(({ trades }: { trades: number }) => trades === 600),
      true,
    );
  },
  async subject({ bigquery }) {
    const start = performance.now();
    await bigquery.query(candles);
    return performance.now() - start;
  },
  async close({ scratch, cloud }) {
    await cloud.close();
    await scratch.remove();
  },
});
