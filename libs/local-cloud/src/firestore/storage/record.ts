import type { Micros } from '../time.ts';
import { StoredDocument } from './stored-document.ts';
import type { Commit } from './history.ts';

/*
 * A record of the log is one commit; a snapshot has the same form, with every document.
 * [time u64] then for each document [name length u32][document length u32][create time u64][update time u64][name][document].
 * A deleted document has length 0 and no times. Integers are little-endian.
 */
const TIME_BYTES = 8;
const ENTRY_BYTES = 24;

interface Entry {
  readonly name: string;
  readonly after: StoredDocument | undefined;
}

export const encodeCommit = (commit: Commit): Uint8Array => encode(commit.time, commit.changes);

/** All documents at `time`, the last commit included. */
export function encodeSnapshot(time: Micros, documents: Iterable<StoredDocument>): Uint8Array {
  return encode(
    time,
    [...documents].map((after) => ({ name: after.name, after })),
  );
}

/** The documents of a record or a snapshot, as views into its bytes. */
export function decodeRecord(record: Uint8Array): { time: Micros; entries: Entry[] } {
  const buffer = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  const entries: Entry[] = [];
  let at = TIME_BYTES;
  while (at < buffer.length) {
    const nameEnd = at + ENTRY_BYTES + buffer.readUInt32LE(at);
    const end = nameEnd + buffer.readUInt32LE(at + 4);
    const [createTime, updateTime] = [readTime(buffer, at + 8), readTime(buffer, at + 16)];
    const name = buffer.toString('utf8', at + ENTRY_BYTES, nameEnd);
    const after =
      end === nameEnd
        ? undefined
        : StoredDocument.restore(name, createTime, updateTime, buffer.subarray(nameEnd, end));
    entries.push({ name, after });
    at = end;
  }
  return { time: readTime(buffer, 0), entries };
}

function encode(time: Micros, entries: readonly Entry[]): Uint8Array {
  let length = TIME_BYTES;
  const sizes = entries.map(({ name, after }) => {
    const size = Buffer.byteLength(name);
    length += ENTRY_BYTES + size + (after?.bytes.length ?? 0);
    return size;
  });
  const buffer = Buffer.allocUnsafe(length);
  writeTime(buffer, time, 0);
  let at = TIME_BYTES;
  entries.forEach(({ name, after }, i) => {
    const size = sizes[i] ?? 0;
    buffer.writeUInt32LE(size, at);
    buffer.writeUInt32LE(after?.bytes.length ?? 0, at + 4);
    writeTime(buffer, after?.createTime ?? 0, at + 8);
    writeTime(buffer, after?.updateTime ?? 0, at + 16);
    buffer.write(name, at + ENTRY_BYTES, size, 'utf8');
    at += ENTRY_BYTES + size;
    if (after !== undefined) buffer.set(after.bytes, at);
    at += after?.bytes.length ?? 0;
  });
  return buffer;
}

const readTime = (buffer: Buffer, at: number): Micros => Number(buffer.readBigUInt64LE(at));

function writeTime(buffer: Buffer, time: Micros, at: number): void {
  buffer.writeBigUInt64LE(BigInt(time), at);
}
