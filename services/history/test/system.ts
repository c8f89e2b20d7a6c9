import { type Publisher, openPublisher, provisionTopology } from '@bellwether/bus';
import {
  type AccountRef,
  type Commit,
  type Frame,
  type ScopeCommit,
  commitAttributes,
  encodeFrame,
  eventId,
  paths,
  scopeAttributes,
  sourceOf,
  topics,
  topologyOf,
} from '@bellwether/contracts';
import { createLogger } from '@bellwether/observability';
import { type TestCloud, startTestCloud } from '@bellwether/testing';
import * as z from 'zod';
import { startHistory } from '../src/index.ts';

/** What a subscription has received so far. */
export interface Listener {
  readonly received: number;
  close(): Promise<void>;
}

export interface Outage {
  /** How many calls it has failed so far. */
  struck(): Promise<number>;
  end(): Promise<void>;
}

const Faults = z.object({ faults: z.array(z.object({ struck: z.number() })) });
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

  async publishScopeCommits(commits: readonly ScopeCommit[]): Promise<void> {
    await Promise.all(
      commits.map(async (commit) =>
        this.#publisher(topics.events).publish(Buffer.from(JSON.stringify(commit)), scopeAttributes(commit)),
      ),
    );
  }

  async writeScopeJournal(commits: readonly ScopeCommit[]): Promise<void> {
    await Promise.all(
      commits.map(async (commit) =>
        this.cloud.firestore.doc(paths.scopeJournalEntry(commit.scope, commit.seq)).create({ ...commit }),
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

  /** How many messages Pub/Sub has handed out, to everybody. */
  get delivered(): number {
    return this.cloud.meter.snapshot()['pubsub.deliveredMessages'] ?? 0;
  }

  /** Receives and acknowledges all that a subscription gets. */
  listen(subscription: string): Listener {
    const ids = new Set<string>();
    const open = this.cloud.pubsub.subscription(subscription);
    open.on('message', (message) => {
      ids.add(message.id);
      message.ack();
    });
    return {
      get received() {
        return ids.size;
      },
      close: async () => open.close(),
    };
  }

  /** BigQuery answers UNAVAILABLE, before or after it did what it was asked, until the outage ends. */
  async failBigQuery(side: 'before' | 'after', method = '*'): Promise<Outage> {
    const at = { service: 'bigquery', method, side };
    await this.#faults('POST', { faults: [{ at, do: { kind: 'error', code: 'UNAVAILABLE' } }] });
    return {
      struck: async () => {
        const answer = await this.#faults('GET');
        const { faults } = Faults.parse(await answer.json());
        return faults.reduce((sum, { struck }) => sum + struck, 0);
      },
      end: async () => {
        await this.#faults('DELETE');
      },
    };
  }

  async close(): Promise<void> {
    await this.cloud.close();
  }

  async #faults(method: string, plan?: object): Promise<Response> {
    const answer = await fetch(`http://${this.cloud.hosts.ops}/faults`, {
      method,
      headers: { authorization: `Bearer ${this.cloud.faultToken}` },
      ...(plan === undefined ? {} : { body: JSON.stringify(plan) }),
    });
    if (!answer.ok) throw new Error(`the ops server answered ${answer.status}`);
    return answer;
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

/** A frame's rows as `System.ticks` has them. */
export function tickRowsOf(frame: Frame): string[] {
  return Array.from({ length: frame.length }, (_, i) => {
    const price = ((frame.first[i] ?? 0) / 100).toString();
    const size = ((frame.second[i] ?? 0) / 1e8).toFixed(8).replace(/0+$/, '');
    return `${frame.epoch} ${frame.shard} ${frame.firstOrdinal + i} ${price} x ${size}`;
  });
}

/** A commit's rows as `System.events` has them. */
export function eventRowsOf(commit: Commit | ScopeCommit): string[] {
  return commit.events.map((event, index) => {
    const reason = 'reason' in event ? event.reason : '';
    return `${eventId(sourceOf(commit), commit.seq, index)} ${reason}`;
  });
}
