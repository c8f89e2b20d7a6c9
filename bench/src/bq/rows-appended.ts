import type { Frame } from '@bellwether/contracts';
import {
  connectWriteApi,
  encodeTicks,
  rowDescriptor,
  tickColumns,
  writeStreamsOf,
} from '@bellwether/history';
import { createLogger } from '@bellwether/observability';
import { managedwriter } from '@google-cloud/bigquery-storage';
import { credentials } from '@grpc/grpc-js';
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { tradeFrames } from '../codec/frames.ts';
import { startCeiling } from '../processes/ceiling-process.ts';
import { benchmark } from '../runner/benchmark.ts';
import { perSecond } from '../runner/timing.ts';

const rowsPerAppend = 1_000;
const appends = 400;
/** Fewer are enough to know the JSON writer. */
const jsonAppends = 40;
const project = 'bench';
const destinationTable = `projects/${project}/datasets/bellwether/tables/ticks`;
const logger = createLogger({ service: 'bench', level: 'silent' });

/** What both append to: a server that takes everything at once, counts rows and keeps nothing. */
export const rowsAppended = benchmark({
  question: 'How many ticks a second does history encode and append, against the JSON writer of the library?',
  unit: 'rows/s',
  target: { ratio: { atLeast: 2.5 }, value: { atLeast: 800_000 } },
  async setup() {
    const server = await startCeiling(join(import.meta.dirname, 'count-rows.js'));
    const [host = '', port] = server.host.split(':');
    const address = { host, port: Number(port) };
    const frames = tradeFrames(16, rowsPerAppend);
    return {
      server,
      ours: openOurs(address, frames),
      json: await openJson(address, frames),
    };
  },
  async check({ server, ours, json }) {
    const before = await server.counts();
    await ours.append(10);
    await json.append(10);
    const after = await server.counts();
    const spent = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]);
    assert.deepEqual(Object.fromEntries(spent), { appends: 20, rows: 20 * rowsPerAppend, misplaced: 0 });
  },
  baseline: async ({ json }) => perSecond(jsonAppends * rowsPerAppend, async () => json.append(jsonAppends)),
  subject: async ({ ours }) => perSecond(appends * rowsPerAppend, async () => ours.append(appends)),
  async close({ server, ours, json }) {
    await Promise.all([ours.close(), json.close()]);
    await server.close();
  },
});

interface Writing {
  /** So many appends of 1,000 rows each, on their way together. */
  append(count: number): Promise<void>;
  close(): Promise<void>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function openOurs(storageHost: Address, frames: readonly Frame[]): Writing {
  const client = connectWriteApi({ project, storageHost });
  const table = { project, id: 'ticks', descriptor: rowDescriptor(tickColumns) };
  const appender = writeStreamsOf(client, table, logger).open(`${destinationTable}/streams/ours`);
  let offset = 0;
  return {
    async append(count) {
      const answers = Array.from({ length: count }, async (_, index) => {
        const rows = encodeTicks(frameAt(frames, index));
        const answer = appender.append(offset, rows);
        offset += rows.length;
        return answer;
      });
      for (const outcome of await Promise.all(answers)) assert.equal(outcome, 'appended');
    },
    async close() {
      appender.close();
      await client.close();
    },
  };
}

async function openJson({ host, port }: Address, frames: readonly Frame[]): Promise<Writing> {
  const client = new managedwriter.WriterClient({
    projectId: project,
    apiEndpoint: host,
    port,
    sslCreds: credentials.createInsecure(),
    universeDomain: 'googleapis.com',
  });
  const streamId = `${destinationTable}/streams/json`;
  const connection = await client.createStreamConnection({ streamId, destinationTable });
  const writer = new managedwriter.JSONWriter({ connection, protoDescriptor: rowDescriptor(tickColumns) });
  const lists = frames.map(rowsAsJson);
  let offset = 0;
  return {
    async append(count) {
      const answers = Array.from({ length: count }, async (_, index) => {
        const write = writer.appendRows(lists[index % lists.length] ?? [], offset);
        offset += rowsPerAppend;
        return write.getResult();
      });
      for (const { error } of await Promise.all(answers)) assert.equal(error ?? null, null);
    },
    async close() {
      writer.close();
      client.close();
      await client.getClient().close();
    },
  };
}

/** The same rows by the names of their columns. */
function rowsAsJson(frame: Frame) {
  const { shard, epoch, firstOrdinal, receivedAt, instruments, length, instrument, exchangeAt } = frame;
  return Array.from({ length }, (_, i) => {
    const {
      symbol = '',
      venue = '',
      kind = '',
      priceScale = 0,
      sizeScale = 0,
    } = instruments[instrument[i] ?? 0] ?? {};
    return {
      feed_epoch: epoch,
      shard,
      received_ts: receivedAt * 1_000,
      symbol,
      venue,
      kind,
      ordinal: firstOrdinal + i,
      exchange_ts: (exchangeAt[i] ?? 0) * 1_000,
      price: ((frame.first[i] ?? 0) / 10 ** priceScale).toFixed(priceScale),
      size: ((frame.second[i] ?? 0) / 10 ** sizeScale).toFixed(sizeScale),
    };
  });
}

function frameAt(frames: readonly Frame[], index: number): Frame {
  const frame = frames[index % frames.length];
  assert.ok(frame);
  return frame;
}
