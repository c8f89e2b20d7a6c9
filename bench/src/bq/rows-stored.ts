import { connectPubSub, openPublisher, provisionTopology } from '@bellwether/bus';
import { commitAttributes, encodeFrame, topics, topologyOf } from '@bellwether/contracts';
import { connectHistory, countEvents, countTicks, startHistory } from '@bellwether/history';
import { createLogger } from '@bellwether/observability';
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tradeFrames } from '../codec/frames.ts';
import { eventsOf, journalsOf } from '../ledger/journals.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { makeScratchDirectory } from '../processes/scratch-directory.ts';
import { type AnyBenchmark, benchmark } from '../runner/benchmark.ts';
import { perSecond } from '../runner/timing.ts';

const logger = createLogger({ service: 'bench', level: 'silent' });
const shards = 1;
const frames = { count: 500, ticks: 512 };
const journals = { accounts: 100, events: 50 };

/** All of history, from the messages of Pub/Sub to rows that are on the disk, each once. */
export const rowsStored = [
  storedBenchmark({
    table: 'ticks',
    question: 'How many ticks a second does history bring from Pub/Sub into BigQuery, on the disk and once?',
    atLeast: 100_000,
  }),
  storedBenchmark({
    table: 'events',
    question: 'And how many events, each noted in Firestore before it is appended?',
    atLeast: 1_000,
  }),
];

type Table = 'ticks' | 'events';

function storedBenchmark(parts: {
  readonly table: Table;
  readonly question: string;
  readonly atLeast: number;
}): AnyBenchmark {
  const { table, question, atLeast } = parts;
  return benchmark({
    variant: table,
    question,
    unit: 'rows/s',
    target: { value: { atLeast } },
    samples: 5,
    timeLimitSeconds: 300,
    setup: async () => startSystem(table),
    async check(system) {
      const messages = system.more();
      // Twice, and the second time in another order: once is enough for BigQuery.
      await Promise.all([system.publish(messages), system.publish(messages)]);
      await system.untilAppended(messages.rows);
      await system.publish({ ...messages, data: messages.data.toReversed() });
      assert.equal(await system.count(), messages.rows);
    },
    async subject(system) {
      const messages = system.more();
      return perSecond(messages.rows, async () => {
        await system.publish(messages);
        await system.untilAppended(messages.rows);
      });
    },
    async close(system) {
      const expected = system.rows;
      const counted = await system.count();
      await system.close();
      assert.equal(counted, expected);
    },
  });
}

interface Messages {
  readonly rows: number;
  readonly data: readonly { readonly body: Uint8Array; readonly attributes: Record<string, string> }[];
}

async function startSystem(table: Table) {
  const scratch = await makeScratchDirectory();
  const cloud = await startCloudProcess(['--data-dir', join(scratch.path, 'cloud')]);
  const environment = {
    ...cloud.environment,
    SHARDS: String(shards),
    WRITE_LIMITS: 'off',
  };
  const pubsub = connectPubSub(environment);
  await provisionTopology(pubsub, topologyOf(shards));
  const history = await startHistory(environment, logger);
  const bigquery = connectHistory(environment);
  const topic = table === 'ticks' ? topics.ticks(0) : topics.events;
  const publisher = openPublisher(pubsub, topic, { maxMessages: 64, maxMilliseconds: 2 });
  const appended = history.metrics.registry.getSingleMetric('bellwether_rows_appended_total');
  assert.ok(appended);
  let rows = 0;
  let epochs = 0;

  const appendedRows = async (): Promise<number> => {
    const { values } = await appended.get();
    return values.find(({ labels }) => labels['table'] === table)?.value ?? 0;
  };
  return {
    /** Messages that nobody has published before. */
    more(): Messages {
      const messages = table === 'ticks' ? tickMessages((epochs += 1)) : commitMessages();
      rows += messages.rows;
      return messages;
    },
    async publish({ data }: Messages): Promise<void> {
      await Promise.all(data.map(async ({ body, attributes }) => publisher.publish(body, attributes)));
    },
    /** Resolves when BigQuery has taken all that was made so far. */
    async untilAppended(more: number): Promise<void> {
      assert.ok(rows >= more);
      while ((await appendedRows()) < rows) await delay(2);
    },
    count: async () =>
      table === 'ticks'
        ? countTicks(bigquery, { epochs: Array.from({ length: epochs }, (_, i) => epochOf(i + 1)) })
        : countEvents(bigquery, { scopes: false }),
    get rows() {
      return rows;
    },
    async close() {
      await history.close();
      await pubsub.close();
      await cloud.close();
      await scratch.remove();
    },
  };
}

function epochOf(number: number): string {
  return `bench-${String(number).padStart(10, '0')}`;
}

function tickMessages(number: number): Messages {
  const made = tradeFrames(frames.count, frames.ticks);
  return {
    rows: frames.count * frames.ticks,
    data: made.map((frame) => ({
      body: encodeFrame({ ...frame, epoch: epochOf(number) }).slice(),
      attributes: {},
    })),
  };
}

function commitMessages(): Messages {
  const made = journalsOf(journals);
  return {
    rows: eventsOf(made),
    data: made.flat().map((commit) => ({
      body: Buffer.from(JSON.stringify(commit)),
      attributes: commitAttributes(commit),
    })),
  };
}
