import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { startCloud } from '../src/index.ts';
import type { CloudPorts, RunningCloud } from '../src/index.ts';

const rounds = 180;
const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** What a hundred connections may leave behind, with room for the engine's own growth. */
const maxGrowthBytes = 256 * 1024 * 1024;

/** JSON that is no request of anything, and some that is not even text. */
const hostile = [
  '['.repeat(200_000),
  `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"query":"SELECT \\u0000","content":"\\u0000","writes":[{"update":{"name":"\\u0000"}}]}',
  '{"query":"\\ud800","content":"\\ud800","writes":[{"update":{"name":"\\ud800"}}]}',
  '{"query":1e999,"content":-0,"writes":{"length":1e9}}',
  '[]',
  'null',
  '\u0000',
];
const jsonRequests: readonly [keyof CloudPorts, string][] = [
  ['discord', '/api/v10/webhooks/1/t'],
  ['bigquery', '/bigquery/v2/projects/p/queries'],
  ['bigquery', '/bigquery/v2/projects/p/datasets'],
  ['firestore', '/v1/projects/p/databases/(default)/documents:commit'],
  ['pubsub', '/v1/projects/p/topics/t:publish'],
];
/** An empty SETTINGS frame of HTTP/2. */
const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

/** A HEADERS frame that announces this many bytes and brings one. */
function headersOf(length: number): Buffer {
  return Buffer.from([length >> 16, (length >> 8) & 255, length & 255, 1, 4, 0, 0, 0, 1, 0x82]);
}

let cloud: RunningCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

/** Reproducible bytes: xorshift of the round. */
function noise(seed: number, length: number): Buffer {
  let state = seed * 2_654_435_761 + 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 255;
    }),
  );
}

function post(path: string, type: string, body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: ${type}\r\n`),
    Buffer.from(`content-length: ${body.length}\r\nconnection: close\r\n\r\n`),
    body,
  ]);
}

function malformed(round: number): Buffer {
  const bytes = noise(round, 1 + ((round * 37) % 2000));
  const kinds: readonly (() => Buffer)[] = [
    () => bytes,
    () => Buffer.concat([Buffer.from(http2Preface), bytes]),
    () => Buffer.from(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`),
    () => post('/api/v10/webhooks/1/t', 'application/json', bytes),
    () => post('/bigquery/v2/projects/p/queries', 'application/json', bytes),
    () => post('/v1/projects/p/databases/(default)/documents:commit', 'application/json', bytes),
    () => post('/faults', 'application/json', bytes),
    () => Buffer.from(`GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-long: ${'a'.repeat(100_000)}\r\n\r\n`),
    () => Buffer.concat([Buffer.from(http2Preface), settings, headersOf(16_000), bytes]),
    () => Buffer.concat([Buffer.from(http2Preface), settings.subarray(0, round % settings.length)]),
    ...hostile.flatMap((text) =>
      jsonRequests.map(
        ([, path]) =>
          () =>
            post(path, 'application/json', Buffer.from(text)),
      ),
    ),
    () => Buffer.from('POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 99999\r\n\r\nshort'),
  ];
  return kinds[round % kinds.length]?.() ?? bytes;
}

/** Sends and hangs up once answered, or soon: a server may wait for the rest of what it takes for a request. */
function send(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(50, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.on('close', () => resolve());
  });
}

async function status(url: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', body: '{"a', headers })).status;
}

describe('malformed bytes', () => {
  it.each(['pubsub', 'firestore', 'bigquery', 'bigqueryStorage', 'discord', 'ops'] as const)(
    'leave %s serving, in bounded memory',
    async (name: keyof CloudPorts) => {
      const before = process.memoryUsage.rss();
      await Promise.all(
        Array.from({ length: rounds }, (_, round) => send(cloud.ports[name], malformed(round))),
      );
      expect(process.memoryUsage.rss() - before).toBeLessThan(maxGrowthBytes);
      const live = await fetch(`http://${cloud.hosts.ops}/livez`);
      expect(live.status).toBe(200);
    },
  );

  it.each(jsonRequests)('of JSON that is no request are no fault of %s at %s', async (name, path) => {
    for (const body of hostile) {
      const response = await fetch(`http://127.0.0.1:${cloud.ports[name]}${path}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      });
      await response.arrayBuffer();
      expect({ body: body.slice(0, 60), isOurFault: response.status >= 500 }).toEqual({
        body: body.slice(0, 60),
        isOurFault: false,
      });
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('are answered with an error where they are a request', async () => {
    const { hosts } = cloud;
    expect(await status(`http://${hosts.discord}/api/v10/webhooks/1/t`)).toBe(400);
    expect(await status(`http://${hosts.bigquery}/bigquery/v2/projects/p/queries`)).toBe(400);
    expect(await status(`http://${hosts.firestore}/v1/projects/p/databases/(default)/documents:commit`)).toBe(
      400,
    );
    expect(await status(`http://${hosts.ops}/faults`)).toBe(401);
  });
});
