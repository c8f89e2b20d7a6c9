import type { ArchiveDocument, ClosedTradeDocument, LedgerTradeDocument } from '@bellwether/contracts';
import { invariant } from '@bellwether/domain';
import type { ArchiveFiles } from './archive-files.ts';
import { type ArchivedKind, kindOf, positionRows, tradeRows } from './archived-kinds.ts';
import {
  type RowFileFooter,
  type RowGroup,
  decodeFooter,
  decodeGroup,
  footerRange,
  groupRange,
  tailRange,
} from './row-file.ts';

/** Which archived rows. Times at or after, and before. */
export interface ArchivedFilter {
  readonly uid?: string;
  readonly accountId?: string;
  readonly from?: number;
  readonly before?: number;
}

/** There are archives, and nobody said where. */
export class NoArchiveError extends Error {
  override readonly name = 'NoArchiveError';

  constructor(tenant: string) {
    super(`trades of tenant ${tenant} are archived: ARCHIVE_DIR or ARCHIVE_BUCKET must say where`);
  }
}

interface Owned {
  readonly uid: string;
  readonly accountId: string;
}

const mostCached = 64;

/** Reads archived trades and positions, and no more of the files than may hold them. Footers and the last groups stay in memory. */
export class ArchivedTrades {
  readonly #files: ArchiveFiles | undefined;
  readonly #footers = new Map<string, Promise<RowFileFooter>>();
  /** The group used last comes last. */
  readonly #groups = new Map<string, Promise<readonly unknown[]>>();

  /** @param files without them there must be no archives. */
  constructor(files: ArchiveFiles | undefined) {
    this.#files = files;
  }

  /** Trades, in no order that means anything. @throws NoArchiveError, BrokenRowFileError, ArchiveFileMissingError */
  async *read(
    archives: readonly ArchiveDocument[],
    filter: ArchivedFilter,
  ): AsyncGenerator<LedgerTradeDocument, void> {
    yield* this.#rows(tradeRows, archives, filter);
  }

  /** The same of closed positions, by when they were closed. */
  async *positions(
    archives: readonly ArchiveDocument[],
    filter: ArchivedFilter,
  ): AsyncGenerator<ClosedTradeDocument, void> {
    yield* this.#rows(positionRows, archives, filter);
  }

  async *#rows<Row extends Owned>(
    kind: ArchivedKind<Row>,
    archives: readonly ArchiveDocument[],
    filter: ArchivedFilter,
  ): AsyncGenerator<Row, void> {
    for (const archive of archives) {
      if (archive.state === 'writing' || kindOf(archive) !== kind.name) continue;
      if (!isWithin([archive.fromAt, archive.toAt], filter)) continue;
      const { columns, groups } = await this.#footer(archive);
      for (const group of groups) {
        if (!isWithin(group.times, filter) || !mayHold(group, filter)) continue;
        for (const row of await this.#group<Row>(archive, columns, group))
          if (isWanted(row, kind.timeOf(row), filter)) yield row;
      }
    }
  }

  async #footer(archive: ArchiveDocument): Promise<RowFileFooter> {
    const { file } = archive;
    const known = this.#footers.get(file);
    if (known !== undefined) return known;
    const read = this.#readFooter(archive);
    this.#footers.set(file, read);
    read.catch(() => this.#footers.delete(file));
    return read;
  }

  async #readFooter({ file, bytes, tenantId }: ArchiveDocument): Promise<RowFileFooter> {
    const files = this.#filesFor(tenantId);
    invariant(bytes, `${file} was never verified`);
    const at = footerRange(await files.read(file, tailRange(bytes)), bytes);
    return decodeFooter(await files.read(file, at));
  }

  async #group<Row>(
    { file, tenantId }: ArchiveDocument,
    columns: readonly string[],
    group: RowGroup,
  ): Promise<readonly Row[]> {
    const key = `${file} ${group.from}`;
    const read =
      this.#groups.get(key) ??
      this.#filesFor(tenantId)
        .read(file, groupRange(group))
        .then((bytes) => decodeGroup<unknown>(bytes, columns, group));
    this.#groups.delete(key);
    this.#groups.set(key, read);
    read.catch(() => this.#groups.delete(key));
    if (this.#groups.size > mostCached) {
      const [oldest] = this.#groups.keys();
      if (oldest !== undefined) this.#groups.delete(oldest);
    }
    // A file is of one kind.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return (await read) as readonly Row[];
  }

  #filesFor(tenant: string): ArchiveFiles {
    if (this.#files === undefined) throw new NoArchiveError(tenant);
    return this.#files;
  }
}

function isWithin(
  [first, last]: readonly [number, number],
  { from = 0, before = Infinity }: ArchivedFilter,
): boolean {
  return last >= from && first < before;
}

/** A user's accounts are named `{uid}.{name}`: they stand together. */
function mayHold({ accounts: [first, last] }: RowGroup, { accountId, uid }: ArchivedFilter): boolean {
  if (accountId !== undefined) return first <= accountId && accountId <= last;
  return uid === undefined || (first < `${uid}/` && last >= `${uid}.`);
}

function isWanted(
  row: Owned,
  at: number,
  { uid, accountId, from = 0, before = Infinity }: ArchivedFilter,
): boolean {
  return (
    (uid === undefined || row.uid === uid) &&
    (accountId === undefined || row.accountId === accountId) &&
    at >= from &&
    at < before
  );
}
