import { ByteReader, ByteWriter } from '@bellwether/contracts';
import { crc32 } from 'node:zlib';
import type { ArmedSubject } from '../ticks/fired.ts';
import { SubjectDecoder, SubjectEncoder } from './subject-codec.ts';

/** What a snapshot of a shard's book is of, and up to when. */
export interface SnapshotHeader {
  readonly shard: number;
  /** How the topology divided the symbols. */
  readonly shards: number;
  /** The shard's document as it was created: another database, or one that was begun anew, has another. */
  readonly shardCreatedAt: string;
  /** The lease under which it was written. */
  readonly token: number;
  /** The last checkpoint before it; absent where there was none. */
  readonly checkpoint?: { readonly epoch: string; readonly frame: number };
  /** Whatever was committed before this moment of Firestore's clock is in it, epoch milliseconds. */
  readonly coveredUntil: number;
}

/** A file that is no whole snapshot of this version. */
export class BadSnapshotError extends Error {
  override readonly name = 'BadSnapshotError';
}

const magic = new TextEncoder().encode('bellwether book\n');
const version = 1;
const frameBytes = 8;

/**
 * A snapshot as blocks, each with its length and checksum: the header, subjects, and an end that counts them.
 * Subjects are asked for block by block, so a book may change in between: each is in it as it stood at some
 * moment after the header was made, or is told by the changes since.
 */
export function* encodeSnapshot(
  header: SnapshotHeader,
  subjects: Iterable<ArmedSubject>,
  subjectsPerBlock = 1_000,
): Generator<Uint8Array, void, undefined> {
  yield Buffer.concat([magic, Uint8Array.of(version), framed(encodeHeader(header))]);
  const encoder = new SubjectEncoder();
  let count = 0;
  let block: ArmedSubject[] = [];
  for (const subject of subjects) {
    block.push(subject);
    if (block.length < subjectsPerBlock) continue;
    count += block.length;
    yield framed(encoder.encode(block));
    block = [];
  }
  if (block.length > 0) yield framed(encoder.encode(block));
  const end = new ByteWriter(8);
  end.unsigned(count + block.length);
  yield framed(end.finish());
}

/** A snapshot whose every block has been checked: what it holds may be taken up. */
export class Snapshot {
  readonly header: SnapshotHeader;
  /** How many subjects it holds. */
  readonly size: number;
  readonly #blocks: readonly Uint8Array[];

  /** @throws BadSnapshotError that says what is wrong: nothing of such a file may be used. */
  constructor(bytes: Uint8Array) {
    if (Buffer.compare(bytes.subarray(0, magic.length), magic) !== 0)
      throw new BadSnapshotError('it is no snapshot of a book');
    if (bytes[magic.length] !== version)
      throw new BadSnapshotError(`it has version ${bytes[magic.length] ?? 'none'}, not ${version}`);
    const blocks = checkedBlocks(bytes, magic.length + 1);
    const [first, last] = [blocks[0], blocks.at(-1)];
    if (first === undefined || last === undefined || blocks.length < 2)
      throw new BadSnapshotError('it has no end');
    try {
      this.header = decodeHeader(first);
      const end = new ByteReader(last);
      this.size = end.unsigned();
      this.#blocks = blocks.slice(1, -1);
      const counted = this.#blocks.reduce((sum, block) => sum + new ByteReader(block).unsigned(), 0);
      if (end.remaining > 0 || counted !== this.size) throw new BadSnapshotError('it has no end');
    } catch (error) {
      throw new BadSnapshotError('it has no end', { cause: error });
    }
  }

  /** Its subjects, block by block. @throws RangeError for what no encoder of this version wrote. */
  *subjects(): Generator<readonly ArmedSubject[], void, undefined> {
    const decoder = new SubjectDecoder();
    for (const block of this.#blocks) yield decoder.decode(block);
  }
}

function framed(payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(frameBytes + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(crc32(payload), 4);
  frame.set(payload, frameBytes);
  return frame;
}

function checkedBlocks(bytes: Uint8Array, start: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: Uint8Array[] = [];
  for (let at = start; at < bytes.length;) {
    if (at + frameBytes > bytes.length) throw new BadSnapshotError('it ends within a block');
    const length = view.getUint32(at, true);
    const checksum = view.getUint32(at + 4, true);
    const block = bytes.subarray(at + frameBytes, at + frameBytes + length);
    if (block.length < length) throw new BadSnapshotError('it ends within a block');
    if (crc32(block) !== checksum) throw new BadSnapshotError(`block ${blocks.length} has another checksum`);
    blocks.push(block);
    at += frameBytes + length;
  }
  return blocks;
}

function encodeHeader({ shard, shards, shardCreatedAt, token, checkpoint, coveredUntil }: SnapshotHeader) {
  const writer = new ByteWriter(128);
  writer.unsigned(shard);
  writer.unsigned(shards);
  writer.text(shardCreatedAt);
  writer.unsigned(token);
  writer.float(coveredUntil);
  writer.byte(checkpoint === undefined ? 0 : 1);
  if (checkpoint !== undefined) {
    writer.text(checkpoint.epoch);
    writer.unsigned(checkpoint.frame);
  }
  return writer.finish();
}

function decodeHeader(bytes: Uint8Array): SnapshotHeader {
  const reader = new ByteReader(bytes);
  const shard = reader.unsigned();
  const shards = reader.unsigned();
  const shardCreatedAt = reader.text();
  const token = reader.unsigned();
  const coveredUntil = reader.float();
  const header = { shard, shards, shardCreatedAt, token, coveredUntil };
  if (reader.byte() === 0) return header;
  return { ...header, checkpoint: { epoch: reader.text(), frame: reader.unsigned() } };
}
