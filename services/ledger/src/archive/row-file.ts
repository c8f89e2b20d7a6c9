import { createHash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import * as z from 'zod';
import type { ByteRange } from './archive-files.ts';

/**
 * A file of documents in columns: groups of rows that are sorted by account and time, each column of a group for itself
 * (JSON, compressed by Zstandard), then the footer, which says where groups and columns lie and what is in them, its
 * length and four letters. Amounts are the text that they were. The same documents make the same bytes.
 */
const magic = Buffer.from('BWT1');
const tailBytes = 8;
export const rowsPerGroup = 4_096;

/** The footer has no hash of its own: a checksum says whether it is whole. */
const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

/** What a file is of: plain documents, each of an account and a time. */
export interface RowKind<Row> {
  readonly columns: readonly (keyof Row & string)[];
  /** Epoch milliseconds. */
  readonly timeOf: (row: Row) => number;
  /** Unique among them. */
  readonly idOf: (row: Row) => string;
}
const Group = z.strictObject({
  rows: z.int().positive(),
  /** The first and last account of its rows, and their first and last time. */
  accounts: z.tuple([z.string(), z.string()]),
  times: z.tuple([z.number(), z.number()]),
  from: z.int().nonnegative(),
  /** Bytes of each column, in the order of the footer's names. */
  columns: z.array(z.int().positive()),
  sha256: z.string(),
});
const Footer = z.strictObject({ columns: z.array(z.string()), groups: z.array(Group) });
export type RowFileFooter = z.infer<typeof Footer>;
export type RowGroup = z.infer<typeof Group>;

/** The bytes are not what was written. */
export class BrokenRowFileError extends Error {
  override readonly name = 'BrokenRowFileError';
}

export function encodeRows<Row extends { readonly accountId: string }>(
  all: readonly Row[],
  { columns, timeOf, idOf }: RowKind<Row>,
): Uint8Array {
  const sorted = all.toSorted(
    (a, b) => textOrder(a.accountId, b.accountId) || timeOf(a) - timeOf(b) || textOrder(idOf(a), idOf(b)),
  );
  const parts: Uint8Array[] = [magic];
  let offset = magic.length;
  const groups: RowGroup[] = [];
  for (let first = 0; first < sorted.length; first += rowsPerGroup) {
    const rows = sorted.slice(first, first + rowsPerGroup);
    const encoded = columns.map((column) =>
      zstdCompressSync(JSON.stringify(rows.map((row) => row[column] ?? null))),
    );
    const bytes = Buffer.concat(encoded);
    groups.push({
      rows: rows.length,
      accounts: [rows[0]?.accountId ?? '', rows.at(-1)?.accountId ?? ''],
      times: [Math.min(...rows.map(timeOf)), Math.max(...rows.map(timeOf))],
      from: offset,
      columns: encoded.map(({ length }) => length),
      sha256: sha256Of(bytes),
    });
    parts.push(bytes);
    offset += bytes.length;
  }
  const footer = zstdCompressSync(JSON.stringify({ columns, groups }), checked);
  const tail = Buffer.alloc(tailBytes);
  tail.writeUInt32LE(footer.length);
  magic.copy(tail, 4);
  return Buffer.concat([...parts, footer, tail]);
}

/** Where the footer lies, from the last eight bytes of a file. @throws BrokenRowFileError */
export function footerRange(tail: Uint8Array, fileBytes: number): ByteRange {
  const view = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength);
  if (view.length !== tailBytes || !view.subarray(4).equals(magic))
    throw new BrokenRowFileError('it does not end as a file of the archive does');
  const to = fileBytes - tailBytes;
  const from = to - view.readUInt32LE(0);
  if (from < magic.length) throw new BrokenRowFileError('its footer is longer than the file');
  return { from, to };
}

/** Of a file of that many bytes. */
export function tailRange(fileBytes: number): ByteRange {
  return { from: Math.max(0, fileBytes - tailBytes), to: fileBytes };
}

/** @throws BrokenRowFileError */
export function decodeFooter(bytes: Uint8Array): RowFileFooter {
  return broken('its footer does not read', () =>
    Footer.parse(JSON.parse(zstdDecompressSync(bytes).toString('utf8'))),
  );
}

export function groupRange({ from, columns: lengths }: RowGroup): ByteRange {
  return { from, to: from + lengths.reduce((sum, length) => sum + length, 0) };
}

/** The documents of a group, of the kind that the file was written of. @throws BrokenRowFileError where its bytes are not those that were written. */
export function decodeGroup<Row>(bytes: Uint8Array, names: readonly string[], group: RowGroup): Row[] {
  if (sha256Of(bytes) !== group.sha256)
    throw new BrokenRowFileError('a group is not what its hash was made of');
  let from = 0;
  const values = group.columns.map((length) => {
    const column = bytes.subarray(from, from + length);
    from += length;
    return broken('a column does not read', () => cellsOf(column, group.rows));
  });
  return Array.from({ length: group.rows }, (_, row) => {
    const document: Record<string, unknown> = {};
    for (const [at, name] of names.entries()) {
      const value = values[at]?.[row] ?? null;
      if (value !== null) document[name] = value;
    }
    // The group's hash says that these are the columns that were written of such documents.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return document as Row;
  });
}

function cellsOf(column: Uint8Array, rows: number): readonly unknown[] {
  const cells: unknown = JSON.parse(zstdDecompressSync(column).toString('utf8'));
  if (!Array.isArray(cells) || cells.length !== rows) throw new Error(`it has not ${rows} rows`);
  return cells;
}

/** All documents of a file, of the kind that it was written of. @throws BrokenRowFileError */
export function decodeRows<Row>(bytes: Uint8Array): Row[] {
  const { from: tail } = tailRange(bytes.length);
  const at = footerRange(bytes.subarray(tail), bytes.length);
  const { columns: names, groups } = decodeFooter(bytes.subarray(at.from, at.to));
  return groups.flatMap((group) => {
    const { from, to } = groupRange(group);
    return decodeGroup<Row>(bytes.subarray(from, to), names, group);
  });
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function broken<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new BrokenRowFileError(what, { cause: error });
  }
}

function textOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
