import type { handleUnaryCall } from '@grpc/grpc-js';
import { serveCeiling } from '../processes/serve-ceiling.ts';

// A Firestore that answers every commit of three writes at once and keeps nothing.
const time = [0x08, 0x01]; // Timestamp { seconds: 1 }
const writeResult = [0x0a, 2 + time.length, 0x0a, time.length, ...time]; // CommitResponse.write_results
const answer = Buffer.from([
  ...writeResult,
  ...writeResult,
  ...writeResult,
  0x12,
  time.length,
  ...time, // CommitResponse.commit_time
]);
const commit: handleUnaryCall<Buffer, Buffer> = (_call, callback) => callback(null, answer);

await serveCeiling([{ path: '/google.firestore.v1.Firestore/Commit', handle: commit }]);
