import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { startCloud } from '../src/index.ts';
import type { CloudPorts, RunningCloud } from '../src/index.ts';

let cloud: RunningCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const everyPort = ['pubsub', 'firestore', 'bigquery', 'bigqueryStorage', 'discord', 'ops'] as const;

/** One request of each server that answers when it comes from this machine. */
const requests: readonly [keyof CloudPorts, string][] = [
  ['pubsub', '/v1/projects/p/topics'],
  ['firestore', '/v1/projects/p/databases/(default)/documents/users/ada'],
  ['bigquery', '/bigquery/v2/projects/p/datasets'],
  ['discord', '/log'],
  ['ops', '/stats'],
];

const calls: readonly [keyof CloudPorts, string][] = [
  ['pubsub', '/google.pubsub.v1.Publisher/ListTopics'],
  ['firestore', '/google.firestore.v1.Firestore/Rollback'],
  ['bigqueryStorage', '/google.cloud.bigquery.storage.v1.BigQueryWrite/GetWriteStream'],
];

function get(port: number, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

/** The code of gRPC that an empty request is answered with. */
async function callEmpty(port: number, path: string, headers: Record<string, string>): Promise<unknown> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  const settle = (found: NodeJS.Dict<unknown>): void => {
    if (found['grpc-status'] !== undefined) resolve(found['grpc-status']);
  };
  stream.on('response', settle).on('trailers', settle).on('error', reject).resume();
  stream.end(Buffer.alloc(5));
  try {
    return await promise;
  } finally {
    session.destroy();
  }
}

describe('a request over HTTP', () => {
  it.each(requests)('to %s is served on this machine', async (name, path) => {
    const port = cloud.ports[name];
    const statuses = [
      await get(port, path, {}),
      await get(port, path, { host: `localhost:${port}` }),
      await get(port, path, { host: '127.0.0.1' }),
    ];
    expect(statuses).not.toContain(403);
  });

  it.each(requests)('to %s is refused under a name that was rebound to this machine', async (name, path) => {
    expect(await get(cloud.ports[name], path, { host: 'evil.example' })).toBe(403);
    expect(await get(cloud.ports[name], path, { host: '127.0.0.1.evil.example:80' })).toBe(403);
  });

  it.each(requests)('to %s is refused from a web page', async (name, path) => {
    expect(await get(cloud.ports[name], path, { origin: 'https://evil.example' })).toBe(403);
    expect(await get(cloud.ports[name], path, { origin: 'null' })).toBe(403);
  });
});

describe('a call over gRPC', () => {
  const permissionDenied = '7';

  it.each(calls)('to %s is served on this machine', async (name, path) => {
    expect(await callEmpty(cloud.ports[name], path, {})).not.toBe(permissionDenied);
    const host = `localhost:${cloud.ports[name]}`;
    expect(await callEmpty(cloud.ports[name], path, { ':authority': host })).not.toBe(permissionDenied);
  });

  it.each(calls)('to %s is refused under a name that was rebound to this machine', async (name, path) => {
    const foreign = { ':authority': 'evil.example' };
    expect(await callEmpty(cloud.ports[name], path, foreign)).toBe(permissionDenied);
  });
});

describe('every port', () => {
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address)
    .concat(process.platform === 'linux' ? '127.0.0.2' : []); // all of 127/8 is this machine there

  it.each(everyPort)('of %s is closed at the other addresses of this machine', async (name) => {
    for (const address of others) {
      const socket = connect(cloud.ports[name], address);
      await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED');
      socket.destroy();
    }
  });
});
