import { crc32 } from 'node:zlib';

/** Bytes in front of every record: length and checksum, u32 little-endian each. */
export const frameHeaderBytes = 8;

/**
 * The records one after another, each as `[length u32][crc32 u32][record]`.
 *
 * The checksum covers the length too, so a run of zeros (what a crash can leave at the end of a file) is no frame.
 */
export function encodeFrames(records: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.allocUnsafe(framedSize(records));
  let at = 0;
  for (const record of records) {
    bytes.writeUInt32LE(record.length, at);
    bytes.writeUInt32LE(checksum(bytes.subarray(at, at + 4), record), at + 4);
    bytes.set(record, at + frameHeaderBytes);
    at += frameHeaderBytes + record.length;
  }
  return bytes;
}

/** A record whole, or in pieces that follow each other. */
export type RecordBytes = Uint8Array | readonly Uint8Array[];

/** Pieces up to this are copied together: one write of many small buffers costs more than the copy. */
const copiedPieceBytes = 16 * 1024;

/** As `encodeFrames`, in buffers that follow each other: large pieces of records stand in them as they are. */
export function gatherFrames(records: readonly RecordBytes[]): Uint8Array[] {
  const buffers: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = (): void => {
    if (small.length > 0) buffers.push(Buffer.concat(small));
    small = [];
  };
  for (const record of records) {
    const pieces = record instanceof Uint8Array ? [record] : record;
    const header = new FrameHeader(recordSize(record));
    for (const piece of pieces) header.add(piece);
    small.push(header.encode());
    for (const piece of pieces) {
      if (piece.length > copiedPieceBytes) {
        flush();
        buffers.push(piece);
      } else small.push(piece);
    }
  }
  flush();
  return buffers;
}

export function recordSize(record: RecordBytes): number {
  return record instanceof Uint8Array ? record.length : record.reduce((size, { length }) => size + length, 0);
}

/** The header of a record of `size` bytes that is given in pieces. */
export class FrameHeader {
  readonly #bytes = Buffer.alloc(frameHeaderBytes);
  #checksum: number;

  constructor(size: number) {
    this.#bytes.writeUInt32LE(size, 0);
    this.#checksum = crc32(this.#bytes.subarray(0, 4));
  }

  add(piece: Uint8Array): void {
    this.#checksum = crc32(piece, this.#checksum);
  }

  encode(): Uint8Array {
    this.#bytes.writeUInt32LE(this.#checksum, 4);
    return this.#bytes;
  }
}

/** The whole records from the start of `bytes`, copied, and where the first frame that does not fit begins. */
export function decodeFrames(bytes: Buffer): { records: Uint8Array[]; end: number } {
  const records: Uint8Array[] = [];
  let end = 0;
  while (end + frameHeaderBytes <= bytes.length) {
    const start = end + frameHeaderBytes;
    const stop = start + bytes.readUInt32LE(end);
    if (stop > bytes.length) break;
    const record = bytes.subarray(start, stop);
    if (bytes.readUInt32LE(end + 4) !== checksum(bytes.subarray(end, end + 4), record)) break;
    records.push(new Uint8Array(record));
    end = stop;
  }
  return { records, end };
}

export function framedSize(records: readonly RecordBytes[]): number {
  return records.reduce((sum, record) => sum + frameHeaderBytes + recordSize(record), 0);
}

function checksum(length: Uint8Array, record: Uint8Array): number {
  return crc32(record, crc32(length));
}
