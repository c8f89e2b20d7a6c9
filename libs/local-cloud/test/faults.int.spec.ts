import { BigQuery } from '@google-cloud/bigquery';
import { Firestore } from '@google-cloud/firestore';
import { PubSub } from '@google-cloud/pubsub';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { startCloud } from '../src/index.ts';
import type { RunningCloud } from '../src/index.ts';

const universeDomain = 'googleapis.com'; // else the clients look for credentials to learn it
const cleanups: (() => Promise<unknown>)[] = [];
let cloud: RunningCloud;

beforeEach(async () => {
  const started = await startCloud();
  cloud = started;
  cleanups.push(() => started.close());
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function ops(method: string, path: string, body?: unknown, token = cloud.faultToken) {
  return fetch(`http://${cloud.hosts.ops}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function plan(at: object, fault: object) {
  expect((await ops('POST', '/faults', { faults: [{ at, do: fault }] })).status).toBe(200);
}

function newFirestore() {
  const firestore = new Firestore({
    projectId: 'p',
    host: cloud.hosts.firestore,
    ssl: false,
    universeDomain,
  });
  cleanups.push(() => firestore.terminate());
  return firestore;
}

function newPubSub() {
  const pubsub = new PubSub({
    projectId: 'p',
    apiEndpoint: cloud.hosts.pubsub,
    emulatorMode: true,
    universeDomain,
  });
  cleanups.push(() => pubsub.close());
  return pubsub;
}

async function planned() {
  return (await ops('GET', '/faults')).json();
}

async function firstChunk({ body }: Response): Promise<string> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = body?.getReader();
  const chunk = await reader?.read();
  return Buffer.from(chunk?.value ?? []).toString();
}

const unavailable = { kind: 'error', code: 'UNAVAILABLE' };

describe('the fault API', () => {
  it('is for who has the token of this run', async () => {
    expect((await ops('GET', '/faults', undefined, 'guessed')).status).toBe(401);
    expect((await fetch(`http://${cloud.hosts.ops}/faults`)).status).toBe(401);
    expect(cloud.environment['CLOUD_FAULT_TOKEN']).toBe(cloud.faultToken);
  });

  it('names what is wrong in a plan, lists what is planned, forgets it', async () => {
    const wrong = await ops('POST', '/faults', { at: { service: 'spanner' }, do: unavailable });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toEqual({ message: expect.stringContaining('faults[0].at.service') });
    await plan({ service: 'firestore', method: 'Commit', times: 1 }, unavailable);
    expect(await planned()).toMatchObject({ faults: [{ at: { method: 'Commit' }, matched: 0, struck: 0 }] });
    expect(await (await ops('DELETE', '/faults')).json()).toEqual({ faults: [] });
  });
});

describe('Firestore under faults', () => {
  it('finds by the retry what a lost answer had applied', async () => {
    const firestore = newFirestore();
    await plan({ service: 'firestore', method: 'Commit', side: 'after', times: 1 }, unavailable);
    await expect(firestore.doc('orders/1').create({ n: 1 })).rejects.toMatchObject({ code: 6 });
    expect((await firestore.doc('orders/1').get()).data()).toEqual({ n: 1 });
    expect(await planned()).toMatchObject({ faults: [{ matched: 2, struck: 1 }] });
  });

  it('applies once what failed before its effect, however often', async () => {
    const firestore = newFirestore();
    const at = { service: 'firestore', method: 'Commit', side: 'before', resource: 'orders/2', times: 2 };
    await plan(at, { kind: 'error', code: 'RESOURCE_EXHAUSTED' });
    await firestore.doc('orders/2').create({ n: 2 });
    expect(await planned()).toMatchObject({ faults: [{ matched: 3, struck: 2 }] });
  });

  it('waits for an answer that is late', async () => {
    const firestore = newFirestore();
    await plan({ service: 'firestore', method: '*', side: 'after', times: 2 }, { kind: 'delay', ms: 20 });
    await firestore.doc('orders/4').set({ n: 4 });
    expect((await firestore.doc('orders/4').get()).data()).toEqual({ n: 4 });
  });

  it('runs a contended transaction again', async () => {
    const firestore = newFirestore();
    const at = { service: 'firestore', method: 'Commit', nth: 1, times: 2 };
    await plan(at, { kind: 'error', code: 'ABORTED' });
    let runs = 0;
    await firestore.runTransaction(async (transaction) => {
      runs += 1;
      await transaction.get(firestore.doc('orders/3'));
      transaction.set(firestore.doc('orders/3'), { runs });
    });
    expect((await firestore.doc('orders/3').get()).data()).toEqual({ runs: 3 });
  });
});

describe('Pub/Sub under faults', () => {
  it('stores a message twice whose first answer was lost', async () => {
    const pubsub = newPubSub();
    const [topic] = await pubsub.createTopic('orders');
    const [subscription] = await topic.createSubscription('all');
    const ids: string[] = [];
    const both = new Promise<void>((resolve, reject) => {
      subscription.on('error', reject).on('message', (message) => {
        ids.push(message.id);
        message.ack();
        if (ids.length === 2) resolve();
      });
    });
    cleanups.push(() => subscription.close());
    await plan({ service: 'pubsub', method: 'Publish', side: 'after', times: 1 }, unavailable);
    const id = await topic.publishMessage({ data: Buffer.from('x') });
    await both;
    expect(new Set(ids).size).toBe(2);
    expect(ids).toContain(id);
  });

  it('opens a stream again that broke, and doubles what it brings', async () => {
    const pubsub = newPubSub();
    const [topic] = await pubsub.createTopic('orders');
    const [subscription] = await topic.createSubscription('all');
    await plan({ service: 'pubsub', method: 'StreamingPull', side: 'before', times: 1 }, unavailable);
    await plan({ service: 'pubsub', method: 'StreamingPull', side: 'after', nth: 2 }, { kind: 'dup' });
    const ids: string[] = [];
    const twice = new Promise<void>((resolve, reject) => {
      subscription.on('error', reject).on('message', (message) => {
        ids.push(message.id);
        message.ack();
        if (ids.length === 2) resolve();
      });
    });
    cleanups.push(() => subscription.close());
    const id = await topic.publishMessage({ data: Buffer.from('x') });
    await twice;
    expect(ids).toEqual([id, id]);
  });
});

describe('a stream that is reordered', () => {
  it('brings each message after the next', async () => {
    const pubsub = newPubSub();
    const [topic] = await pubsub.createTopic('orders');
    await topic.createSubscription('all');
    const subscription = pubsub.subscription('all', { streamingOptions: { maxStreams: 1 } });
    await plan({ service: 'pubsub', method: 'StreamingPull', side: 'after' }, { kind: 'reorder' });
    const texts: string[] = [];
    const { promise: all, resolve, reject } = Promise.withResolvers<void>();
    subscription.on('error', reject).on('message', (message) => {
      texts.push(message.data.toString());
      message.ack();
      if (texts.length === 3) resolve();
    });
    cleanups.push(() => subscription.close());
    // The stream's first response carries no messages: it changes places with the first that does.
    for (const [index, text] of ['a', 'b', 'c'].entries()) {
      await topic.publishMessage({ data: Buffer.from(text) });
      while (cloud.meter.snapshot()['pubsub.deliveredMessages'] !== index + 1) await setTimeout(5);
    }
    await all;
    expect(texts).toEqual(['a', 'c', 'b']);
  });
});

describe('BigQuery and Discord under faults', () => {
  it('keeps the rows of an insertAll whose answer was lost, once', async () => {
    const bigquery = new BigQuery({ projectId: 'p', apiEndpoint: `http://${cloud.hosts.bigquery}` });
    bigquery.authClient.authorizeRequest = (request = {}) => Promise.resolve(request);
    await bigquery.createDataset('history');
    await bigquery.dataset('history').createTable('ticks', { schema: 'symbol:STRING' });
    await plan({ service: 'bigquery', method: 'tabledata.insertAll', side: 'after', times: 1 }, unavailable);
    const table = bigquery.dataset('history').table('ticks');
    await table.insert([{ insertId: 'a', json: { symbol: 'BTC-USDT' } }], { raw: true });
    expect(await planned()).toMatchObject({ faults: [{ matched: 2, struck: 1 }] });
    expect((await bigquery.query('SELECT symbol FROM history.ticks'))[0]).toEqual([{ symbol: 'BTC-USDT' }]);
  });

  it('cuts the connection before or after a message is posted', async () => {
    const base = cloud.environment['DISCORD_API_BASE'] ?? '';
    const post = () =>
      fetch(`${base}/webhooks/1/secret`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ content: 'x' }),
      });
    const count = async () => (await fetch(`http://${cloud.hosts.discord}/log/count`)).json();
    const at = { service: 'discord', method: 'ExecuteWebhook', times: 1 };
    await plan({ ...at, side: 'before' }, { kind: 'drop' });
    await expect(post()).rejects.toThrow('fetch failed');
    expect(await count()).toEqual({ count: 0 });
    await plan({ ...at, side: 'after' }, { kind: 'drop' });
    await expect(post()).rejects.toThrow('fetch failed');
    expect(await count()).toEqual({ count: 1 });
    await plan(at, { kind: 'error', code: 'RESOURCE_EXHAUSTED' });
    expect((await post()).status).toBe(429);
    await plan({ ...at, resource: 'webhooks/1' }, { kind: 'error', code: 'NOT_FOUND' });
    expect(await (await post()).json()).toEqual({ message: 'Unknown Webhook', code: 10015 });
    await plan({ ...at, side: 'after' }, { kind: 'delay', ms: 20 });
    expect((await post()).status).toBe(204);
  });
});

function postToDiscord(id: number, signal?: AbortSignal): Promise<Response> {
  return fetch(`${cloud.environment['DISCORD_API_BASE']}/webhooks/${id}/secret`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'x' }),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function postsInDiscord(): Promise<unknown> {
  return (await fetch(`http://${cloud.hosts.discord}/log/count`)).json();
}

describe('outages of Discord', () => {
  const execute = { service: 'discord', method: 'ExecuteWebhook' };
  it.each([
    ['before', 'UNAVAILABLE', 503, 0],
    ['after', 'UNAVAILABLE', 503, 1],
    ['before', 'INTERNAL', 500, 0],
    ['before', 'UNAUTHENTICATED', 401, 0],
    ['before', 'PERMISSION_DENIED', 403, 0],
    ['before', 'NOT_FOUND', 404, 0],
  ])('%s landing by %s', async (side, code, status, landed) => {
    await plan({ ...execute, side }, { kind: 'error', code });
    expect((await postToDiscord(1)).status).toBe(status);
    expect(await postsInDiscord()).toEqual({ count: landed });
  });

  it('lets a message land whose sender has given up', async () => {
    await plan({ ...execute, times: 1 }, { kind: 'delay', ms: 300 });
    await expect(postToDiscord(1, AbortSignal.timeout(100))).rejects.toThrow('timeout');
    expect(await postsInDiscord()).toEqual({ count: 0 });
    while (JSON.stringify(await postsInDiscord()) !== '{"count":1}') await setTimeout(20);
  });

  it('limits who shares a webhook for long, while the bucket has room and nobody is to blame', async () => {
    await ops('DELETE', '/faults');
    await plan(
      { ...execute, resource: 'webhooks/7' },
      { kind: 'rateLimit', scope: 'shared', retryAfterMs: 1_300_000 },
    );
    const limited = await postToDiscord(7);
    expect(limited.status).toBe(429);
    expect(limited.headers.get('x-ratelimit-scope')).toBe('shared');
    expect(limited.headers.get('retry-after')).toBe('1300');
    expect(Number(limited.headers.get('x-ratelimit-remaining'))).toBeGreaterThan(0);
    expect(await limited.json()).toMatchObject({ retry_after: 1300, global: false });
    expect((await postToDiscord(8)).status).toBe(204);
    await ops('DELETE', '/faults');
    expect((await postToDiscord(7)).status).toBe(204);
  });

  it('announces a reset by a clock that is wrong, and the right time to wait', async () => {
    await plan({ ...execute, side: 'after', times: 1 }, { kind: 'skew', ms: 3_600_000 });
    const { headers } = await postToDiscord(1);
    const reset = Number(headers.get('x-ratelimit-reset')) - Date.now() / 1000;
    expect(reset).toBeGreaterThan(3500);
    expect(Number(headers.get('x-ratelimit-reset-after'))).toBeLessThan(60);
  });

  it.each([
    [{ service: 'pubsub' }, { kind: 'skew', ms: 1 }, 'skew is for discord only'],
    [
      execute,
      { kind: 'rateLimit', scope: 'mine', retryAfterMs: 1 },
      'scope: must be one of user, global, shared',
    ],
    [execute, { kind: 'rateLimit', scope: 'user', retryAfterMs: 0 }, 'retryAfterMs: must be a number from 1'],
  ])('refuses the plan %j %j', async (at, fault, message) => {
    const answer = await ops('POST', '/faults', { faults: [{ at, do: fault }] });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain(message);
  });
});

describe('faults of REST', () => {
  it('strike the commit of a client without gRPC by the method it has there', async () => {
    const document = 'projects/p/databases/(default)/documents/users/ada';
    const commit = () =>
      fetch(`http://${cloud.hosts.firestore}/v1/${document}`, {
        method: 'PATCH',
        body: JSON.stringify({ fields: { name: { stringValue: 'Ada' } } }),
      });
    const at = { service: 'firestore', method: 'UpdateDocument', resource: 'users/ada', times: 1 };
    await plan({ ...at, side: 'before' }, unavailable);
    expect((await commit()).status).toBe(503);
    expect((await newFirestore().doc('users/ada').get()).exists).toBe(false);
    await plan({ ...at, side: 'after' }, unavailable);
    expect(await (await commit()).json()).toMatchObject({ error: { code: 503, status: 'UNAVAILABLE' } });
    expect((await newFirestore().doc('users/ada').get()).exists).toBe(true);
  });
});

describe('requests', () => {
  it('are counted by method and kind of resource, and told as they are answered', async () => {
    const aborted = new AbortController();
    const stream = await fetch(`http://${cloud.hosts.ops}/requests`, { signal: aborted.signal });
    await newFirestore().doc('users/ada').set({ name: 'Ada' });
    const chunk = await firstChunk(stream);
    aborted.abort();
    const told: unknown = JSON.parse(chunk.replace(/^data: /, ''));
    const resource = 'projects/p/databases/(default)/documents/users/ada';
    expect(told).toMatchObject({ service: 'firestore', method: 'Commit', resource, status: 'OK' });
    expect(cloud.meter.snapshot()).toMatchObject({ 'firestore.calls.Commit.users': 1 });
  });
});
