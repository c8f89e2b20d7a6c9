import type { handleServerStreamingCall, handleUnaryCall } from '@grpc/grpc-js';
import protos from '@google-cloud/firestore-api/protos';
import { serveCeiling } from '../processes/serve-ceiling.ts';

// A Firestore that answers at once and keeps nothing: every write applies, no document is ever there. It tells
// its parent, when asked, how many commits, writes, deletes and reads it was asked for, reports of write rates apart:
// they come with time.
const { BatchGetDocumentsRequest, BatchGetDocumentsResponse, CommitResponse } = protos.google.firestore.v1;

const writesField = 0x12;
const deleteField = 0x12;
/** The name of the first write's document is within so many bytes. */
const firstName = 256;
const counts = { commits: 0, writes: 0, deletes: 0, reads: 0 };
const time = { seconds: 1, nanos: 0 };
const answers = new Map<number, Buffer>();

const commit: handleUnaryCall<Buffer, Buffer> = ({ request }, callback) => {
  let writes = 0;
  let deletes = 0;
  for (const write of fieldsOf(request)) {
    if (write.tag !== writesField) continue;
    if (request[write.at] === deleteField) deletes += 1;
    else writes += 1;
  }
  if (!request.subarray(0, firstName).includes('/documents/ops/')) {
    counts.commits += 1;
    counts.writes += writes;
    counts.deletes += deletes;
  }
  callback(null, answerOf(writes + deletes));
};

const read: handleServerStreamingCall<Buffer, Buffer> = (call) => {
  for (const missing of BatchGetDocumentsRequest.decode(call.request).documents) {
    counts.reads += 1;
    call.write(Buffer.from(BatchGetDocumentsResponse.encode({ missing, readTime: time }).finish()));
  }
  call.end();
};

/** The fields of a message on the wire: the tag of each, and where its content begins. Only lengths are expected. */
function* fieldsOf(message: Buffer): Generator<{ tag: number; at: number }> {
  for (let at = 0; at < message.length;) {
    const tag = message[at] ?? 0;
    let length = 0;
    let shift = 0;
    let byte: number;
    at += 1;
    do {
      byte = message[at] ?? 0;
      length += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      at += 1;
    } while (byte >= 0x80);
    yield { tag, at };
    at += length;
  }
}

function answerOf(writes: number): Buffer {
  const known = answers.get(writes);
  if (known !== undefined) return known;
  const writeResults = Array.from({ length: writes }, () => ({ updateTime: time }));
  const answer = Buffer.from(CommitResponse.encode({ writeResults, commitTime: time }).finish());
  answers.set(writes, answer);
  return answer;
}

process.on('message', () => process.send?.(counts));
await serveCeiling([
  { path: '/google.firestore.v1.Firestore/Commit', handle: commit },
  { path: '/google.firestore.v1.Firestore/BatchGetDocuments', stream: 'response', handle: read },
]);
