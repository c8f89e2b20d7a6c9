import { describe, expect, it } from '@jest/globals';
import { Meter } from '../core/meter.ts';
import type { DurableLog, SnapshotSource } from '../log/durable-log.ts';
import type { RecordBytes } from '../log/frames.ts';
import { restore } from './restore.ts';
import { Runner } from './runner.ts';
import { createState } from './state.ts';
import { v1 } from './wire.ts';

const topic = 'projects/p/topics/main';
const subscription = 'projects/p/subscriptions/main';

/** A log whose records become durable when the test says so. */
class HeldLog implements DurableLog {
  size = 0;
  records: Uint8Array[] = [];
  snapshots: Uint8Array[] = [];
  isHeld = false;
  readonly #held: PromiseWithResolvers<void>[] = [];

  append(record: RecordBytes): Promise<void> {
    this.records.push(record instanceof Uint8Array ? record : Buffer.concat(record));
    const pending = Promise.withResolvers<void>();
    if (this.isHeld) this.#held.push(pending);
    else pending.resolve();
    return pending.promise;
  }

  compact(snapshot: Uint8Array | SnapshotSource): Promise<void> {
    const chunks = snapshot instanceof Uint8Array ? [snapshot] : snapshot.chunks;
    this.snapshots.push(Buffer.concat([...chunks]));
    this.records = [];
    this.size = 0;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  release(): void {
    for (const pending of this.#held.splice(0)) pending.resolve();
  }

  break(): void {
    for (const pending of this.#held.splice(0)) pending.reject(new Error('the disk is full'));
  }
}

interface Service {
  readonly log: HeldLog;
  readonly runner: Runner;
  /** What happened, in order. */
  readonly events: string[];
  readonly publish: (text: string) => Promise<void>;
  readonly acknowledge: () => Promise<void>;
  readonly settle: () => Promise<void>;
}

async function start(): Promise<Service> {
  const log = new HeldLog();
  let now = 1_700_000_000_000_000n;
  const clock = { nowMicros: () => ++now };
  const runner = new Runner(createState(Number(now)), log, 0, { clock, meter: new Meter() });
  await runner.call({ type: 'call', name: 'CreateTopic', request: { name: topic } });
  await runner.call({ type: 'call', name: 'CreateSubscription', request: { name: subscription, topic } });
  const events: string[] = [];
  const ackIds: string[] = [];
  const sink = {
    deliver(messages: readonly { ackId: string; wire: Uint8Array }[]) {
      for (const { ackId, wire } of messages) {
        ackIds.push(ackId);
        events.push(`delivered ${Buffer.from(v1.PubsubMessage.decode(wire).data).toString()}`);
      }
    },
    end: (error: Error) => events.push(`ended: ${error.message}`),
  };
  runner.open({ type: 'open', request: { subscription, streamAckDeadlineSeconds: 10 } }, sink);
  const record = (what: string, done: Promise<object>): Promise<void> =>
    done.then(
      () => void events.push(what),
      () => void events.push(`not ${what}`),
    );
  return {
    log,
    runner,
    events,
    publish(text) {
      const request = { topic, messages: [{ data: Buffer.from(text) }] };
      return record(`answered ${text}`, runner.call({ type: 'call', name: 'Publish', request }));
    },
    acknowledge() {
      const request = { subscription, ackIds };
      return record('acknowledged', runner.call({ type: 'call', name: 'Acknowledge', request }));
    },
    async settle() {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('the runner', () => {
  it('tells nobody of a message before it is durable', async () => {
    const { log, runner, events, publish, settle } = await start();
    log.isHeld = true;
    const published = [publish('a'), publish('b')];
    await settle();
    expect(events).toEqual([]);
    log.release();
    await Promise.all(published);
    await settle();
    expect(events.toSorted()).toEqual(['answered a', 'answered b', 'delivered a', 'delivered b']);
    await runner.stop();
  });

  it('answers an acknowledgement when it is durable, and delivers meanwhile', async () => {
    const { log, runner, events, publish, acknowledge, settle } = await start();
    await publish('a');
    await settle();
    log.isHeld = true;
    const acknowledged = acknowledge();
    await settle();
    expect(events).not.toContain('acknowledged');
    log.release();
    await acknowledged;
    expect(events).toContain('acknowledged');
    await runner.stop();
  });

  it('compacts a log that has grown, to what is still unacknowledged', async () => {
    const { log, runner, publish, acknowledge, settle } = await start();
    await publish('a');
    await settle();
    await acknowledge();
    log.size = 65 * 1024 * 1024;
    await publish('b');
    expect(log.snapshots).toHaveLength(1);
    const [snapshot] = log.snapshots;
    const restored = restore(snapshot, log.records, 0).subscriptions.get(subscription);
    const texts = [...(restored?.backlog.messages() ?? [])].map(({ wire }) =>
      Buffer.from(v1.PubsubMessage.decode(wire).data).toString(),
    );
    expect(texts).toEqual(['b']);
    await runner.stop();
  });

  it('ends every stream and refuses what it cannot make durable when the log fails', async () => {
    const { log, runner, events, publish, settle } = await start();
    log.isHeld = true;
    const published = publish('a');
    await settle();
    log.break();
    await published;
    await settle();
    expect(events.toSorted()).toEqual(['ended: the log cannot be written', 'not answered a']);
    await runner.stop();
  });
});
