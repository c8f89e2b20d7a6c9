import { afterAll, beforeAll, expect, it } from '@jest/globals';
import protos from '@google-cloud/firestore-api/protos';
import { connect } from 'node:http2';
import { startFirestoreBench, type FirestoreBench } from './firestore-bench.ts';

const { ListenRequest } = protos.google.firestore.v1;
const database = 'projects/demo/databases/(default)';
const unavailable = '14';
/** Documents of a megabyte that exceed the 256 MiB that may wait for a listener. */
const cutOffAt = 270;

let bench: FirestoreBench;
beforeAll(async () => {
  bench = await startFirestoreBench();
});
afterAll(() => bench.close());

/** A message as gRPC sends it. */
function framed(body: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(body.length, 1);
  return Buffer.concat([prefix, body]);
}

it('cuts off a listener that never reads before what waits for it grows without bound', async () => {
  const text = 'x'.repeat(1_000_000);
  for (let index = 0; index < 10; index += 1) await bench.db.doc(`large/d${index}`).set({ text });

  const session = connect(`http://127.0.0.1:${bench.port}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/google.firestore.v1.Firestore/Listen',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const { promise: ended, resolve } = Promise.withResolvers<unknown>();
  stream.on('trailers', (trailers: NodeJS.Dict<unknown>) => resolve(trailers['grpc-status']));
  // Each target asks for the ten megabytes again.
  const targets = 40;
  for (let targetId = 1; targetId <= targets; targetId += 1) {
    const query = {
      parent: `${database}/documents`,
      structuredQuery: { from: [{ collectionId: 'large' }] },
    };
    stream.write(framed(ListenRequest.encode({ database, addTarget: { targetId, query } }).finish()));
  }
  let documentsRead = 0;
  for (let own = 1; documentsRead < cutOffAt; own += 1) {
    await bench.db.doc('other/d').get();
    documentsRead = (bench.meter.snapshot()['firestore.reads'] ?? 0) - own;
  }
  let received = 0;
  stream.on('data', (bytes: Buffer) => (received += bytes.length));
  expect(await ended).toBe(unavailable);
  expect(received).toBeLessThan(targets * 10 * text.length);
  session.close();
}, 120_000);
