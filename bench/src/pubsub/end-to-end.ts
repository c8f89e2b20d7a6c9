import { PubSub } from '@google-cloud/pubsub';
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { startCeiling } from '../processes/ceiling-process.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { makeScratchDirectory } from '../processes/scratch-directory.ts';
import { benchmark } from '../runner/benchmark.ts';
import type { AnyBenchmark } from '../runner/benchmark.ts';
import { inFlight } from '../runner/in-flight.ts';
import { perSecond } from '../runner/timing.ts';

export interface EndToEnd {
  readonly variant?: string;
  readonly question: string;
  readonly durable: boolean;
  readonly messageBytes: number;
  /** Of each measure. */
  readonly messages: number;
  /** How many are published and not yet received at any time. */
  readonly width: number;
}

/** Publishes, receives and acknowledges through Google's client: on the cloud, and on a server that only forwards. */
export function endToEnd({ durable, messageBytes, messages, width, ...names }: EndToEnd): AnyBenchmark {
  const payload = Buffer.alloc(messageBytes, 'a tick is a tick, ');
  return benchmark({
    ...names,
    unit: 'messages/s',
    target: { ratio: { atLeast: 0.7 } },
    async setup() {
      const scratch = await makeScratchDirectory();
      const cloud = await startCloudProcess(durable ? ['--data-dir', join(scratch.path, 'cloud')] : []);
      const ceiling = await startCeiling(join(import.meta.dirname, 'forward.js'));
      const subject = connect(cloud.hosts.pubsub, cloud.project);
      const [topic] = await subject.createTopic('messages');
      await topic.createSubscription('messages');
      return {
        scratch,
        cloud,
        ceiling,
        subject: openLine(subject, width),
        baseline: openLine(connect(ceiling.host, cloud.project), width),
      };
    },
    async check({ subject, baseline }) {
      for (const line of [subject, baseline]) {
        const before = line.received;
        await line.send(payload, 3 * width);
        assert.equal(line.received - before, 3 * width);
      }
    },
    baseline: ({ baseline }) => perSecond(messages, () => baseline.send(payload, messages)),
    subject: ({ subject }) => perSecond(messages, () => subject.send(payload, messages)),
    async close({ scratch, cloud, ceiling, subject, baseline }) {
      await Promise.all([subject.close(), baseline.close()]);
      await Promise.all([cloud.close(), ceiling.close()]);
      await scratch.remove();
    },
  });
}

function connect(host: string, projectId: string): PubSub {
  return new PubSub({ projectId, apiEndpoint: host, emulatorMode: true, universeDomain: 'googleapis.com' });
}

interface Line {
  /** Messages received so far. */
  readonly received: number;
  /** Resolves when `count` messages were published, received and acknowledged. */
  send(payload: Buffer, count: number): Promise<void>;
  close(): Promise<void>;
}

function openLine(pubsub: PubSub, width: number): Line {
  const topic = pubsub.topic('messages');
  const subscription = pubsub.subscription('messages', {
    flowControl: { maxMessages: 2 * width, maxBytes: 1 << 30 },
  });
  const waiting: (() => void)[] = [];
  let received = 0;
  let failure: unknown;
  subscription.on('error', (error) => (failure = error));
  subscription.on('message', (message) => {
    received += 1;
    message.ack();
    waiting.shift()?.();
  });
  return {
    get received() {
      return received;
    },
    async send(payload, count) {
      await inFlight(width, count, async () => {
        const arrival = new Promise<void>((resolve) => void waiting.push(resolve));
        await topic.publishMessage({ data: payload });
        await arrival;
      });
      if (failure !== undefined) throw new Error('the subscription failed', { cause: failure });
    },
    async close() {
      await subscription.close();
      await pubsub.close();
    },
  };
}
