import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { explainRow } from './explain-row.ts';
import { RowScanner } from './row-scanner.ts';
import { TapeError } from './tape-error.ts';
import { type TapeKind, type TapeMarket, type TapeRows, columns, kindOfHeader } from './tape-format.ts';

const rowsPerBatch = 4_096;
const chunkBytes = 256 * 1_024;
const longestLine = 1_024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The rows of a gzip CSV tape in file order, streamed through bounded memory. The file is closed when
 * the iteration ends, however it ends.
 *
 * @throws TapeError while iterating, naming file, line, column and reason.
 */
export async function* readTape(path: string): AsyncGenerator<TapeRows, void, undefined> {
  let scanner: RowScanner | undefined;
  let batch: RowBatch | undefined;
  let line = 0;
  let tail: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunksOf(path, () => line)) {
    const bytes = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      const stop = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
      line += 1;
      if (scanner === undefined) {
        scanner = new RowScanner(readHeader(path, textOf(bytes, start, stop)));
      } else {
        const previousAt = scanner.at;
        if (!scanner.scan(bytes, start, stop)) {
          const reason = explainRow(textOf(bytes, start, stop), scanner.kind, previousAt);
          throw new TapeError(`${path}: line ${line}: ${reason ?? 'is not valid'}`);
        }
        batch ??= new RowBatch(scanner.kind, line);
        batch.add(scanner);
        if (batch.length === rowsPerBatch) {
          yield batch;
          batch = undefined;
        }
      }
      start = end + 1;
    }
    tail = bytes.subarray(start);
    if (tail.length > longestLine) throw new TapeError(`${path}: line ${line + 1}: the line does not end`);
  }
  if (scanner === undefined) readHeader(path, '');
  if (batch !== undefined) yield batch;
}

class RowBatch implements TapeRows {
  readonly kind: TapeKind;
  readonly firstLine: number;
  length = 0;
  readonly at = new Float64Array(rowsPerBatch);
  readonly market: TapeMarket[] = [];
  readonly first = new Float64Array(rowsPerBatch);
  readonly firstScale = new Uint8Array(rowsPerBatch);
  readonly second = new Float64Array(rowsPerBatch);
  readonly secondScale = new Uint8Array(rowsPerBatch);

  constructor(kind: TapeKind, firstLine: number) {
    this.kind = kind;
    this.firstLine = firstLine;
  }

  add(row: RowScanner): void {
    const i = this.length;
    this.at[i] = row.at;
    this.market.push(row.market);
    this.first[i] = row.first;
    this.firstScale[i] = row.firstScale;
    this.second[i] = row.second;
    this.secondScale[i] = row.secondScale;
    this.length = i + 1;
  }
}

function readHeader(path: string, line: string): TapeKind {
  const kind = kindOfHeader(line.replace(/^\uFEFF/, '')); // as some editors begin a file
  if (kind !== undefined) return kind;
  const due = `"${columns.trade.join(',')}" or "${columns.quote.join(',')}"`;
  throw new TapeError(`${path}: line 1: the header is not ${due}: ${JSON.stringify(line.slice(0, 80))}`);
}

/** The unzipped bytes; a last line without a line break gets one. @param linesRead for what is wrong after them. */
async function* chunksOf(path: string, linesRead: () => number): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip: NodeJS.ReadWriteStream & AsyncIterable<Uint8Array> = createGunzip({ chunkSize: chunkBytes });
  let lastByte: number | undefined = lineFeed;
  try {
    // An error of either stream surfaces in the iteration over the second.
    pipeline(createReadStream(path, { highWaterMark: chunkBytes }), gunzip, () => undefined);
    for await (const chunk of gunzip) {
      lastByte = chunk.at(-1);
      yield chunk;
    }
  } catch (error) {
    const lines = linesRead();
    const place = lines === 0 ? '' : `after line ${lines}: `;
    throw new TapeError(`${path}: ${place}${explainReadError(error)}`, { cause: error });
  }
  if (lastByte !== lineFeed) yield Uint8Array.of(lineFeed);
}

function explainReadError(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EISDIR') return 'is a folder, not a tape';
  if (code === 'EACCES') return 'may not be read';
  if (code === 'Z_DATA_ERROR') return 'is not a gzip file, or damaged';
  if (code === 'Z_BUF_ERROR') return 'the gzip data ends too early';
  return String(error);
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
