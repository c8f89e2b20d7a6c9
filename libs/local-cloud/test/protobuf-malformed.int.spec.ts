import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { startCloud } from '../src/index.ts';
import type { RunningCloud } from '../src/index.ts';

const pubsub = [
  'Publisher/CreateTopic',
  'Publisher/Publish',
  'Publisher/UpdateTopic',
  'Subscriber/CreateSubscription',
  'Subscriber/Acknowledge',
  'Subscriber/ModifyAckDeadline',
  'Subscriber/Seek',
  'Subscriber/StreamingPull',
  'SchemaService/CreateSchema',
  'SchemaService/ValidateMessage',
].map((method) => ['pubsub', `google.pubsub.v1.${method}`] as const);
const writes = [
  'CreateWriteStream',
  'AppendRows',
  'GetWriteStream',
  'FinalizeWriteStream',
  'BatchCommitWriteStreams',
  'FlushRows',
].map((method) => ['bigqueryStorage', `google.cloud.bigquery.storage.v1.BigQueryWrite/${method}`] as const);

/** Calls a method with bytes that need not be its request; resolves with the code of gRPC. */
function call(session: ClientHttp2Session, path: string, body: Uint8Array): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const stream = session.request({
    ':method': 'POST',
    ':path': `/${path}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const settle = (headers: NodeJS.Dict<unknown>): void => {
    if (headers['grpc-status'] !== undefined) resolve(headers['grpc-status']);
  };
  stream.on('response', settle).on('trailers', settle).on('error', resolve).resume();
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  stream.end(Buffer.concat([prefix, body]));
  return promise;
}

/** Fields of protobuf, of every wire type, nested, and cut anywhere; and bytes without sense. */
const field = fc
  .tuple(
    fc.integer({ min: 0, max: 20 }),
    fc.constantFrom(0, 1, 2, 3, 4, 5, 7),
    fc.uint8Array({ maxLength: 40 }),
  )
  .map(([number, wireType, value]) =>
    Buffer.from([((number << 3) % 128) | wireType, ...(wireType === 2 ? [value.length] : []), ...value]),
  );
const message = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(fc.array(field, { maxLength: 6 }), fc.nat(3)).map(([fields, cut]) => {
    const whole = Buffer.concat(fields);
    return whole.subarray(0, Math.max(0, whole.length - cut));
  }),
);

describe('a malformed protobuf message', () => {
  let cloud: RunningCloud;
  beforeAll(async () => {
    cloud = await startCloud();
  });
  afterAll(() => cloud.close());

  it.each([...pubsub, ...writes])('to %s is answered by %s with a code', async (server, path) => {
    const session = connect(`http://${cloud.hosts[server]}`);
    await fc.assert(
      fc.asyncProperty(message, async (body) => {
        expect(await call(session, path, body)).toMatch(/^(0|3|5|12|13)$/);
      }),
      { numRuns: 40 },
    );
    session.close();
    expect((await fetch(`http://${cloud.hosts.ops}/livez`)).status).toBe(200);
  });
});
