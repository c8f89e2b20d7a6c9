import { type Publisher, openPublisher, provisionTopology } from '@bellwether/bus';
import {
  type AccountRef,
  type Commit,
  type Frame,
  commitAttributes,
  encodeFrame,
  paths,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import * as z from 'zod';
import { startHistory } from '../src/index.ts';

const Payload = z.object({ reason: z.string() });

process.env['METADATA_SERVER_DETECTION'] = 'none'; // Google's clients would look for credentials on the network

/** A cloud with two shards, and what surrounds history in it: a feed and an executor. */
export class System {
  readonly cloud: TestCloud;
  readonly #publishers = new Map<string, Publisher>();

  private constructor(cloud: TestCloud) {
    this.cloud = cloud;
  }

  static async start(): Promise<System> {
    const cloud = await startTestCloud();
    await provisionTopology(cloud.pubsub, topologyOf(2));
    return new System(cloud);
  }

  async startHistory() {
    return startHistory({ ...this.cloud.environment }, createLogger({ service: 'history', level: 'silent' }));
  }

  /** In the given order, one message each. */
  async publishFrames(frames: readonly Frame[]): Promise<void> {
    await Promise.all(
      frames.map(async (frame) => this.#publisher(topics.ticks(frame.shard)).publish(encodeFrame(frame), {})),
    );
  }

  async publishCommits(commits: readonly Commit[]): Promise<void> {
    await Promise.all(
      commits.map(async (commit) =>
        this.#publisher(topics.events).publish(Buffer.from(JSON.stringify(commit)), commitAttributes(commit)),
      ),
    );
  }

  async writeJournal(commits: readonly Commit[]): Promise<void> {
    await Promise.all(
      commits.map(async (commit) =>
        this.cloud.firestore.doc(paths.journalEntry(refOf(commit), commit.seq)).create({ ...commit }),
      ),
    );
  }

  /** Ticks by epoch, shard and ordinal: `{epoch} {shard} {ordinal} {price} x {size}`. */
  async ticks(): Promise<string[]> {
    const [rows] = await this.cloud.bigquery.query({
      query: `SELECT feed_epoch, shard, ordinal, CAST(price AS STRING) AS price, CAST(size AS STRING) AS size
              FROM bellwether.ticks WHERE exchange_ts > TIMESTAMP '2000-01-01' ORDER BY feed_epoch, shard, ordinal`,
    });
    return (rows as Record<string, string>[]).map(
      ({ feed_epoch, shard, ordinal, price, size }) => `${feed_epoch} ${shard} ${ordinal} ${price} x ${size}`,
    );
  }

  /** Events as `{event id} {reason}`, by account, sequence and index. */
  async events(): Promise<string[]> {
    const [rows] = await this.cloud.bigquery.query({
      query: `SELECT event_id, payload FROM bellwether.events ORDER BY account_id, seq, event_index`,
    });
    return (rows as { event_id: string; payload: string }[]).map(({ event_id, payload }) => {
      const { reason } = Payload.parse(JSON.parse(payload));
      return `${event_id} ${reason}`;
    });
  }

  async close(): Promise<void> {
    await this.cloud.close();
  }

  #publisher(topic: string): Publisher {
    const known =
      this.#publishers.get(topic) ??
      openPublisher(this.cloud.pubsub, topic, { maxMessages: 100, maxMilliseconds: 1 });
    this.#publishers.set(topic, known);
    return known;
  }
}

export function refOf({ tenant, uid, accountId }: Commit): AccountRef {
  return { tenant, uid, accountId };
}
