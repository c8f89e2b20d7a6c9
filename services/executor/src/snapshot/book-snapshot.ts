import { ByteReader, ByteWriter } from '@bellwether/contracts';
import { isDeepStrictEqual } from 'node:util';
import { crc32 } from 'node:zlib';
import type { ArmedSubject } from '../ticks/fired.ts';
import { ColumnEncoder } from './column-encoder.ts';
import { HeldSubjects } from './held-subjects.ts';
import {
  type ColumnCounts,
  SubjectColumns,
  bytesOf,
  columnLengths,
  nothingCounted,
  readCounts,
  sizeOf,
  sumOf,
  writeCounts,
} from './subject-columns.ts';

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

/** What a snapshot is taken of. */
export interface ArmedBook {
  /** All that is armed, each as it is when it is asked for; those of one symbol together, so that they are taken up faster. */
  subjects(): Iterable<ArmedSubject>;
  /** The scale of a symbol's book. */
  scaleOf(symbol: string): number;
}

/** A file that is no whole snapshot of this version. */
export class BadSnapshotError extends Error {
  override readonly name = 'BadSnapshotError';
}

const magic = new TextEncoder().encode('bellwether book\n');
const version = 2;
const frameBytes = 8;

/**
 * A snapshot as blocks, each with its length and checksum: the header, subjects as columns, and an end that counts
 * what they hold. Columns have the byte order of the machine: a snapshot stays where it was written.
 *
 * Subjects are asked for block by block, so a book may change in between: each is in it as it stood at some
 * moment after the header was made, or is told by the changes since. One that changes may be in it twice, or not at all.
 */
export function* encodeSnapshot(
  header: SnapshotHeader,
  book: ArmedBook,
  subjectsPerBlock = 2_000,
): Generator<Uint8Array, void, undefined> {
  yield Buffer.concat([magic, Uint8Array.of(version), framed(encodeHeader(header))]);
  const encoder = new ColumnEncoder();
  const encode = (subjects: readonly ArmedSubject[]) =>
    framed(encoder.encode(subjects, (symbol) => book.scaleOf(symbol)));
  let block: ArmedSubject[] = [];
  for (const subject of book.subjects()) {
    block.push(subject);
    if (block.length < subjectsPerBlock) continue;
    yield encode(block);
    block = [];
  }
  if (block.length > 0) yield encode(block);
  yield framed(writeCounts(encoder.written));
}

/** A snapshot whose every block has been checked: what it holds may be taken up. */
export class Snapshot {
  readonly header: SnapshotHeader;
  readonly #blocks: readonly Block[];
  readonly #counts: ColumnCounts;

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
      this.#blocks = blocks.slice(1, -1).map(blockOf);
      const end = blockOf(last);
      this.#counts = end.counts;
      const held = this.#blocks.reduce((sum, { counts }) => sumOf(sum, counts), nothingCounted);
      const isWhole = this.#blocks.every(({ counts, columns }) => columns.length === sizeOf(counts));
      if (!isWhole || end.columns.length > 0 || !isDeepStrictEqual(held, end.counts))
        throw new BadSnapshotError('it has no end');
    } catch (error) {
      throw new BadSnapshotError('it has no end', { cause: error });
    }
  }

  /** How many subjects it holds. */
  get size(): number {
    return this.#counts.subjects;
  }

  /** Its subjects, as columns. */
  subjects(): HeldSubjects {
    // Terms are copied once, into the book.
    const columns = new SubjectColumns({ ...this.#counts, termBytes: 0 });
    const whole = columns
      .all()
      .map((column) => ({ bytes: bytesOf(column), each: column.BYTES_PER_ELEMENT, filled: 0 }));
    for (const block of this.#blocks) {
      let at = 0;
      for (const [index, length] of columnLengths({ ...block.counts, termBytes: 0 }).entries()) {
        const to = whole[index];
        if (to === undefined) continue;
        const end = at + length * to.each;
        to.bytes.set(block.columns.subarray(at, end), to.filled);
        to.filled += end - at;
        at = end;
      }
    }
    const terms = this.#blocks.map(({ counts, columns: of }) => of.subarray(of.length - counts.termBytes));
    return new HeldSubjects(columns, terms);
  }
}

interface Block {
  readonly counts: ColumnCounts;
  readonly columns: Uint8Array;
}

function blockOf(bytes: Uint8Array): Block {
  const reader = new ByteReader(bytes);
  const counts = readCounts(reader);
  return { counts, columns: bytes.subarray(bytes.length - reader.remaining) };
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
