import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  decodeFrames,
  FrameHeader,
  frameHeaderBytes,
  framedSize,
  gatherFrames,
  recordSize,
} from './frames.ts';
import type { RecordBytes } from './frames.ts';

/**
 * An append-only log of records on disk: `[length u32][crc32 u32][record]`, group-committed.
 *
 * A record is durable when the promise of its `append` resolves: a server answers a request only then.
 * Records become durable in the order of the calls. After a crash the log ends before the first record
 * whose length or checksum does not fit.
 */
export interface DurableLog {
  /**
   * The log reads `record` until the promise settles: do not change its bytes. After a failed write every append
   * rejects. The pieces of a record are written as they are, so that large ones are not copied.
   */
  append(record: RecordBytes): Promise<void>;
  /**
   * Replaces everything written so far by `snapshot`, atomically: a crash leaves the old state or the new one.
   * Appends made meanwhile are kept after it and do not wait for it. A call while another compaction runs joins
   * that one: snapshot and records together still hold the same state.
   */
  compact(snapshot: Uint8Array | SnapshotSource): Promise<void>;
  /** Bytes of records since the snapshot: the owner compacts when it grows past its snapshot's size. */
  readonly size: number;
  /** Makes durable what was appended, then releases the file. */
  close(): Promise<void>;
}

/**
 * A snapshot that is encoded while it is written, so that a large one does not stop its owner: `chunks`, `size` bytes
 * together, are taken one by one with the event loop running in between, and say the state at the call.
 */
export interface SnapshotSource {
  readonly size: number;
  readonly chunks: Iterable<Uint8Array>;
}

/** What a log held when it was opened: replay `records` in order over `snapshot`. */
export interface OpenedLog {
  readonly log: DurableLog;
  /** The state of the last compaction; undefined before the first. */
  readonly snapshot: Uint8Array | undefined;
  readonly records: Uint8Array[];
}

/**
 * Opens or creates `{dir}/{name}.log` and cuts a torn tail off. One process may hold a log at a time; the
 * lock is the data directory's owner's.
 *
 * The file's first frame is the snapshot (empty: none), so that one rename replaces snapshot and records together.
 * Throws when the snapshot itself is damaged: no crash does that, so nothing may be guessed.
 */
export async function openDurableLog(dir: string, name: string): Promise<OpenedLog> {
  const path = join(dir, `${name}.log`);
  await mkdir(dir, { recursive: true });
  await rm(nextPath(path), { force: true });
  const found = await readLog(path);
  if (found.end === 0) {
    const empty = await writeNext(path, { size: 0, chunks: [] });
    await empty.close();
    await putInPlace(path);
  }
  const file = await open(path, 'r+');
  const end = Math.max(found.end, frameHeaderBytes);
  await file.truncate(end);
  await file.datasync();
  const log = new FileLog(path, file, end, framedSize(found.records));
  return { log, snapshot: found.snapshot, records: found.records };
}

/** A log that keeps nothing: `append` resolves at once. For servers without a data directory. */
export function memoryLog(): DurableLog {
  const done = Promise.resolve();
  return { append: () => done, compact: () => done, size: 0, close: () => done };
}

class FileLog implements DurableLog {
  readonly #path: string;
  #file: FileHandle;
  #end: number;
  #size: number;
  #pending: Pending[] = [];
  #flushing: Promise<void> | undefined;
  #compacting: Promise<void> | undefined;
  /** Records appended since the running compaction's snapshot was taken. */
  #tail: RecordBytes[] | undefined;
  /** A file whose snapshot is durable, to be put in place between two batches. */
  #next: NextFile | undefined;
  #broken: Error | undefined;

  constructor(path: string, file: FileHandle, end: number, size: number) {
    this.#path = path;
    this.#file = file;
    this.#end = end;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  append(record: RecordBytes): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#size += frameHeaderBytes + recordSize(record);
    this.#tail?.push(record);
    this.#pending.push({ record, resolve, reject });
    this.#flushing ??= this.#flush();
    return promise;
  }

  compact(snapshot: Uint8Array | SnapshotSource): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const source = snapshot instanceof Uint8Array ? { size: snapshot.length, chunks: [snapshot] } : snapshot;
    this.#compacting ??= this.#compact(source).finally(() => {
      this.#tail = undefined;
      this.#compacting = undefined;
    });
    return this.#compacting;
  }

  async close(): Promise<void> {
    await this.#compacting?.catch(() => undefined);
    this.#broken ??= new Error(`the log ${this.#path} is closed`);
    await this.#flushing;
    await this.#file.close();
  }

  async #compact(snapshot: SnapshotSource): Promise<void> {
    this.#tail = [];
    const file = await writeNext(this.#path, snapshot);
    if (this.#broken !== undefined) {
      await file.close();
      throw this.#broken;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#next = { file, resolve, reject };
    this.#flushing ??= this.#flush();
    await promise;
  }

  /** Writes batch after batch: what is appended while one becomes durable goes together in the next. Never rejects. */
  async #flush(): Promise<void> {
    while (this.#pending.length > 0 || this.#next !== undefined) {
      const waiting: Waiting[] = this.#next === undefined ? this.#pending : [...this.#pending, this.#next];
      try {
        await (this.#next === undefined ? this.#write() : this.#switchTo(this.#next.file));
        for (const { resolve } of waiting) resolve();
      } catch (error) {
        this.#break(error, waiting);
      }
    }
    this.#flushing = undefined;
  }

  async #write(): Promise<void> {
    const records = this.#pending.map(({ record }) => record);
    this.#pending = [];
    this.#end += await writeAll(this.#file, gatherFrames(records), this.#end);
    await this.#file.datasync();
  }

  /** A disk that refused a write may have lost any of it: nothing more is promised to be durable. */
  #break(cause: unknown, waiting: readonly Waiting[]): void {
    this.#broken = new Error(`the log ${this.#path} cannot be written`, { cause });
    for (const { reject } of [...waiting, ...this.#pending]) reject(this.#broken);
    this.#next?.reject(this.#broken);
    this.#pending = [];
    this.#next = undefined;
  }

  /** What is pending is in the snapshot or in the tail, so the switch makes it durable as well. */
  async #switchTo(next: FileHandle): Promise<void> {
    const tail = gatherFrames(this.#tail ?? []);
    this.#tail = undefined;
    this.#next = undefined;
    this.#pending = [];
    this.#size = tail.reduce((sum, { length }) => sum + length, 0);
    const { size } = await next.stat();
    const tailSize = await writeAll(next, tail, size);
    await next.datasync();
    await next.close();
    await this.#file.close();
    await putInPlace(this.#path);
    this.#file = await open(this.#path, 'r+');
    this.#end = size + tailSize;
  }
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface Pending extends Waiting {
  readonly record: RecordBytes;
}

interface NextFile extends Waiting {
  readonly file: FileHandle;
}

function nextPath(path: string): string {
  return `${path}.next`;
}

/** A new file beside the log, holding `snapshot` durably. */
async function writeNext(path: string, { size, chunks }: SnapshotSource): Promise<FileHandle> {
  const file = await open(nextPath(path), 'w');
  const header = new FrameHeader(size);
  let end = frameHeaderBytes;
  for (const chunk of chunks) {
    header.add(chunk);
    await writeFully(file, chunk, end);
    end += chunk.length;
  }
  if (end !== frameHeaderBytes + size)
    throw new Error(`the snapshot for ${path} has not the size it announced`);
  await writeFully(file, header.encode(), 0);
  await file.datasync();
  return file;
}

async function putInPlace(path: string): Promise<void> {
  await rename(nextPath(path), path);
  if (process.platform === 'win32') return; // has no handles on directories, and makes renames durable itself
  const directory = await open(dirname(path), 'r');
  await directory.sync();
  await directory.close();
}

/** Writes the buffers one after another; resolves with their length. */
async function writeAll(file: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<number> {
  let written = 0;
  let rest: readonly Uint8Array[] = buffers;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, position + written);
    written += bytesWritten;
    rest = dropBytes(rest, bytesWritten);
  }
  return written;
}

/** What is left of the buffers after their first `count` bytes. */
function dropBytes(buffers: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count;
  for (const [index, buffer] of buffers.entries()) {
    if (left < buffer.length) return [buffer.subarray(left), ...buffers.slice(index + 1)];
    left -= buffer.length;
  }
  return [];
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }
}

async function readLog(
  path: string,
): Promise<{ snapshot: Uint8Array | undefined; records: Uint8Array[]; end: number }> {
  const bytes = await readFile(path, { flag: 'a+' }); // creates it when absent
  const { records, end } = decodeFrames(bytes);
  const [snapshot, ...rest] = records;
  if (snapshot === undefined && bytes.length >= frameHeaderBytes)
    throw new Error(`the snapshot in ${path} is damaged`);
  return { snapshot: snapshot?.length === 0 ? undefined : snapshot, records: rest, end };
}
