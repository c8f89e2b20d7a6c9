import type { ArchiveDocument, LedgerTradeDocument } from '@bellwether/contracts';
import { invariant } from '@bellwether/domain';
import type { ArchiveFiles } from './archive-files.ts';
import {
  type TradeFileFooter,
  type TradeGroup,
  decodeFooter,
  decodeGroup,
  footerRange,
  groupRange,
  tailRange,
} from './trade-file.ts';

/** Which archived trades. Times at or after, and before. */
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

const mostCached = 64;

/** Reads archived trades, and no more of the files than may hold them. Footers and the last groups stay in memory. */
export class ArchivedTrades {
  readonly #files: ArchiveFiles | undefined;
  readonly #footers = new Map<string, Promise<TradeFileFooter>>();
  /** The group used last comes last. */
  readonly #groups = new Map<string, Promise<readonly LedgerTradeDocument[]>>();

  /** @param files without them there must be no archives. */
  constructor(files: ArchiveFiles | undefined) {
    this.#files = files;
  }

  /** In no order that means anything. @throws NoArchiveError, BrokenTradeFileError, ArchiveFileMissingError */
  async *read(
    archives: readonly ArchiveDocument[],
    filter: ArchivedFilter,
  ): AsyncGenerator<LedgerTradeDocument, void> {
    for (const archive of archives) {
      if (archive.state === 'writing' || !isWithin([archive.fromAt, archive.toAt], filter)) continue;
      const { columns, groups } = await this.#footer(archive);
      for (const group of groups) {
        if (!isWithin(group.times, filter) || !mayHold(group, filter)) continue;
        for (const trade of await this.#group(archive, columns, group))
          if (isWanted(trade, filter)) yield trade;
      }
    }
  }

  async #footer(archive: ArchiveDocument): Promise<TradeFileFooter> {
    const { file } = archive;
    const known = this.#footers.get(file);
    if (known !== undefined) return known;
    const read = this.#readFooter(archive);
    this.#footers.set(file, read);
    read.catch(() => this.#footers.delete(file));
    return read;
  }

  async #readFooter({ file, bytes, tenantId }: ArchiveDocument): Promise<TradeFileFooter> {
    const files = this.#filesFor(tenantId);
    invariant(bytes, `${file} was never verified`);
    const at = footerRange(await files.read(file, tailRange(bytes)), bytes);
    return decodeFooter(await files.read(file, at));
  }

  async #group(
    { file, tenantId }: ArchiveDocument,
    columns: readonly string[],
    group: TradeGroup,
  ): Promise<readonly LedgerTradeDocument[]> {
    const key = `${file} ${group.from}`;
    const read =
      this.#groups.get(key) ??
      this.#filesFor(tenantId)
        .read(file, groupRange(group))
        .then((bytes) => decodeGroup(bytes, columns, group));
    this.#groups.delete(key);
    this.#groups.set(key, read);
    read.catch(() => this.#groups.delete(key));
    if (this.#groups.size > mostCached) {
      const [oldest] = this.#groups.keys();
      if (oldest !== undefined) this.#groups.delete(oldest);
    }
    return read;
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
function mayHold({ accounts: [first, last] }: TradeGroup, { accountId, uid }: ArchivedFilter): boolean {
  if (accountId !== undefined) return first <= accountId && accountId <= last;
  return uid === undefined || (first < `${uid}/` && last >= `${uid}.`);
}

function isWanted(
  trade: LedgerTradeDocument,
  { uid, accountId, from = 0, before = Infinity }: ArchivedFilter,
): boolean {
  return (
    (uid === undefined || trade.uid === uid) &&
    (accountId === undefined || trade.accountId === accountId) &&
    trade.tradedAt >= from &&
    trade.tradedAt < before
  );
}
