import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { commandAttributes, subscriptions, topics } from '@bellwether/contracts';
import type { Command } from '@bellwether/contracts';
import { createLogger, systemIds } from '@bellwether/observability';
import type { Message, Subscription } from '@google-cloud/pubsub';
import { CommandClient } from '../src/index.ts';
import { startTestPubSub } from './start-pubsub.ts';
import type { TestPubSub } from './start-pubsub.ts';

const openAccount: Command = {
  name: 'OpenAccount',
  key: 'k1',
  tenant: 'acme',
  uid: 'ada',
  accountId: 'ada.main',
};
const committed = { status: 'committed', accountId: 'ada.main', seq: 1 };

describe('CommandClient', () => {
  let cloud: TestPubSub;
  let client: CommandClient;
  let executor: Subscription;

  beforeAll(async () => {
    cloud = await startTestPubSub();
    await cloud.pubsub.createTopic(topics.commands);
    await cloud.pubsub.createSubscription(topics.commands, subscriptions.executorCommands);
  });
  afterAll(() => cloud.close());

  beforeEach(async () => {
    const logger = createLogger({ service: 'test', level: 'silent' });
    client = await CommandClient.connect(cloud.pubsub, { name: 'gateway', ids: systemIds, logger });
    executor = cloud.pubsub.subscription(subscriptions.executorCommands);
  });
  afterEach(async () => {
    await Promise.all([client.close(), executor.close()]);
  });

  /** What an executor would answer; `undefined` answers nothing. */
  function answering(answer: (message: Message) => unknown) {
    executor.on('message', (message: Message) => {
      message.ack();
      const reply = answer(message);
      if (reply === undefined) return;
      const correlation = message.attributes[commandAttributes.correlation] ?? '';
      const topic = cloud.pubsub.topic(message.attributes[commandAttributes.replyTo] ?? '');
      // The asker may be gone: a command of the test before that nobody took.
      topic.publishMessage({ json: reply, attributes: { correlation } }).catch(() => undefined);
    });
  }

  it('answers the reply to its command', async () => {
    const received: unknown[] = [];
    answering((message) => {
      received.push(JSON.parse(message.data.toString()), message.attributes[commandAttributes.traceparent]);
      return committed;
    });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await expect(client.request(openAccount, { traceparent })).resolves.toEqual(committed);
    expect(received).toEqual([openAccount, traceparent]);
  });

  it('keeps the replies of concurrent commands apart', async () => {
    answering(({ data }) => ({ ...committed, seq: Number(JSON.parse(data.toString()).key) }));
    const keys = Array.from({ length: 50 }, (_, i) => i);
    const replies = await Promise.all(
      keys.map((key) => client.request({ ...openAccount, key: String(key) })),
    );
    expect(replies).toEqual(keys.map((seq) => ({ ...committed, seq })));
  });

  it('starts a trace when it is given none', async () => {
    const traces: unknown[] = [];
    answering(({ attributes }) => {
      traces.push(attributes[commandAttributes.traceparent]);
      return committed;
    });
    await client.request(openAccount);
    expect(traces).toEqual([expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)]);
  });

  it('names the command that got no reply in time', async () => {
    answering(() => undefined);
    await expect(client.request(openAccount, { timeoutMs: 50 })).rejects.toThrow(
      'no reply to OpenAccount (key k1) within 50 ms',
    );
  });

  it('refuses a reply that does not parse', async () => {
    answering(() => ({ status: 'perhaps' }));
    await expect(client.request(openAccount)).rejects.toThrow('the reply does not parse');
  });

  it('fails what waits when it closes, and leaves nothing behind', async () => {
    answering(() => undefined);
    const waiting = client.request(openAccount);
    await Promise.all([expect(waiting).rejects.toThrow('the command client was closed'), client.close()]);
    await expect(client.request(openAccount)).rejects.toThrow('OpenAccount not sent');
    const [names, subscriptionNames] = await Promise.all([
      cloud.pubsub.getTopics(),
      cloud.pubsub.getSubscriptions(),
    ]);
    const all = [...names[0], ...subscriptionNames[0]].map(({ name }) => name.split('/').at(-1));
    expect(all).toEqual([topics.commands, subscriptions.executorCommands]);
  });
});
