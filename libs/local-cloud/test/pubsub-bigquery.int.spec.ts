import { BigQuery } from '@google-cloud/bigquery';
import { Encodings, PubSub, SchemaTypes } from '@google-cloud/pubsub';
import type { CreateSubscriptionOptions, Subscription, Topic } from '@google-cloud/pubsub';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { startCloud } from '../src/index.ts';
import { cleanups, closeAll, temporaryDirectory } from './pubsub-service.ts';

const universeDomain = 'googleapis.com';
const table = 'p.history.fills';
const metadata = [
  'subscription_name:STRING',
  'message_id:STRING',
  'publish_time:TIMESTAMP',
  'attributes:JSON',
];

afterEach(closeAll);

async function start(dataDir?: string) {
  const cloud = await startCloud(dataDir === undefined ? {} : { dataDir });
  const pubsub = new PubSub({
    projectId: 'p',
    apiEndpoint: cloud.hosts.pubsub,
    emulatorMode: true,
    universeDomain,
  });
  const bigquery = new BigQuery({ projectId: 'p', apiEndpoint: `http://${cloud.hosts.bigquery}` });
  const close = async (): Promise<void> => {
    await pubsub.close();
    await cloud.close();
  };
  cleanups.push(close);
  return {
    host: cloud.hosts.pubsub,
    pubsub,
    close,
    createTable: async (...columns: string[]): Promise<void> => {
      await bigquery.createDataset('history').catch(() => undefined);
      await bigquery.dataset('history').createTable('fills', { schema: columns.join(',') });
    },
    deleteTable: () => bigquery.dataset('history').table('fills').delete(),
    /** The rows once there are so many. */
    rows: async (count: number, order = '1'): Promise<unknown[]> => {
      for (;;) {
        const rows: unknown[] = (await bigquery.query(`SELECT * FROM ${table} ORDER BY ${order}`))[0];
        if (rows.length >= count) return rows;
        await setTimeout(20);
      }
    },
  };
}

function subscribe(topic: Topic, bigqueryConfig: object, options: CreateSubscriptionOptions = {}) {
  return topic.createSubscription('to-bigquery', {
    bigqueryConfig: { table, ...bigqueryConfig },
    ...options,
  });
}

async function stateOf(subscription: Subscription, wanted: string): Promise<string> {
  for (;;) {
    const [{ bigqueryConfig }] = await subscription.getMetadata();
    if (bigqueryConfig?.state === wanted) return wanted;
    await setTimeout(20);
  }
}

describe('a BigQuery subscription', () => {
  it('writes each message once, with what it came with, and is nothing to pull from', async () => {
    const { pubsub, createTable, rows } = await start();
    await createTable('data:STRING', ...metadata);
    const [topic] = await pubsub.createTopic('fills');
    const [subscription] = await subscribe(topic, { writeMetadata: true });
    const attributes = { side: 'long' };
    const messageId = await topic.publishMessage({ data: Buffer.from('bought'), attributes });
    expect(await rows(1)).toEqual([
      {
        data: 'bought',
        subscription_name: subscription.name,
        message_id: messageId,
        publish_time: expect.anything(),
        attributes: JSON.stringify(attributes),
      },
    ]);
    expect(await stateOf(subscription, 'ACTIVE')).toBe('ACTIVE');
    const refused = Promise.withResolvers<unknown>();
    pubsub.subscription('to-bigquery').on('error', refused.resolve).on('message', refused.reject);
    expect(await refused.promise).toMatchObject({ code: status.FAILED_PRECONDITION });
  });

  it('writes bytes as they are', async () => {
    const { pubsub, createTable, rows } = await start();
    await createTable('data:BYTES');
    const [topic] = await pubsub.createTopic('fills');
    await subscribe(topic, {});
    await topic.publishMessage({ data: Buffer.from([0, 255]) });
    expect(await rows(1)).toEqual([{ data: Buffer.from([0, 255]) }]);
  });

  it('writes fields by the schema of the table; what does not fit is retried and ends with the dead letters', async () => {
    const { pubsub, createTable, rows } = await start();
    await createTable('symbol:STRING', 'size:INTEGER');
    const [topic] = await pubsub.createTopic('fills');
    const [dead] = await pubsub.createTopic('dead');
    const [deadLetters] = await dead.createSubscription('dead');
    const [subscription] = await subscribe(
      topic,
      { useTableSchema: true },
      {
        deadLetterPolicy: { deadLetterTopic: dead.name, maxDeliveryAttempts: 5 },
        retryPolicy: { minimumBackoff: { seconds: 0 }, maximumBackoff: { seconds: 0 } },
      },
    );
    await topic.publishMessage({ json: { symbol: 'BTC-USDT', size: 'many' } });
    const letter = Promise.withResolvers<Record<string, string>>();
    deadLetters.on('message', (message) => {
      message.ack();
      letter.resolve(message.attributes);
    });
    expect(await letter.promise).toMatchObject({
      CloudPubSubDeadLetterSourceDeliveryCount: '5',
      CloudPubSubDeadLetterSourceSubscription: 'to-bigquery',
    });
    expect(await stateOf(subscription, 'SCHEMA_MISMATCH')).toBe('SCHEMA_MISMATCH');
    await deadLetters.close();
    await topic.publishMessage({ json: { symbol: 'ETH-USDT', size: 2 } });
    expect(await rows(1)).toEqual([{ symbol: 'ETH-USDT', size: 2 }]);
    expect(await stateOf(subscription, 'ACTIVE')).toBe('ACTIVE');
  });

  it('drops fields that the table lacks when told to', async () => {
    const { pubsub, createTable, rows } = await start();
    await createTable('symbol:STRING');
    const [topic] = await pubsub.createTopic('fills');
    await subscribe(topic, { useTableSchema: true, dropUnknownFields: true });
    await topic.publishMessage({ json: { symbol: 'BTC-USDT', venue: 'demo' } });
    expect(await rows(1)).toEqual([{ symbol: 'BTC-USDT' }]);
  });

  it('writes fields by the schema of the topic', async () => {
    const { pubsub, createTable, rows } = await start();
    await createTable('symbol:STRING', 'note:STRING');
    const fields = [
      { name: 'symbol', type: 'string' },
      { name: 'note', type: ['null', 'string'] },
    ];
    const definition = JSON.stringify({ type: 'record', name: 'Fill', fields });
    await pubsub.createSchema('fill', SchemaTypes.Avro, definition);
    const [topic] = await pubsub.createTopic({
      name: 'projects/p/topics/fills',
      schemaSettings: { schema: 'projects/p/schemas/fill', encoding: Encodings.Json },
    });
    await subscribe(topic, { useTopicSchema: true });
    await topic.publishMessage({ json: { symbol: 'a', note: { string: 'late' } } });
    await topic.publishMessage({ json: { symbol: 'b', note: null } });
    expect(await rows(2, 'symbol')).toEqual([
      { symbol: 'a', note: 'late' },
      { symbol: 'b', note: null },
    ]);
  });

  it('waits for a table that is gone', async () => {
    const { host, pubsub, createTable, deleteTable, rows } = await start();
    await createTable('data:STRING');
    const [topic] = await pubsub.createTopic('fills');
    const [subscription] = await subscribe(topic, {});
    await deleteTable();
    await topic.publishMessage({ data: Buffer.from('kept') });
    expect(await stateOf(subscription, 'NOT_FOUND')).toBe('NOT_FOUND');
    const answer = await fetch(`http://${host}/v1/${subscription.name}`, {
      method: 'PATCH',
      body: JSON.stringify({
        subscription: { ackDeadlineSeconds: 20, bigqueryConfig: { table } },
        updateMask: 'ackDeadlineSeconds',
      }),
    });
    expect(await answer.json()).toMatchObject({ ackDeadlineSeconds: 20, bigqueryConfig: { table } });
    await createTable('data:STRING');
    expect(await rows(1)).toEqual([{ data: 'kept' }]);
  });

  it('goes on after a restart', async () => {
    const dataDir = await temporaryDirectory();
    const before = await start(dataDir);
    await before.createTable('data:STRING');
    const [topic] = await before.pubsub.createTopic('fills');
    await subscribe(topic, {});
    await topic.publishMessage({ data: Buffer.from('a') });
    await before.rows(1);
    await before.close();
    cleanups.splice(cleanups.indexOf(before.close), 1);
    const after = await start(dataDir);
    await after.pubsub.topic('fills').publishMessage({ data: Buffer.from('b') });
    expect(await after.rows(2, 'data')).toEqual([{ data: 'a' }, { data: 'b' }]);
  });

  it.each<[about: string, config: object, options: CreateSubscriptionOptions, code: status]>([
    ['a table that is not there', { table: 'p.history.none' }, {}, status.NOT_FOUND],
    ['a name that is no table', { table: 'fills' }, {}, status.INVALID_ARGUMENT],
    ['both schemas', { useTopicSchema: true, useTableSchema: true }, {}, status.INVALID_ARGUMENT],
    ['metadata without its columns', { writeMetadata: true }, {}, status.INVALID_ARGUMENT],
    ['the schema of a topic without', { useTopicSchema: true }, {}, status.FAILED_PRECONDITION],
    ['exactly-once delivery', {}, { enableExactlyOnceDelivery: true }, status.INVALID_ARGUMENT],
    ['push as well', {}, { pushConfig: { pushEndpoint: 'http://127.0.0.1:9/' } }, status.INVALID_ARGUMENT],
  ])('is refused %s', async (_, config, options, code) => {
    const { pubsub, createTable } = await start();
    await createTable('data:STRING');
    const [topic] = await pubsub.createTopic('fills');
    await expect(subscribe(topic, config, options)).rejects.toMatchObject({ code });
  });
});
