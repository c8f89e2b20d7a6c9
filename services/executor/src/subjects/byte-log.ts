import { invariant } from '@bellwether/domain';
import { Pages } from './pages.ts';

/** Offsets within a segment are below it. */
const offsets = 2 ** 16;
const noRecords = new Uint32Array(0);
const noBytes = new Uint8Array(0);

/** One piece of memory, filled from its start; records that moved or ended leave gaps. */
interface Segment {
  bytes: Uint8Array;
  used: number;
  /** How many of its bytes are of records that are still here. */
  live: number;
  /** Whose records were written here, in order: some may be elsewhere by now. */
  records: Uint32Array;
  count: number;
}

/**
 * Records of bytes by their numbers. They are written one after the other into segments; of one that is more than half
 * gaps, what is left is written again, and its memory is used anew. So they take twice their size at most,
 * and no change costs more than half a segment.
 */
export class ByteLog {
  readonly #segmentBytes: number;
  readonly #segments: Segment[] = [];
  readonly #free: number[] = [];
  /** Where the next record goes. */
  #current = -1;
  /** By record: its segment times `offsets`, plus its offset there. */
  readonly #place = new Pages('indexes');
  readonly #length = new Pages('indexes');

  constructor(segmentBytes: number = offsets) {
    this.#segmentBytes = segmentBytes;
  }

  /** Memory that it takes. */
  get bytes(): number {
    const held = this.#segments.reduce(
      (sum, { bytes, records }) => sum + bytes.byteLength + records.byteLength,
      0,
    );
    return held + this.#place.bytes + this.#length.bytes;
  }

  /** A record's bytes, where they are: good until the next change. Those of none are none. */
  at(record: number): Uint8Array {
    const place = this.#place.at(record);
    const offset = place % offsets;
    const segment = this.#segments[Math.floor(place / offsets)];
    return segment?.bytes.subarray(offset, offset + this.#length.at(record)) ?? noBytes;
  }

  /** Puts a record in the place of what it was before. */
  put(record: number, bytes: Uint8Array): void {
    const length = this.#length.at(record);
    if (length === bytes.length && length > 0) {
      this.at(record).set(bytes);
      return;
    }
    this.remove(record);
    this.#append(record, bytes);
  }

  remove(record: number): void {
    const length = this.#length.at(record);
    if (length === 0) return;
    this.#length.set(record, 0);
    const index = Math.floor(this.#place.at(record) / offsets);
    const segment = this.#segments[index];
    if (segment === undefined) return;
    segment.live -= length;
    this.#tidy(index);
  }

  /**
   * Puts as many records from the first on, into an empty log.
   *
   * @param ends where each ends among the bytes.
   * @param pieces the bytes; no record lies in two of them.
   */
  load(ends: Uint32Array, pieces: Iterable<Uint8Array>): void {
    const places = new Uint32Array(ends.length);
    const lengths = new Uint32Array(ends.length);
    let record = 0;
    let from = 0;
    let end = 0;
    for (const piece of pieces) {
      const start = end;
      end += piece.length;
      while (record < ends.length && (ends[record] ?? 0) <= end) {
        const segment = this.#withRoomFor((ends[record] ?? 0) - from);
        const { used } = segment;
        const limit = Math.min(end, from + segment.bytes.length - used);
        segment.bytes.set(piece.subarray(from - start, limit - start), used);
        const [firstRecord, firstByte] = [record, from];
        const place = this.#current * offsets + used - firstByte;
        for (; record < ends.length && (ends[record] ?? 0) <= limit; record += 1) {
          const next = ends[record] ?? 0;
          places[record] = place + from;
          lengths[record] = next - from;
          from = next;
        }
        listRecords(segment, firstRecord, record);
        segment.used += from - firstByte;
        segment.live += from - firstByte;
      }
    }
    this.#place.load(places);
    this.#length.load(lengths);
  }

  #append(record: number, bytes: Uint8Array): void {
    const left = this.#current;
    const segment = this.#withRoomFor(bytes.length);
    segment.bytes.set(bytes, segment.used);
    this.#note(record, segment, bytes.length);
    if (left !== this.#current) this.#tidy(left);
  }

  /** A record is what comes next in the current segment. */
  #note(record: number, segment: Segment, length: number): void {
    this.#place.set(record, this.#current * offsets + segment.used);
    this.#length.set(record, length);
    segment.used += length;
    segment.live += length;
    if (segment.count === segment.records.length) segment.records = longer(segment.records);
    segment.records[segment.count] = record;
    segment.count += 1;
  }

  /** The current segment, which is another one where its room is not enough. */
  #withRoomFor(length: number): Segment {
    const last = this.#segments[this.#current];
    if (last !== undefined && last.used + length <= last.bytes.length) return last;
    this.#current = this.#free.pop() ?? this.#segments.length;
    invariant(this.#current < offsets, 'terms take no more than 4 GiB');
    const segment = (this.#segments[this.#current] ??= {
      bytes: noBytes,
      used: 0,
      live: 0,
      records: noRecords,
      count: 0,
    });
    if (segment.bytes.length < length || segment.bytes.length === 0)
      segment.bytes = new Uint8Array(Math.max(length, this.#segmentBytes));
    return segment;
  }

  /** Empties a segment that is more than half gaps. */
  #tidy(index: number): void {
    const segment = this.#segments[index];
    if (segment === undefined || index === this.#current || segment.live * 2 >= segment.used) return;
    const { bytes, records, count } = segment;
    segment.used = segment.live = segment.count = 0;
    for (let at = 0; at < count; at += 1) {
      const record = records[at] ?? 0;
      const place = this.#place.at(record);
      const length = this.#length.at(record);
      if (length === 0 || Math.floor(place / offsets) !== index) continue;
      const offset = place % offsets;
      this.#append(record, bytes.subarray(offset, offset + length));
    }
    // A longer one was for one record.
    if (bytes.length > this.#segmentBytes) segment.bytes = noBytes;
    this.#free.push(index);
  }
}

/** Adds those from `first` to before `end` to the records of a segment. */
function listRecords(segment: Segment, first: number, end: number): void {
  const { records, count } = segment;
  segment.count += end - first;
  if (segment.count > records.length) {
    segment.records = new Uint32Array(segment.count);
    segment.records.set(records);
  }
  for (let record = first; record < end; record += 1) segment.records[count + record - first] = record;
}

function longer(records: Uint32Array): Uint32Array {
  const column = new Uint32Array(Math.max(64, records.length * 2));
  column.set(records);
  return column;
}
