import { BigQuery } from '@google-cloud/bigquery';
import { Firestore } from '@google-cloud/firestore';
import { PubSub } from '@google-cloud/pubsub';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCloud } from '../src/index.ts';
import type { CloudOptions, RunningCloud } from '../src/index.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  jest.restoreAllMocks();
});

async function start(options: CloudOptions = {}) {
  const cloud = await startCloud(options);
  cleanups.push(() => cloud.close());
  return cloud;
}

async function newDataDir() {
  const dir = await mkdtemp(join(tmpdir(), 'cloud-'));
  cleanups.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

function clientsOf({ hosts, project: projectId }: RunningCloud) {
  const universeDomain = 'googleapis.com'; // else the clients look for credentials to learn it
  const pubsub = new PubSub({ projectId, apiEndpoint: hosts.pubsub, emulatorMode: true, universeDomain });
  const firestore = new Firestore({ projectId, host: hosts.firestore, ssl: false, universeDomain });
  const bigquery = new BigQuery({ projectId, apiEndpoint: `http://${hosts.bigquery}` });
  bigquery.authClient.authorizeRequest = (request = {}) => Promise.resolve(request);
  let closing: Promise<unknown> | undefined;
  const close = () => (closing ??= Promise.all([pubsub.close(), firestore.terminate()]));
  cleanups.push(close);
  return { pubsub, firestore, bigquery, close };
}

function postMessage(cloud: RunningCloud, content: string) {
  return fetch(`${cloud.environment['DISCORD_API_BASE']}/webhooks/1/token?wait=true`, {
    method: 'POST',
    body: JSON.stringify({ content }),
    headers: { 'content-type': 'application/json' },
  });
}

const clientsFromEnvironment = `
  import { BigQuery } from '@google-cloud/bigquery';
  import { Firestore } from '@google-cloud/firestore';
  import { PubSub } from '@google-cloud/pubsub';
  const pubsub = new PubSub();
  const firestore = new Firestore();
  const bigquery = new BigQuery({ projectId: process.env.GOOGLE_CLOUD_PROJECT });
  await pubsub.createTopic('orders');
  await firestore.doc('users/ada').set({ name: 'Ada' });
  await bigquery.createDataset('history');
  await pubsub.close();
  await firestore.terminate();
`;

describe('the local cloud', () => {
  it('is all that the environment of a process needs', async () => {
    const cloud = await start();
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', clientsFromEnvironment],
      { cwd: import.meta.dirname, env: cloud.environment },
    );
    expect(stderr).toBe('');

    const { pubsub, firestore, bigquery } = clientsOf(cloud);
    expect(await pubsub.topic('orders').exists()).toEqual([true]);
    expect((await firestore.doc('users/ada').get()).data()).toEqual({ name: 'Ada' });
    expect(await bigquery.dataset('history').exists()).toEqual([true]);
    expect((await postMessage(cloud, 'hello')).status).toBe(200);
  });

  it('counts what it served', async () => {
    const cloud = await start();
    const { firestore } = clientsOf(cloud);
    await firestore.doc('users/ada').set({ name: 'Ada' });
    await postMessage(cloud, 'hello');
    const stats = await fetch(`${cloud.environment['CLOUD_OPS_URL']}/stats`);
    expect(await stats.json()).toEqual({
      meter: expect.objectContaining({ 'firestore.writes': 1, 'discord.messages': 1 }),
      rssBytes: expect.any(Number),
      uptimeSeconds: expect.any(Number),
    });
    expect((await fetch(`${cloud.environment['CLOUD_OPS_URL']}/livez`)).status).toBe(200);
  });

  it('continues from its data directory', async () => {
    const dataDir = await newDataDir();
    const first = await start({ dataDir });
    const before = clientsOf(first);
    await before.pubsub.createTopic('orders');
    await before.pubsub.topic('orders').createSubscription('orders-executor');
    await before.pubsub.topic('orders').publishMessage({ data: Buffer.from('buy') });
    await before.firestore.doc('users/ada').set({ name: 'Ada' });
    await before.bigquery.createDataset('history');
    await before.bigquery.dataset('history').createTable('ticks', { schema: 'symbol:STRING' });
    await before.bigquery
      .dataset('history')
      .table('ticks')
      .insert([{ symbol: 'BTC-USDT' }]);
    await postMessage(first, 'hello');
    await before.close();
    await first.close();

    const second = await start({ dataDir });
    const { pubsub, firestore, bigquery } = clientsOf(second);
    const delivered = new Promise((resolve, reject) => {
      const subscription = pubsub.subscription('orders-executor');
      cleanups.push(() => subscription.close());
      subscription.on('error', reject).on('message', (message) => {
        message.ack();
        resolve(message.data.toString());
      });
    });
    expect(await delivered).toBe('buy');
    expect((await firestore.doc('users/ada').get()).data()).toEqual({ name: 'Ada' });
    const [rows] = await bigquery.query('SELECT symbol FROM history.ticks');
    expect(rows).toEqual([{ symbol: 'BTC-USDT' }]);
    const log = await fetch(`http://${second.hosts.discord}/log`);
    expect(await log.json()).toMatchObject({ messages: [{ content: 'hello' }] });
  });

  it('refuses a data directory that another cloud uses, and takes over what a dead one left', async () => {
    const dataDir = await newDataDir();
    const first = await start({ dataDir });
    await expect(startCloud({ dataDir })).rejects.toThrow(
      `is in use by the local cloud of process ${process.pid}`,
    );
    await first.close();

    const { pid } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']).then(({ stdout }) => ({
      pid: stdout.trim(),
    }));
    await writeFile(join(dataDir, 'cloud.lock'), `${pid}\n`);
    await start({ dataDir });
    expect(await readFile(join(dataDir, 'cloud.lock'), 'utf8')).toBe(`${process.pid}\n`);

    const other = await newDataDir();
    await writeFile(join(other, 'cloud.lock'), `${process.ppid}\n`);
    await expect(startCloud({ dataDir: other })).rejects.toThrow(`process ${process.ppid}`);
  });

  it('leaves nothing running when a server does not start', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    cleanups.push(() => new Promise((resolve) => taken.close(resolve)));
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;

    jest.spyOn(console, 'error').mockReturnValue(); // where grpc-js repeats what the error says
    const dataDir = await newDataDir();
    for (const name of ['pubsub', 'firestore', 'bigquery', 'bigqueryStorage', 'discord', 'ops'] as const) {
      await expect(startCloud({ dataDir, ports: { [name]: port } })).rejects.toThrow(
        /^the \w+ server of the local cloud did not start: /,
      );
    }
    await start({ dataDir });
  });

  it('tells which indexes queries lacked, refused or not, as the index file takes them', async () => {
    const indexesFile = join(await newDataDir(), 'firestore.indexes.json');
    await writeFile(indexesFile, JSON.stringify({ fieldOverrides: [] }));
    for (const [options, outcome] of [
      [{}, 'fulfilled'],
      [{ indexesFile }, 'rejected'],
    ] as const) {
      const cloud = await start(options);
      const { firestore } = clientsOf(cloud);
      const asked = async () => {
        const report = await fetch(`${cloud.environment['CLOUD_OPS_URL']}/indexes`);
        return report.json();
      };
      expect(await asked()).toEqual({ missing: [], file: { indexes: [], fieldOverrides: [] } });

      const open = firestore.collection('orders').where('status', '==', 'open');
      const group = firestore.collectionGroup('orders').where('status', '==', 'open');
      const outcomes = await Promise.allSettled([
        open.get(),
        open.orderBy('at').get(),
        open.orderBy('at').count().get(),
        group.get(),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', outcome, outcome, outcome]);
      const byTime = {
        collectionGroup: 'orders',
        queryScope: 'COLLECTION',
        fields: [
          { fieldPath: 'status', order: 'ASCENDING' },
          { fieldPath: 'at', order: 'ASCENDING' },
        ],
      };
      const ofGroup = {
        collectionGroup: 'orders',
        fieldPath: 'status',
        indexes: expect.arrayContaining([{ order: 'ASCENDING', queryScope: 'COLLECTION_GROUP' }]),
      };
      expect(await asked()).toEqual({
        missing: [
          { definition: byTime, queries: 2 },
          { definition: ofGroup, queries: 1 },
        ],
        file: { indexes: [byTime], fieldOverrides: [ofGroup] },
      });
    }
  });

  it('names what is wrong in an index file', async () => {
    const indexesFile = join(await newDataDir(), 'firestore.indexes.json');
    const field = { fieldPath: 'shard', order: 'UPWARDS' };
    const index = { collectionGroup: 'openPositions', queryScope: 'COLLECTION_GROUP', fields: [field] };
    await writeFile(indexesFile, JSON.stringify({ indexes: [index] }));
    await expect(startCloud({ indexesFile })).rejects.toThrow('indexes[0].fields[0].order');
  });
});
