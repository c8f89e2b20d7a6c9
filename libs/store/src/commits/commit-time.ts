import { Timestamp } from '@google-cloud/firestore';

/** Field 2 of google.firestore.v1.CommitResponse. */
const commitTimeTag = 0x12;

/**
 * The commit time in the bytes of a google.firestore.v1.CommitResponse: also the update time of each document that the
 * commit changed. What each write came to is passed over, not read.
 *
 * @throws Error when there is none.
 */
export function readCommitTime(response: Uint8Array): Timestamp {
  const reader = new Reader(response);
  while (reader.at < response.length) {
    const tag = reader.varint();
    const end = reader.varint() + reader.at;
    if (tag === commitTimeTag) return readTimestamp(reader, end);
    reader.at = end;
  }
  throw new Error('a commit was answered without its time');
}

function readTimestamp(reader: Reader, end: number): Timestamp {
  let seconds = 0;
  let nanoseconds = 0;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x08) seconds = reader.varint();
    else if (tag === 0x10) nanoseconds = reader.varint();
    else throw new Error('a commit was answered with a time that cannot be read');
  }
  return new Timestamp(seconds, nanoseconds);
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new Error('the answer to a commit ends in the middle');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }
}
