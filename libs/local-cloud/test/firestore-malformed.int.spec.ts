import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const METHODS = [
  'Commit',
  'BatchWrite',
  'RunQuery',
  'Listen',
  'BeginTransaction',
  'Rollback',
  'PartitionQuery',
];
const HTTP_2 = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

let bench: FirestoreBench;
beforeAll(async () => {
  bench = await startFirestoreBench();
});
afterAll(() => bench.close());

/** Bytes without sense, the same in every run. */
function noise(length: number): Buffer {
  let state = length + 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state >>> 16;
    }),
  );
}

/** Sends bytes on a connection of their own, to its end. */
async function send(bytes: Uint8Array): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connectSocket(bench.port, '127.0.0.1', () => socket.end(bytes));
  socket.on('error', () => resolve());
  socket.on('close', () => resolve());
  socket.resume();
  await promise;
}

/** Calls a method with bytes that need not be its request; resolves with the code of gRPC. */
function call(session: ClientHttp2Session, method: string, body: Uint8Array): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const stream = session.request({
    ':method': 'POST',
    ':path': `/google.firestore.v1.Firestore/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const settle = (headers: NodeJS.Dict<unknown>): void => {
    if (headers['grpc-status'] !== undefined) resolve(headers['grpc-status']);
  };
  stream.on('response', settle).on('trailers', settle).on('error', resolve).resume();
  const length = Buffer.alloc(5);
  length.writeUInt32BE(body.length, 1);
  stream.end(Buffer.concat([length, body]));
  return promise;
}

it('lives through connections that speak no known language', async () => {
  for (let length = 1; length < 200; length += 13) {
    await send(noise(length));
    await send(Buffer.concat([HTTP_2, noise(length)]));
    await send(HTTP_2.subarray(0, length % HTTP_2.length));
  }
  expect((await bench.db.doc('c/a').get()).exists).toBe(false);
});

it('answers every malformed message with a code', async () => {
  const session = connectHttp2(`http://127.0.0.1:${bench.port}`);
  for (let length = 3; length < 120; length += 3) {
    const method = METHODS[length % METHODS.length] ?? '';
    expect(await call(session, method, noise(length))).toMatch(/^(0|3|13)$/);
  }
  session.close();
  expect((await bench.db.doc('c/a').get()).exists).toBe(false);
});
