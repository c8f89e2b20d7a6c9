import type { Timestamp } from '@google-cloud/firestore';
import { ProtobufReader } from '../reads/protobuf-reader.ts';
import { readTimestamp } from '../reads/read-value.ts';

/** Field 2 of google.firestore.v1.CommitResponse. */
const commitTimeTag = 0x12;

/**
 * The commit time in the bytes of a google.firestore.v1.CommitResponse: also the update time of each document that the
 * commit changed. What each write came to is passed over, not read.
 *
 * @throws Error when there is none.
 */
export function readCommitTime(response: Uint8Array): Timestamp {
  const reader = new ProtobufReader(response);
  while (reader.at < response.length) {
    const tag = reader.varint();
    if (tag === commitTimeTag) return readTimestamp(reader);
    reader.skip(tag);
  }
  throw new Error('a commit was answered without its time');
}
